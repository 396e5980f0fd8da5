"""Films of a hand-held pack: how many are read within 1.5 s that no single-frame engine can read.

Every film (tests/scanner/clips.py) is first given frame by frame to pyzbar, zxing-cpp and OpenCV. Then
the kiosk's whole way from frame to scan looks at it in the film's own time: a frame that comes
while the engines are busy is dropped, and stage 2 answers as much later as it took on a core of
its own. Twice: for a shop that knows no code, and with a catalogue of 300 with near-twins.
With --no-clock looks take no time: that tells what the way of reading can do on any machine.

Figures: clips; engines_read and engines_wrong (films in which an engine read the pack's code, or
another, in any frame); hard, the films in which none read it; hard_by_defocus_modules and
hard_by_glare, the same in groups, with how many of each group each way read. Then for ours (no
catalogue) and ours_catalogue: *_hard_read and *_hard_read_percent of the hard films; *_all_read of
all films; *_wrong, films for which a code was told that is not the pack's; *_hard_median_s and
*_hard_p95_s, film seconds until the scan, of hard films that were read.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
from rich.console import Console
from rich.progress import Progress

from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.reader import FrameReader
from kiosk.scanner.second_look import Offered, SecondReader, load_second_reader
from tests.bench.scan_catalogues import full_catalogue
from tests.bench.scan_readers import READERS
from tests.scanner.clips import CLIP_S, FPS, Clip, Grey, clip

NEAR_TWINS_OF = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--count", type=int, default=100, help="how many films (default 100)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first (default 0)")
    cores = len(os.sched_getaffinity(0))
    parser.add_argument(
        "--jobs", type=int, default=cores, help=f"processes (default one a core: {cores})"
    )
    parser.add_argument("--no-clock", action="store_true", help="looks take no time")
    parser.add_argument("--misses", action="store_true", help="name the seeds missed or wrong")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Shares of the films that engines cannot read, and wrong reads of all."""
    console = Console(stderr=True)
    seeds = range(args.first, args.first + args.count)
    results = []
    with ProcessPoolExecutor(args.jobs) as pool, Progress(console=console) as progress:
        task = progress.add_task("Watching", total=len(seeds))
        watched = pool.map(_watched, seeds, [args.no_clock] * len(seeds))
        for result in watched:
            results.append(result)
            progress.update(task, advance=1, description=_so_far(results))
    if args.misses:
        _name_misses(results, console)
    return _figures(results)


@dataclass(frozen=True)
class Watched:
    """What came of one film; per way of reading: was it right, and after how many seconds.

    `circle_modules` and `glare`: how it was taken.
    """

    seed: int
    circle_modules: float
    glare: float
    engines_read: bool
    engines_wrong: bool
    ours: Outcome
    ours_catalogue: Outcome


@dataclass(frozen=True)
class Outcome:
    """``at_s`` is None when nothing was read; ``stage`` is that which read."""

    at_s: float | None = None
    is_right: bool = False
    stage: str = ""

    @property
    def is_wrong(self) -> bool:
        """A code was told, and it is not the pack's."""
        return self.at_s is not None and not self.is_right


@cache
def _warm_up() -> None:
    """A kiosk works stage 2's tables out when a visit begins."""
    cv2.setNumThreads(1)
    load_second_reader().read(next(clip(0).frames()), KnownCodes())


def _watched(seed: int, no_clock: bool = False) -> Watched:
    _warm_up()
    film = clip(seed)
    frames = list(film.frames())
    others = {code for grey in frames for code in _engine_codes(grey)}
    draw = random.Random(seed)
    shop = [clip(draw.randrange(10**9)).gtin14 for _ in range(NEAR_TWINS_OF)]
    catalogue = full_catalogue([film.gtin14, *shop], seed)
    return Watched(
        seed,
        film.circle_modules,
        film.glare,
        film.gtin14 in others,
        bool(others - {film.gtin14}),
        _outcome(film, frames, KnownCodes(), no_clock=no_clock),
        _outcome(film, frames, catalogue, no_clock=no_clock),
    )


_engines = {name: make() for name, make in READERS.items()}


def _engine_codes(grey: Grey) -> Iterable[str]:
    return (code for engine in _engines.values() for code, _ in engine(grey) if code)


def _outcome(
    film: Clip, frames: list[Grey], known: KnownCodes, *, no_clock: bool = False
) -> Outcome:
    """Plays the film to the kiosk's own reader until the first scan."""
    pace = 0.0 if no_clock else 1.0
    reader = FrameReader(Decoder(), lambda: known, LookInFilmTime(load_second_reader(), pace))
    free_s = 0.0
    for number in range(round(CLIP_S * FPS) + 1):
        now_s = number / FPS
        if now_s < free_s:
            continue
        began_s = time.thread_time()
        # At the very end no frame comes any more, but an answer may.
        grey = frames[min(number, len(frames) - 1)]
        scans = reader.take(ArrayFrame(grey), now_s=now_s, thrifty=False)
        took_s = time.thread_time() - began_s - reader_second(reader).spent_s()
        free_s = now_s + pace * took_s
        if scans:
            right = scans[0].candidates[0].gtin14 == film.gtin14
            return Outcome(now_s, right, scans[0].stage)
    return Outcome()


def reader_second(reader: FrameReader) -> LookInFilmTime:
    """The second look a reader was given."""
    second = reader._second
    assert isinstance(second, LookInFilmTime)
    return second


class LookInFilmTime:
    """Stage 2 at once, but its answers come as late as they would from a core of their own.

    `pace`: film seconds to a second of work; 0 for a machine that takes no time.
    """

    def __init__(self, reader: SecondReader, pace: float = 1.0) -> None:
        self._reader = reader
        self._pace = pace
        self._free_s = 0.0
        self._waiting: Offered | None = None
        self._answers: list[tuple[float, Read]] = []
        self._spent_s = 0.0

    def offer(self, luma: Grey, known: KnownCodes, *, now_s: float, sharpness: float) -> None:
        """Begins now, or when the picture before is done."""
        offered = Offered(luma, known, now_s, sharpness)
        if now_s >= self._free_s:
            self._begin(offered, now_s)
        elif self._waiting is None or self._waiting.gives_way_to(offered):
            self._waiting = offered

    def answers(self, *, now_s: float) -> list[Read]:
        """Those that are due."""
        if self._waiting is not None and now_s >= self._free_s:
            offered, self._waiting = self._waiting, None
            self._begin(offered, self._free_s)
        due = [read for at_s, read in self._answers if at_s <= now_s]
        self._answers = [(at_s, read) for at_s, read in self._answers if at_s > now_s]
        return due

    def forget(self) -> None:
        """Nothing seen so far counts."""
        self._waiting = None
        self._answers = []
        self._reader.forget()

    def spent_s(self) -> float:
        """What its work took since last asked: not the camera thread's time."""
        spent_s, self._spent_s = self._spent_s, 0.0
        return spent_s

    def _begin(self, offered: Offered, now_s: float) -> None:
        began_s = time.thread_time()
        read = self._reader.add(offered.luma, offered.known)
        took_s = time.thread_time() - began_s
        self._spent_s += took_s
        self._free_s = now_s + self._pace * took_s
        if read is not None:
            self._answers.append((self._free_s, read))


def _so_far(results: list[Watched]) -> str:
    hard = [r for r in results if not r.engines_read]
    ours, shop = (_read_percent([getattr(r, w) for r in hard]) for w in ("ours", "ours_catalogue"))
    wrong = sum(r.ours.is_wrong or r.ours_catalogue.is_wrong for r in results)
    return f"Watching ({len(hard)} hard: {ours} %, with catalogue {shop} %, wrong {wrong})"


def _figures(results: list[Watched]) -> dict[str, Any]:
    hard = [r for r in results if not r.engines_read]
    return {
        "clips": len(results),
        "engines_read": len(results) - len(hard),
        "engines_wrong": sum(r.engines_wrong for r in results),
        "hard": len(hard),
        "hard_by_defocus_modules": _shares(hard, _by_defocus),
        "hard_by_glare": _shares(hard, _by_glare),
        **_way("ours", results, hard),
        **_way("ours_catalogue", results, hard),
    }


def _by_defocus(result: Watched) -> str:
    low = min(int(result.circle_modules / 0.5) * 0.5, 3.5)
    return f"{low:.1f} to {low + 0.5:.1f}"


def _by_glare(result: Watched) -> str:
    if result.glare == 0:
        return "none"
    return "weak" if result.glare < 1 else "blinding"


def _shares(hard: list[Watched], key: Callable[[Watched], str]) -> dict[str, dict[str, int]]:
    """For each group of films: how many were hard, and how many of those were read each way."""
    shares = {}
    for name in sorted({key(result) for result in hard}):
        group = [result for result in hard if key(result) == name]
        shares[name] = {
            "hard": len(group),
            "ours": sum(result.ours.is_right for result in group),
            "ours_catalogue": sum(result.ours_catalogue.is_right for result in group),
        }
    return shares


def _way(name: str, results: list[Watched], hard: list[Watched]) -> dict[str, Any]:
    every = [getattr(r, name) for r in results]
    hard_ones = [getattr(r, name) for r in hard]
    at_s = sorted(o.at_s for o in hard_ones if o.is_right)
    return {
        f"{name}_hard_read": len(at_s),
        f"{name}_hard_read_percent": _read_percent(hard_ones),
        f"{name}_all_read": sum(o.is_right for o in every),
        f"{name}_wrong": sum(o.is_wrong for o in every),
        f"{name}_hard_median_s": round(statistics.median(at_s), 2) if at_s else None,
        f"{name}_hard_p95_s": round(at_s[int(len(at_s) * 0.95)], 2) if at_s else None,
    }


def _read_percent(outcomes: list[Outcome]) -> float | None:
    if not outcomes:
        return None
    return round(100 * sum(o.is_right for o in outcomes) / len(outcomes), 1)


def _name_misses(results: list[Watched], console: Console) -> None:
    for result in results:
        for name in ("ours", "ours_catalogue"):
            outcome: Outcome = getattr(result, name)
            if outcome.is_wrong:
                console.print(f"seed {result.seed} {name}: wrong, by {outcome.stage}")
            elif not outcome.is_right:
                console.print(f"seed {result.seed} {name}: not read")
