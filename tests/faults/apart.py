"""Each fault in a process of its own: one that hangs or crashes takes no other with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO

from kiosk.facts import ROOT
from tests.faults import table
from tests.faults.frame import Fault, Log

TIME_LIMIT_S = 45 * 60.0
"""The longest takes a quarter of an hour on two cores."""
SAID_MAX = 1500


class Teller(Log):
    """Says on a pipe how far a fault is, for whoever draws the bars."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def advance(self, count: int = 1) -> None:
        """One short line."""
        with suppress(OSError):  # nobody listens any more
            os.write(self._descriptor, f"{count}\n".encode())


def try_apart(
    fault: Fault, rounds: int, seed: int, log: Log, *, time_limit_s: float = TIME_LIMIT_S
) -> table.Line | str:
    """The line that a fault gave; in words why it gave none."""
    hearing, telling = os.pipe()
    words = [fault.name, "--rounds", str(rounds), "--seed", str(seed), "--json"]
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults", *words, "--tell", str(telling)],
            cwd=ROOT,
            stdout=said,
            stderr=complained,
            pass_fds=[telling],
            start_new_session=True,
        )
        os.close(telling)
        ear = threading.Thread(target=_hear, args=(os.fdopen(hearing, "rb"), log), daemon=True)
        ear.start()
        try:
            code = child.wait(time_limit_s)
        except subprocess.TimeoutExpired:
            return f"it did not end within {time_limit_s:.0f} s; {_last_of(complained)}"
        finally:
            # Whatever it started, and left behind.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        said.seek(0)
        lines = said.read().splitlines()
        for text in reversed(lines):
            with suppress(ValueError):
                line: table.Line = json.loads(text)
                return line
        return f"it ended with {code} and said nothing; {_last_of(complained)}"


def _hear(pipe: IO[bytes], log: Log) -> None:
    with pipe:
        for text in pipe:
            log.advance(int(text))


def _last_of(complained: IO[str]) -> str:
    complained.seek(0)
    return complained.read()[-SAID_MAX:].strip()
