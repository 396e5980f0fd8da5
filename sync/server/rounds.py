"""Work that the server does again and again by itself, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

_log = logging.getLogger(__name__)


@contextmanager
def every(seconds: float, name: str, work: Callable[[], object]) -> Iterator[None]:
    """Does ``work`` at once and after every pause, until the block is left.

    Whatever one round stumbles over is logged, and the next one tries again: only work may be done
    so that pages do without, more slowly.
    """
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                work()
            except DBAPIError as error:
                _log.warning("%s: waits for the database: %s", name, error)
            except Exception:
                _log.exception("%s: a round failed; the next comes", name)
            stop.wait(seconds)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
