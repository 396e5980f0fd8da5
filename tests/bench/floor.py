"""The shop floor's figures: scan → screen, commit, start, idle.

Every figure is taken with the real kiosk in a real window; where a figure is a ratio, both sides
take turns in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from tests.bench import commit
from tests.bench.floor_shop import make_shop

HERE = Path(__file__).resolve().parent
TAPPED = "TAPPED"
START_TIMEOUT_S = 60.0
SETTLED_AFTER_S = 8.0
"""From its start on until everything is built ahead, opened and read."""
PARTS = ("scan", "commit", "start", "idle")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; repeatable")
    parser.add_argument("--scans", type=int, default=200, help="scans to time (default 200)")
    parser.add_argument("--starts", type=int, default=9, help="starts of each kind (default 9)")
    parser.add_argument("--idle-s", type=float, default=20.0, help="seconds to watch (default 20)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All figures asked for."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "scan": lambda: answer_of("floor_scan.py", str(args.scans)),
        "commit": lambda: {**commit.measure()},
        "start": lambda: start_ratio(args.starts),
        "idle": lambda: idle_cpu(args.idle_s),
    }
    return measured(parts, args.only)


def measured(
    parts: dict[str, Callable[[], dict[str, Any]]], only: Sequence[str] | None
) -> dict[str, Any]:
    """The figures of all parts, or of those named, one part after the other."""
    figures: dict[str, Any] = {}
    for part in track(only or list(parts), description="Measuring", console=Console(stderr=True)):
        figures |= parts[part]()
    return figures


def start_ratio(rounds: int) -> dict[str, Any]:
    """Process start → first tap taken, ours over a bare window with one button, taking turns."""
    ours_s, bare_s = [], []
    for _ in range(rounds + 1):
        bare_s.append(_time_to_first_tap("floor_bare.py"))
        ours_s.append(_time_to_first_tap("floor_kiosk.py"))
    # The first of each warms the disk's cache.
    ours, bare = statistics.median(ours_s[1:]), statistics.median(bare_s[1:])
    return {
        "start_ratio": round(ours / bare, 3),
        "start_ms": round(ours * 1e3),
        "bare_start_ms": round(bare * 1e3),
    }


def idle_cpu(watch_s: float) -> dict[str, Any]:
    """Share of one core that the kiosk takes on its start screen, a 30 fps camera file running."""
    with resting_kiosk() as (process, _film):
        percent = cpu_percent(process, watch_s)
    return {"idle_cpu_percent": round(percent, 2), "idle_watched_s": watch_s}


@contextmanager
def resting_kiosk() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A kiosk that has settled on its start screen, with the film its camera shows."""
    with tempfile.TemporaryDirectory(prefix="adal-idle-") as name:
        film = Path(name) / "counter.avi"
        make_shop(Path(name))
        answer_of("floor_film.py", str(film))
        with child("floor_kiosk.py", name, str(film)) as process:
            time.sleep(SETTLED_AFTER_S)
            yield process, film


def cpu_percent(process: subprocess.Popen[str], watch_s: float) -> float:
    """Share of one core that the process takes from now on."""
    before_s, began_s = cpu_s(process.pid), time.monotonic()
    time.sleep(watch_s)
    used_s = cpu_s(process.pid) - before_s
    if process.poll() is not None:
        raise RuntimeError("The process ended while it was watched.")
    return 100 * used_s / (time.monotonic() - began_s)


def _time_to_first_tap(script: str) -> float:
    """Seconds from starting the process until it says that a tap arrived."""
    with tempfile.TemporaryDirectory(prefix="adal-start-") as name:
        make_shop(Path(name))
        began_s = time.perf_counter()
        with child(script, name) as process, _tapping():
            took_s = _wait_for_tap(process, began_s)
    return took_s


def _wait_for_tap(process: subprocess.Popen[str], began_s: float) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        if TAPPED in line:
            return time.perf_counter() - began_s
    raise RuntimeError("The window closed before it took a tap.")


@contextmanager
def child(script: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A script of ours in a process of its own, as long as the context lasts."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "KIVY_NO_CONSOLELOG": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _tapping() -> Iterator[None]:
    """Real clicks of an X pointer, fifty a second, until it is over."""
    stop = threading.Event()

    def tap() -> None:
        while not stop.is_set():
            subprocess.run(
                [
                    "xdotool",
                    "mousemove",
                    "640",
                    "700",
                    "click",
                    "--repeat",
                    "10",
                    "--delay",
                    "20",
                    "1",
                ],
                check=False,
                capture_output=True,
            )

    thread = threading.Thread(target=tap)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its threads so far; fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answer_of(script: str, *words: str) -> dict[str, Any]:
    """Runs a script of ours and gives the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
