"""Stage 2 in a film's own time, for several ways of reading that mostly look at the same frames.

A look at a frame is worked out once for all ways whose looks so far were the same; only what is
believed of it is each way's own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from kiosk.scanner.decode import Read
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.evidence import Evidence
from kiosk.scanner.second_look import Offered, as_read
from tests.bench.clips_film import Clock, timed
from tests.scanner.clips import Grey


@dataclass
class Past:
    """What was seen after some looks; `then` leads on from here by the next frame looked at, or
    None where all was forgotten. `cost_s`: what the last look took."""

    seen: Evidence
    cost_s: float = 0.0
    then: dict[int | None, Past] = field(default_factory=dict)


class LookInFilmTime:
    """Stage 2 at once, but its answers come as late as they would from a core of their own.

    `pace`: film seconds to a second of work; 0 for a machine that takes no time. `show` is the
    number of the frame that is offered next.
    """

    def __init__(self, past: Past, clock: Clock, pace: float = 1.0) -> None:
        self._past = past
        self._clock = clock
        self._pace = pace
        self._evidence = Evidence()
        self._free_s = 0.0
        self._waiting: tuple[Offered, int] | None = None
        self._answers: list[tuple[float, Read]] = []
        self.show = 0

    def offer(self, luma: Grey, known: KnownCodes, *, now_s: float, sharpness: float) -> None:
        """Begins now, or when the picture before is done."""
        offered = Offered(luma, known, now_s, sharpness)
        if now_s >= self._free_s:
            self._begin(offered, self.show, now_s)
        elif self._waiting is None or self._waiting[0].gives_way_to(offered):
            self._waiting = offered, self.show

    def answers(self, *, now_s: float) -> list[Read]:
        """Those that are due."""
        if self._waiting is not None and now_s >= self._free_s:
            (offered, number), self._waiting = self._waiting, None
            self._begin(offered, number, self._free_s)
        due = [read for at_s, read in self._answers if at_s <= now_s]
        self._answers = [(at_s, read) for at_s, read in self._answers if at_s > now_s]
        return due

    def forget(self) -> None:
        """Nothing seen so far counts."""
        self._waiting = None
        self._answers = []
        self._go_on(None)

    def _begin(self, offered: Offered, number: int, now_s: float) -> None:
        began_s = time.thread_time()
        self._go_on(number, offered.luma)
        own_s = timed(lambda: self._judge(offered.known))
        self._free_s = now_s + self._pace * (self._past.cost_s + own_s)
        if self._read is not None:
            self._answers.append((self._free_s, self._read))
        # It is the second look's time, not the camera thread's.
        self._clock.spare(began_s - time.thread_time())

    def _judge(self, known: KnownCodes) -> None:
        self._evidence.catalogue = known
        reading = self._evidence.best()
        self._read = None if reading is None else as_read(reading)

    def _go_on(self, number: int | None, luma: Grey | None = None) -> None:
        """From all that was seen so far to what is seen after one look more."""
        if number not in self._past.then:
            self._past.then[number] = _after(self._past, luma)
        self._past = self._past.then[number]
        self._evidence.take_over(self._past.seen)


def _after(past: Past, luma: Grey | None) -> Past:
    seen = Evidence()
    seen.take_over(past.seen)
    if luma is None:
        seen.forget()
        return Past(seen)
    return Past(seen, timed(lambda: seen.look(luma)))
