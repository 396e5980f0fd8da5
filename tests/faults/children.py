"""Children that are killed: forked from a process that has everything loaded, heard by a pipe."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tests.faults.runner", "tests.faults.seller", "tests.faults.sender", "sync.server.app"]
)


class Child:
    """A child that says one line after the other until it is killed."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        reading, writing = _CONTEXT.Pipe(duplex=False)
        self._process: ForkServerProcess = _CONTEXT.Process(
            target=target, args=(*arguments, writing), daemon=True
        )
        self._process.start()
        writing.close()
        # The pipe goes on as a plain file: a kill in the middle of a line is just half a line.
        self._pipe = os.fdopen(os.dup(reading.fileno()), "rb")
        reading.close()

    def first_line(self) -> bytes:
        """Waits for something to be said; b"" when it died before."""
        return self._pipe.readline()

    def kill(self) -> list[bytes]:
        """kill -9; gives the whole lines that were said and not read yet."""
        self._process.kill()
        self._process.join(20)
        with self._pipe:
            said = self._pipe.read()
        return said.split(b"\n")[:-1]

    @property
    def exit_code(self) -> int | None:
        """-9 for one that was killed."""
        return self._process.exitcode


@contextmanager
def living(target: Callable[..., None], *arguments: Any) -> Iterator[Child]:
    """A child that is certainly gone afterwards."""
    child = Child(target, *arguments)
    try:
        yield child
    finally:
        if child.exit_code is None:
            child.kill()


def say(pipe: Connection, *words: object) -> None:
    """One line, in one write: it is there whole or hardly at all."""
    os.write(pipe.fileno(), (" ".join(map(str, words)) + "\n").encode())


def process(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A child that has nothing to say."""
    made: ForkServerProcess = _CONTEXT.Process(target=target, args=arguments, daemon=True)
    made.start()
    return made


def sleep_until(moment_ns: int) -> None:
    """By the monotonic clock."""
    time.sleep(max(0, moment_ns - time.monotonic_ns()) / 1e9)
