"""One film as several ways of reading look at it: drawn, and tried by the engines, only once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from kiosk.scanner.decode import Decoder, Read
from tests.scanner.clips import CLIP_S, FPS, Clip, Grey

FRAMES = round(CLIP_S * FPS)


class Frames:
    """A film's frames, each drawn when it is first asked for."""

    def __init__(self, film: Clip) -> None:
        self._source = film.frames()
        self._drawn: list[Grey] = []

    def __getitem__(self, number: int) -> Grey:
        while len(self._drawn) <= number:
            self._drawn.append(next(self._source))
        return self._drawn[number]


class Clock:
    """The work of this thread in seconds, plus what others did already and need not do again."""

    def __init__(self) -> None:
        self._spared_s = 0.0

    def spare(self, seconds: float) -> None:
        """So much work counts as if it had been done now; negative: work that does not count."""
        self._spared_s += seconds

    def __call__(self) -> float:
        return time.thread_time() + self._spared_s


Stages = list[tuple[tuple[Read, ...], float]]
"""What the stages found in one frame, as far as they were asked, and what each cost in seconds."""


class SharedStages:
    """What stage 1 makes of each frame, worked out by whoever asks first."""

    def __init__(self, decoder: Decoder, frames: Frames) -> None:
        self._decoder = decoder
        self._frames = frames
        self._known: dict[int, tuple[Stages, Iterator[tuple[Read, ...]]]] = {}

    def of(self, number: int, clock: Clock) -> Iterator[tuple[Read, ...]]:
        """The stages of a frame, one after another."""
        if number not in self._known:
            self._known[number] = ([], self._decoder.stages(self._frames[number]))
        done, rest = self._known[number]
        place = 0
        while place < len(done) or self._goes_on(done, rest, clock):
            reads, cost_s = done[place]
            clock.spare(cost_s)
            yield reads
            place += 1

    @staticmethod
    def _goes_on(done: Stages, rest: Iterator[tuple[Read, ...]], clock: Clock) -> bool:
        began_s = time.thread_time()
        reads = next(rest, None)
        cost_s = time.thread_time() - began_s
        # Given out again with what is known, so that both pay the same.
        clock.spare(-cost_s)
        if reads is not None:
            done.append((reads, cost_s))
        return reads is not None


class StagesDecoder(Decoder):
    """A kiosk's decoder for the frame that is shown; `show` says which."""

    def __init__(self, shared: SharedStages, clock: Clock) -> None:
        self._shared = shared
        self._clock = clock
        self.missing = ()
        self.show = 0

    def stages(self, luma: Grey) -> Iterator[tuple[Read, ...]]:
        """What each stage finds, from the cheapest on."""
        return self._shared.of(self.show, self._clock)


def timed(work: Callable[[], None]) -> float:
    """Seconds of this thread's work."""
    began_s = time.thread_time()
    work()
    return time.thread_time() - began_s
