"""Stage 2 in a thread of its own: newest picture only, answers when they come.

The maximum-likelihood reader takes longer than a frame, so neither the window's thread nor the
camera's may wait for it. Pictures of one pack add up until the scene changes.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kiosk.scanner.decode import Read
from kiosk.scanner.frames import Pixels
from kiosk.scanner.known import KnownCodes

if TYPE_CHECKING:
    from kiosk.scanner.likelihood.evidence import Evidence
    from kiosk.scanner.likelihood.reader import LikelihoodReader
    from kiosk.scanner.likelihood.reading import Reading

_log = logging.getLogger(__name__)

LIKELIHOOD = "likelihood"
_JOIN_TIMEOUT_S = 1.0
_FRESH_S = 0.25
_EXERCISE: Pixels = np.tile(np.repeat(np.array([40, 200], np.uint8), 6), (480, 40))
"""Stripes that are no code: looking at them works out what the first real picture needs."""


class SecondReader(Protocol):
    """Works a code out of the grey levels where no engine reads any."""

    def read(self, luma: Pixels, known: KnownCodes | None) -> Read | None:
        """The code of one picture, or None: it refuses rather than guesses."""

    def add(self, luma: Pixels, known: KnownCodes | None) -> Read | None:
        """The code of all pictures since the scene changed, this one too."""

    def forget(self) -> None:
        """Another pack is in view."""


class SecondLook(Protocol):
    """Where the camera's thread leaves pictures and finds answers.

    One picture waits while another is looked at: the newest, unless the one that waits is sharper
    and still fresh. A hand trembles, and its quiet moments are worth waiting for.
    """

    def offer(self, luma: Pixels, known: KnownCodes, *, now_s: float, sharpness: float) -> None:
        """A picture that stage 1 could not read, and how sharp its stripes are."""

    def answers(self, *, now_s: float) -> list[Read]:
        """What was read since the last time."""

    def forget(self) -> None:
        """Another pack may be in view: no picture so far counts any more."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A picture that waits to be looked at."""

    luma: Pixels
    known: KnownCodes
    at_s: float
    sharpness: float

    def gives_way_to(self, newer: "Offered") -> bool:
        """Whether the newer picture shall wait in its place."""
        return newer.sharpness >= self.sharpness or newer.at_s - self.at_s > _FRESH_S


class ThreadedLook:
    """A second look in a daemon thread that begins with the first picture."""

    def __init__(self, make: Callable[[], SecondReader]) -> None:
        self._make = make
        self._changed = threading.Condition()
        self._waiting: Offered | None = None
        self._answers: list[Read] = []
        self._scene = 0
        self._is_over = False
        self._thread: threading.Thread | None = None

    def offer(self, luma: Pixels, known: KnownCodes, *, now_s: float, sharpness: float) -> None:
        offered = Offered(luma, known, now_s, sharpness)
        with self._changed:
            if self._waiting is None or self._waiting.gives_way_to(offered):
                self._waiting = offered
            self._changed.notify()
        self.begin()

    def begin(self) -> None:
        """Start the thread, which works its tables out before the first picture comes."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="second look", daemon=True)
            self._thread.start()

    def answers(self, *, now_s: float) -> list[Read]:
        if not self._answers:
            return []
        with self._changed:
            given, self._answers = self._answers, []
        return given

    def forget(self) -> None:
        with self._changed:
            self._scene += 1
            self._waiting = None
            self._answers = []

    def stop(self) -> None:
        """End the thread; a picture that is being read is not waited for long."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_JOIN_TIMEOUT_S)

    def _run(self) -> None:
        # No lower priority than the window's: a thread that is pushed aside while it holds the
        # interpreter's lock keeps the window waiting as well.
        reader = self._make()
        _safely(reader, Offered(_EXERCISE, KnownCodes(), 0.0, 0.0))
        scene = -1
        while (job := self._next()) is not None:
            offered, now_scene = job
            if now_scene != scene:
                reader.forget()
                scene = now_scene
            self._answer(_safely(reader, offered), scene)

    def _next(self) -> tuple[Offered, int] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._waiting is not None)
            if self._is_over or self._waiting is None:
                return None
            offered, self._waiting = self._waiting, None
            return offered, self._scene

    def _answer(self, read: Read | None, scene: int) -> None:
        with self._changed:
            if read is not None and scene == self._scene:
                self._answers.append(read)


def _safely(reader: SecondReader, offered: Offered) -> Read | None:
    """A stumble over one picture must not end the second look for good."""
    try:
        return reader.add(offered.luma, offered.known)
    except Exception:
        _log.exception("the second look stumbled over a picture")
        return None


class LikelihoodLook:
    """The maximum-likelihood reader behind the face of a second reader."""

    def __init__(self, reader: "LikelihoodReader", evidence: "Evidence") -> None:
        self._reader = reader
        self._evidence = evidence

    def read(self, luma: Pixels, known: KnownCodes | None) -> Read | None:
        reading = self._reader.read(luma, known)
        return None if reading is None else as_read(reading)

    def add(self, luma: Pixels, known: KnownCodes | None) -> Read | None:
        self._evidence.catalogue = known
        reading = self._evidence.add(luma)
        return None if reading is None else as_read(reading)

    def forget(self) -> None:
        self._evidence.forget()


def as_read(reading: "Reading") -> Read:
    """What stage 2 tells, as the engines' reads are told."""
    return Read(
        reading.symbology,
        reading.text,
        LIKELIHOOD,
        reading.centre,
        stage=LIKELIHOOD,
        corners=reading.corners,
    )


def load_second_reader() -> LikelihoodLook:
    """Stage 2; loaded in the thread that uses it, because the start need not wait for it."""
    from kiosk.scanner.likelihood.evidence import Evidence
    from kiosk.scanner.likelihood.reader import LikelihoodReader

    return LikelihoodLook(LikelihoodReader(), Evidence())
