"""The demo camera: draws packs that a hand shows to a lens above a counter.

Every frame passes the same way as a real camera's: moving, tilted, out of focus at first,
unevenly lit, noisy, then decoded by the same engines. Deterministic by its seed.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from kiosk.domain.errors import BarcodeError
from kiosk.scanner.frames import ArrayFrame, Frame, Pixels
from kiosk.scanner.packs import PACK_HEIGHT, PACK_WIDTH, draw_pack
from kiosk.scanner.recorded import Pace

WIDTH = 640
HEIGHT = 480
_PASS_S = 2.8
"""How long one pack is before the lens, from edge to edge of the picture."""
_ENTER_PART = 0.3
_LEAVE_PART = 0.78
_BLUR_FAR_PX = 2.6
_BLUR_NEAR_PX = 0.35
_SHUTTER_PART = 0.35
_NOISE_LEVELS = 3.0
_NOISE_MARGIN = 64


class DemoScene:
    """What the demo camera sees, frame after frame."""

    def __init__(self, *, seed: int = 0, fps: float = 15.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._fps = fps
        self._counter = _draw_counter(self._rng)
        self._noise = _draw_noise(self._rng)
        self._pass: Iterator[Pixels] = iter(())

    def show(self, gtin14: str, name: str) -> None:
        """Let a pack come in at the next frame, in place of any that is in view."""
        self._pass = self._passing(_cached_pack(gtin14, name))

    def next_frame(self) -> tuple[Pixels, bool]:
        """The next frame, BGR 480×640, and whether a pack is in it."""
        drawn = next(self._pass, None)
        return self._with_noise(self._counter if drawn is None else drawn), drawn is not None

    def _passing(self, pack: Pixels) -> Iterator[Pixels]:
        path = _Path(self._rng)
        count = round(_PASS_S * self._fps)
        for index in range(count):
            moment = index / count
            corners = path.corners(moment)
            speed = path.corners(min(1.0, moment + 1 / count)).mean(0) - corners.mean(0)
            yield _laid_over(self._counter, pack, corners, path.blur_px(moment), speed)

    def _with_noise(self, picture: Pixels) -> Pixels:
        left, top = self._rng.integers(0, _NOISE_MARGIN, 2)
        brighter, darker = (noise[top : top + HEIGHT, left : left + WIDTH] for noise in self._noise)
        return np.asarray(cv2.subtract(cv2.add(picture, brighter), darker), np.uint8)


class _Path:
    """How one pack moves: in from a side, held there with a small tremor, out again."""

    def __init__(self, rng: np.random.Generator) -> None:
        side = rng.choice([-1.0, 1.0])
        self._outside = np.array([side * (WIDTH / 2 + 260), rng.uniform(-40, 120)])
        self._held = np.array([rng.uniform(-40, 40), rng.uniform(-50, -20)])
        self._turn_rad = np.radians(rng.uniform(-14, 14))
        self._turn_in_rad = np.radians(rng.uniform(-35, 35))
        self._tilt = rng.uniform(-0.00035, 0.00035, 2)
        self._scale = rng.uniform(0.62, 0.76)
        self._phase = rng.uniform(0, 2 * np.pi)

    def nearness(self, moment: float) -> float:
        """0 at the edge of the picture, 1 while held."""
        if moment < _ENTER_PART:
            return _eased(moment / _ENTER_PART)
        if moment > _LEAVE_PART:
            return _eased((1 - moment) / (1 - _LEAVE_PART))
        return 1.0

    def blur_px(self, moment: float) -> float:
        """Out of focus while coming in; the lens finds the pack soon after."""
        found = _eased(np.clip((moment - 0.15) / 0.3, 0, 1))
        return float(_BLUR_FAR_PX + (_BLUR_NEAR_PX - _BLUR_FAR_PX) * found)

    def corners(self, moment: float) -> Any:
        """Where the pack's four corners are in the picture, clockwise from top left, (4, 2)."""
        near = self.nearness(moment)
        tremor = np.array([np.sin(moment * 23 + self._phase), np.cos(moment * 17 + self._phase)])
        centre = self._outside + (self._held - self._outside) * near + 3.0 * tremor
        turn = self._turn_rad + (1 - near) * self._turn_in_rad + 0.02 * tremor[0]
        half = np.array([PACK_WIDTH, PACK_HEIGHT]) / 2 * self._scale
        flat = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        away = 1 + turned @ (self._tilt * (1 + 0.3 * tremor))
        return turned / away[:, None] + centre + np.array([WIDTH, HEIGHT]) / 2


def _eased(part: float) -> float:
    return float(part * part * (3 - 2 * part))


def _laid_over(
    counter: Pixels, pack: Pixels, corners: Any, blur_px: float, speed_px: Any
) -> Pixels:
    """The counter with the pack on it, drawn only where the pack is."""
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 12, 0)
    high = np.minimum(np.ceil(corners.max(0)).astype(int) + 12, [WIDTH, HEIGHT])
    if (high <= low).any():
        return counter
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    flat = np.array([[0, 0], [PACK_WIDTH, 0], [PACK_WIDTH, PACK_HEIGHT], [0, PACK_HEIGHT]])
    way = cv2.getPerspectiveTransform(flat.astype(np.float32), (corners - low).astype(np.float32))
    picture = counter.copy()
    part = picture[low[1] : high[1], low[0] : high[0]]
    cv2.warpPerspective(
        pack, way, size, dst=part, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    part[:] = _as_seen(part, blur_px, speed_px)
    return picture


def _as_seen(part: Pixels, blur_px: float, speed_px: Any) -> Any:
    """A part of the picture through the lens: out of focus, and moving while the shutter is open."""
    moved_px = speed_px * _SHUTTER_PART
    length_px = int(np.hypot(*moved_px))
    if length_px > 1:
        part = np.asarray(cv2.filter2D(part, -1, _streak(length_px, moved_px)), np.uint8)
    return cv2.GaussianBlur(part, (0, 0), blur_px)


def _streak(length_px: int, direction: Any) -> Any:
    """The kernel of a straight movement."""
    size = length_px | 1
    kernel = np.zeros((size, size), np.float32)
    middle = size // 2
    step = np.array(direction) / np.hypot(*direction) * middle
    start, end = (np.round(middle + sign * step).astype(int) for sign in (-1, 1))
    cv2.line(kernel, tuple(map(int, start)), tuple(map(int, end)), 1.0)
    return kernel / kernel.sum()


def _draw_counter(rng: np.random.Generator) -> Pixels:
    """A worn wooden counter under a lamp that stands to one side."""
    grain = cv2.GaussianBlur(
        rng.normal(0, 60, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 14, sigmaY=3
    )
    across, down = np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT)
    light = 1 - 0.22 * np.add.outer((down - 0.2) ** 2, (across + 0.3) ** 2)
    wood = (np.array([150, 172, 190]) + grain[..., None]) * light[..., None]
    return np.asarray(np.clip(wood, 0, 255), np.uint8)


def _draw_noise(rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """What a sensor adds and takes away, larger than a frame: each frame cuts its own piece."""
    shape = (HEIGHT + _NOISE_MARGIN, WIDTH + _NOISE_MARGIN, 3)
    levels = np.round(rng.normal(0, _NOISE_LEVELS, shape))
    return (
        np.clip(levels, 0, 255).astype(np.uint8),
        np.clip(-levels, 0, 255).astype(np.uint8),
    )


@lru_cache(maxsize=32)
def _cached_pack(gtin14: str, name: str) -> Pixels:
    return draw_pack(gtin14, name)


class DemoCamera:
    """The demo scene as a frame source, at its own pace.

    `products` are (gtin14, name). With `automatic` one pack after another comes, with
    `pause_s` of empty counter between; without, only what `show` asks for.
    """

    def __init__(
        self,
        products: Sequence[tuple[str, str]],
        *,
        seed: int = 0,
        fps: float = 15.0,
        pause_s: float = 3.0,
        automatic: bool = True,
    ) -> None:
        self._scene = DemoScene(seed=seed, fps=fps)
        self._fps = fps
        self._pause_frames = round(pause_s * fps)
        self._automatic = automatic
        self._products = _drawable(products)
        self._next_product = 0
        self._asked: deque[tuple[str, str]] = deque()
        self._empty_frames = 0
        self._pace: Pace | None = None

    def set_products(self, products: Sequence[tuple[str, str]]) -> None:
        """Follow a catalogue that changed; from any thread."""
        self._products = _drawable(products)

    def show(self, gtin14: str) -> None:
        """Show this pack as soon as the one in view has gone; from any thread."""
        names = dict(self._products)
        asked = (gtin14.zfill(14), names.get(gtin14.zfill(14), ""))
        if not _drawable([asked]):
            raise BarcodeError(f"{gtin14} is not the number of a single pack.")
        self._asked.append(asked)

    def open(self) -> None:
        self._pace = Pace(self._fps)

    def read(self, timeout_s: float) -> Frame | None:
        if self._pace is None:
            self.open()
        if self._pace is None or self._pace.wait(timeout_s) is None:
            return None
        return ArrayFrame(self._next_frame())

    def close(self) -> None:
        self._pace = None

    def _next_frame(self) -> Pixels:
        picture, is_pack_in_view = self._scene.next_frame()
        self._empty_frames = 0 if is_pack_in_view else self._empty_frames + 1
        if not is_pack_in_view:
            self._bring_the_next()
        return picture

    def _bring_the_next(self) -> None:
        if self._asked:
            self._scene.show(*self._asked.popleft())
        elif self._automatic and self._products and self._empty_frames > self._pause_frames:
            self._scene.show(*self._products[self._next_product % len(self._products)])
            self._next_product += 1


def _drawable(products: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that have bars of their own; goods without a barcode stay out."""
    padded = ((gtin.zfill(14), name) for gtin, name in products if gtin.isdigit())
    return [(gtin, name) for gtin, name in padded if len(gtin) == 14 and gtin[0] == "0"]
