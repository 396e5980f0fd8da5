"""Films of a hand-held pack: how many are read within 1.5 s that no single-frame engine can read.

Every film (tests/scanner/clips.py) is given frame by frame to pyzbar, zxing-cpp and OpenCV, until
one of them has read it. And the kiosk's whole way from frame to scan looks at it in the film's own
time: a frame that comes while the engines are busy is dropped, and stage 2 answers as much later as
it took on a core of its own. Twice: for a shop that knows no code, and with a catalogue of 300 with
near-twins; what both look at alike is worked out once and costs both the same.
With --no-clock looks take no time: that tells what the way of reading can do on any machine.
With --keep FILE every film is kept when it ends, those in the file are not watched again, and the
figures are of all in it: so a long run may be cut short and go on, and --count 0 sums up what there
is. Throw the file away when the scanner changes.
With --engines-every K the engines look at every K-th film only, and only those count as hard or not:
what is wrong is then known of all films, and what is hard of a part, in a third of the time.

Figures: clips; engines_looked_at, engines_read and engines_wrong (films in which an engine read the pack's code in any
frame, and in which one told another code before that); hard, the films in which none read it;
hard_by_defocus_modules and hard_by_glare, the same in groups, with how many of each group each way
read. Then for ours (no catalogue) and ours_catalogue: *_hard_read and *_hard_read_percent of the hard
films; *_all_read of all films; *_wrong, films for which a code was told that is not the pack's;
*_hard_median_s and *_hard_p95_s, film seconds until the scan, of hard films that were read.
"""

from __future__ import annotations

import argparse
import os
import random
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.progress import Progress

from kiosk.scanner.decode import Decoder
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.evidence import Evidence
from kiosk.scanner.reader import FrameReader
from kiosk.scanner.second_look import load_second_reader
from tests.bench.clips_film import FRAMES, Clock, Frames, SharedStages, StagesDecoder
from tests.bench.clips_looks import LookInFilmTime, Past
from tests.bench.clips_tally import Kept, Outcome, Watched, figures, name_misses, so_far
from tests.bench.scan_catalogues import full_catalogue
from tests.bench.scan_readers import OpencvReader, PyzbarReader, ZxingReader
from tests.scanner.clips import FPS, Clip, clip

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
    parser.add_argument("--keep", type=Path, metavar="FILE", help="films watched, a line each")
    parser.add_argument(
        "--engines-every", type=int, default=1, metavar="K", help="of so many films one (default 1)"
    )
    parser.add_argument("--misses", action="store_true", help="name the seeds missed or wrong")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Shares of the films that engines cannot read, and wrong reads of all."""
    console = Console(stderr=True)
    seeds = range(args.first, args.first + args.count)
    kept = Kept(args.keep)
    todo = [seed for seed in seeds if seed not in kept.films]
    with ProcessPoolExecutor(args.jobs) as pool, Progress(console=console) as progress:
        task = progress.add_task("Watching", total=len(todo))
        every = [args.engines_every] * len(todo)
        for result in pool.map(watched, todo, [args.no_clock] * len(todo), every):
            kept.add(result)
            progress.update(task, advance=1, description=so_far(list(kept.films.values())))
    results = [kept.films[seed] for seed in sorted(kept.films)]
    if args.misses:
        name_misses(results, console)
    return figures(results)


@cache
def _warm_up() -> None:
    """A kiosk works stage 2's tables out when a visit begins."""
    cv2.setNumThreads(1)
    load_second_reader().read(next(clip(0).frames()), KnownCodes())


def watched(seed: int, no_clock: bool = False, engines_every: int = 1) -> Watched:
    """One film, by every way of reading; by the engines if its seed is a multiple of so many."""
    _warm_up()
    film = clip(seed)
    frames = Frames(film)
    draw = random.Random(seed)
    shop = [clip(draw.randrange(10**9)).gtin14 for _ in range(NEAR_TWINS_OF)]
    catalogue = full_catalogue([film.gtin14, *shop], seed)
    stages, past = SharedStages(Decoder(), frames), Past(Evidence())
    ours, ours_catalogue = (
        outcome(film, frames, Way(known, stages, past, 0.0 if no_clock else 1.0))
        for known in (KnownCodes(), catalogue)
    )
    is_read, is_wrong = _by_engines(film, frames) if seed % engines_every == 0 else (None, False)
    return Watched(seed, film.circle_modules, film.glare, is_read, is_wrong, ours, ours_catalogue)


# Films hold no matrix codes: OpenCV is not asked for them.
_ENGINES = (ZxingReader(), OpencvReader(matrix=False), PyzbarReader())


def _by_engines(film: Clip, frames: Frames) -> tuple[bool, bool]:
    """Whether any read the film, and whether any told another code until then."""
    is_wrong = False
    for number in range(FRAMES):
        codes = {code for engine in _ENGINES for code, _ in engine(frames[number]) if code}
        is_wrong |= bool(codes - {film.gtin14})
        if film.gtin14 in codes:
            return True, is_wrong
    return False, is_wrong


class Way:
    """The kiosk's own reader of frames, told the film's time.

    `pace`: film seconds to a second of work.
    """

    def __init__(self, known: KnownCodes, stages: SharedStages, past: Past, pace: float) -> None:
        self.clock = Clock()
        self.pace = pace
        self._decoder = StagesDecoder(stages, self.clock)
        self._second = LookInFilmTime(past, self.clock, pace)
        self.reader = FrameReader(self._decoder, lambda: known, self._second)

    def show(self, number: int) -> None:
        """Which frame comes next."""
        self._decoder.show = self._second.show = number


def outcome(film: Clip, frames: Frames, way: Way) -> Outcome:
    """Plays the film until the first scan."""
    free_s = 0.0
    for number in range(FRAMES + 1):
        now_s = number / FPS
        if now_s < free_s:
            continue
        # At the very end no frame comes any more, but an answer may.
        shown = min(number, FRAMES - 1)
        way.show(shown)
        frame = ArrayFrame(frames[shown])
        began_s = way.clock()
        scans = way.reader.take(frame, now_s=now_s, thrifty=False)
        free_s = now_s + way.pace * (way.clock() - began_s)
        if scans:
            right = scans[0].candidates[0].gtin14 == film.gtin14
            return Outcome(now_s, right, scans[0].stage)
    return Outcome()
