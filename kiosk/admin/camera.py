"""The camera at work: its picture, a frame around each code, and how often it reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from kiosk.admin.background import optional_service
from kiosk.admin.desk import Desk
from kiosk.admin.ports import Room

DARK, BRIGHT = 0.22, 0.88
"""Mean brightness below and above which packs are read badly."""

Corner = tuple[float, float]


class FoundCode(Protocol):
    """A code in a frame, as the scanner's watch gives it."""

    @property
    def text(self) -> str:
        """What is written in it."""

    @property
    def engine(self) -> str:
        """What read it."""

    @property
    def gtin14s(self) -> Sequence[str]:
        """The products it may name, likeliest first."""

    @property
    def corners(self) -> Sequence[Corner]:
        """As shares of the picture's width and height, from its top left."""


class Look(Protocol):
    """One frame, as the scanner's watch gives it."""

    preview: Any
    frames_per_s: float
    read_share: float | None
    brightness: float
    decode_ms: float

    @property
    def found(self) -> Sequence[FoundCode]:
        """The codes in it."""


class CameraWatch(Protocol):
    """The service ``camera``: the scanner itself."""

    def watch(
        self,
        on_look: Callable[[Any], None] | None,
        on_status: Callable[[Any], None] | None = None,
    ) -> None:
        """Tells about every frame until called with None; in the scanner's thread."""


class Light(StrEnum):
    """Whether there is light enough to read by."""

    DARK = "dark"
    GOOD = "good"
    BRIGHT = "bright"


class CameraHow(StrEnum):
    """How the camera is; the values of the scanner's status."""

    STARTING = "starting"
    OK = "ok"
    LOST = "lost"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Outline:
    """A code in the picture; ``is_product``: it names something that could be sold."""

    corners: tuple[Corner, ...]
    is_product: bool


@dataclass(frozen=True, slots=True)
class LastCode:
    """The last code that was read; ``name`` is empty for one that the catalogue lacks.

    ``product_id`` is None then.
    """

    text: str
    product_id: str | None
    name: str
    engine: str


@dataclass(frozen=True, slots=True)
class CameraState:
    """What the page shows; ``picture`` is RGB (h, w, 3) uint8, None while there is none."""

    how: CameraHow = CameraHow.STARTING
    picture: Any = None
    outlines: tuple[Outline, ...] = ()
    last: LastCode | None = None
    frames_per_s: float = 0.0
    decode_ms: float = 0.0
    read_share: float | None = None
    light: Light | None = None


class CameraDesk(Desk[CameraState]):
    """Watches the scanner while the page is on.

    Frames come in the scanner's thread, faster than a slow window may draw: only the newest one
    waits for it.
    """

    def __init__(self, room: Room) -> None:
        super().__init__(room, CameraState())
        self._lock = threading.Lock()
        self._newest: Look | None = None
        self._is_on = False

    def open(self, argument: object = None) -> None:
        """Looks through the camera."""
        self._is_on = True
        watch: CameraWatch | None = optional_service(self.room, "camera")
        if watch is None:
            self.show(how=CameraHow.NONE)
            return
        self.show(how=CameraHow.STARTING, picture=None, outlines=(), last=None, read_share=None)
        watch.watch(self._looked, self._status_changed)

    def close(self) -> None:
        """Looks away; the scanner goes on as ever."""
        self._is_on = False
        watch: CameraWatch | None = optional_service(self.room, "camera")
        if watch is not None:
            watch.watch(None)

    def back(self) -> None:
        """The page before."""
        self.room.back()

    # --- in the scanner's thread ---

    def _looked(self, look: Look) -> None:
        with self._lock:
            is_waiting, self._newest = self._newest is not None, look
        if not is_waiting:
            self.room.post(self._take_newest)

    def _status_changed(self, status: Any) -> None:
        how = CameraHow(str(status))
        self.room.post(lambda: self._take_status(how))

    # --- here ---

    def _take_newest(self) -> None:
        with self._lock:
            look, self._newest = self._newest, None
        if look is None or not self._is_on:
            return
        self._keep_him_in(look)
        self.show(
            how=CameraHow.OK,
            picture=look.preview,
            outlines=tuple(Outline(tuple(code.corners), bool(code.gtin14s)) for code in look.found),
            last=self._last(look) or self.state.last,
            frames_per_s=look.frames_per_s,
            decode_ms=look.decode_ms,
            read_share=look.read_share,
            light=light_of(look.brightness),
        )

    def _keep_him_in(self, look: Look) -> None:
        """Who holds packs before the camera is there, although he touches nothing."""
        session = optional_service(self.room, "session") if look.found else None
        if session is not None:
            session.activity()

    def _take_status(self, how: CameraHow) -> None:
        if not self._is_on:
            return
        if how is CameraHow.OK:
            self.show(how=how)
        else:
            self.show(how=how, picture=None, outlines=(), read_share=None, light=None)

    def _last(self, look: Look) -> LastCode | None:
        if not look.found:
            return None
        code = look.found[0]
        for gtin14 in code.gtin14s:
            product = self.room.shelf.catalogue.by_code(gtin14)
            if product is not None:
                name = product.name_in(self.room.language)
                return LastCode(code.text, product.product_id, name, code.engine)
        return LastCode(code.text, None, "", code.engine)


def light_of(brightness: float) -> Light:
    """What a mean brightness means, 0 black to 1 white."""
    if brightness < DARK:
        return Light.DARK
    return Light.BRIGHT if brightness > BRIGHT else Light.GOOD
