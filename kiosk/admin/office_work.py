"""What runs in the background for a page, and what a page waits for to be on the disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError

log = logging.getLogger(__name__)

T = TypeVar("T")

STOP_WAIT_S = 10.0
"""A stick that hangs must not keep the program from ending."""


class OfficeWork:
    """The office's own threads; results come back through ``post``.

    ``tell`` is given an error that no page asked to hear of, in the screens' thread.
    """

    def __init__(
        self,
        post: Callable[[Callable[[], None]], None],
        tell: Callable[[AdalError], None],
    ) -> None:
        self._post = post
        self._tell = tell
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="office")
        # A stick that hangs may hold both workers; a PIN must be checked all the same.
        self._door = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door")
        self._running: set[Future[Any]] = set()
        self._saving: set[Future[StoredEntry]] = set()

    @property
    def is_saving(self) -> bool:
        """Whether something is on its way to the disk."""
        return bool(self._saving)

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None,
        *,
        at_door: bool,
    ) -> None:
        """``job`` in the background, then ``done(result)`` or ``failed(error)``."""
        future = (self._door if at_door else self._workers).submit(job)
        self._running.add(future)
        self._post_result(future, done, failed)
        # Last: who waits for the work also waits for its result to be posted.
        future.add_done_callback(self._running.discard)

    def saved(
        self,
        future: Future[StoredEntry],
        then: Callable[[StoredEntry], None],
        failed: Callable[[AdalError], None] | None,
    ) -> None:
        """``then(entry)`` after COMMIT, or ``failed(error)``."""
        self._saving.add(future)
        future.add_done_callback(self._saving.discard)
        self._post_result(future, then, failed)

    def wait(self, timeout_s: float) -> None:
        """Waits until no work is running; its results still come through ``post``."""
        until_s = time.monotonic() + timeout_s
        while self._running and time.monotonic() < until_s:
            wait(tuple(self._running), timeout_s)
            time.sleep(0)

    def stop(self) -> None:
        """No more work is begun; what runs is waited for."""
        for pool in (self._workers, self._door):
            pool.shutdown(wait=False, cancel_futures=True)
        self.wait(STOP_WAIT_S)

    def _post_result(
        self,
        future: Future[T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None,
    ) -> None:
        future.add_done_callback(
            lambda finished: self._post(lambda: self._settle(finished, done, failed))
        )

    def _settle(
        self,
        finished: Future[T],
        done: Callable[[T], None],
        failed: Callable[[AdalError], None] | None,
    ) -> None:
        if finished.cancelled():
            return
        error = finished.exception()
        if error is None:
            done(finished.result())
            return
        if not isinstance(error, AdalError):
            log.error("the back room stumbled", exc_info=error)
            stumble, error = error, AdalError(str(error) or type(error).__name__)
            error.__cause__ = stumble
        if failed is not None:
            failed(error)
        else:
            log.warning("%s", error)
            self._tell(error)
