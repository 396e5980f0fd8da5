"""A back room with a PIN book, as the door, the first start and the volunteers' page need it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.config import Config
from kiosk.domain.errors import AdalError

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
RIGHT, OTHER, WRONG = "204817", "935172", "602394"


class Centre:
    """What enrols the kiosk; ``error`` is raised instead when there is one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.error: AdalError | None = None

    def enrol(self, server_url: str, code: str) -> str:
        self.asked.append((server_url, code))
        if self.error is not None:
            raise self.error
        return "This kiosk belongs to Aktau 1."


class Services(dict[str, Any]):
    """The parts of the kiosk that these pages ask for; ``finished`` counts ends of the set-up."""

    def __init__(self, directory: Path, *, shuffle_pin: bool = False) -> None:
        self.now_s = 1000.0
        self.centre = Centre()
        self.finished = 0
        self.frame: Any = None
        pins = PinBook(directory, monotonic_s=lambda: self.now_s, cost=CHEAP)
        super().__init__(
            pins=pins,
            settings=SimpleNamespace(shuffle_pin=shuffle_pin),
            config=Config(),
            enrol=self.centre.enrol,
            setup_done=self._finish,
            camera=SimpleNamespace(latest_preview=lambda: self.frame),
        )

    @property
    def pins(self) -> PinBook:
        pins: PinBook = self["pins"]
        return pins

    def _finish(self) -> None:
        self.finished += 1
