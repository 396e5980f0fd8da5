"""Films of a pack in a hand, as a cheap fixed-focus webcam sees it: for tests and measurements.

A renderer of its own, which shares no kernel and no code with the decoder. Nothing is convolved: each
frame is the mean of many pinhole pictures, one for a point of the aperture and a moment of the open
shutter, taken in linear light; glare is added, then come the sensor's noise, its tone curve and
JPEG. So the blur has no closed form that a decoder could have been given.

Lengths are in modules (the width of the code's thinnest bar): the circle of confusion is 1.5 to 4
across, the way of the hand while the shutter is open 2 to 4 at its quickest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
FPS = 30.0
CLIP_S = 1.5
_RAYS = 40
_TEXTURE_PX = 5
"""Pixels of a module on the flat pack; on the screen it has 1.6 to 3.2."""
_PACK_MODULES = (150, 130)
_SHUTTER_PART = 0.5
_INK, _PAPER = 13, 210
_GOLDEN_RAD = np.pi * (3 - np.sqrt(5))
_FORMATS = {
    "ean13": zxingcpp.BarcodeFormat.EAN13,
    "upca": zxingcpp.BarcodeFormat.UPCA,
    "ean8": zxingcpp.BarcodeFormat.EAN8,
}

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Faults:
    """How badly a clip is taken; ranges are drawn from by the clip's seed."""

    defocus_modules: tuple[float, float] = (1.5, 4.0)
    motion_modules: tuple[float, float] = (2.0, 4.0)
    module_px: tuple[float, float] = (1.6, 3.2)
    turn_deg: float = 14.0
    tilt_deg: float = 24.0
    glare: float = 0.7
    """The share of clips in which a lamp is mirrored in the pack."""
    noise: tuple[float, float] = (1.5, 5.0)
    jpeg_quality: tuple[int, int] = (60, 92)


@dataclass(frozen=True)
class Clip:
    """One film: the code on the pack, and all that chance decided by ``seed``."""

    seed: int
    symbology: str = "ean13"
    faults: Faults = field(default_factory=Faults)

    @property
    def text(self) -> str:
        """The digits on the pack."""
        return _number(self.symbology, np.random.default_rng((self.seed, 1)))

    @property
    def gtin14(self) -> str:
        """Its product number."""
        return self.text.zfill(14)

    @property
    def circle_modules(self) -> float:
        """How wide a point is smeared for want of focus."""
        return self._lens()[0]._circle_modules

    @property
    def glare(self) -> float:
        """How strong the lamp is that the pack mirrors; 0: none. From about 1 it blinds the camera."""
        lamp = self._lens()[0]._glare
        return 0.0 if lamp is None else lamp[2]

    def _lens(self) -> tuple[_Lens, np.random.Generator]:
        """The camera, and the chance that decides all the rest."""
        rng = np.random.default_rng((self.seed, 2))
        return _Lens(rng, self.faults), rng

    def frames(self, seconds: float = CLIP_S) -> Iterator[Grey]:
        """Grey pictures 480×640, thirty a second."""
        lens, rng = self._lens()
        hand = _Hand(rng, self.faults)
        pack = _flat_pack(self.symbology, self.text, rng)
        wall = _wall(rng)
        for number in range(round(seconds * FPS)):
            yield lens.frame(pack, wall, hand, number / FPS)


def clip(seed: int, faults: Faults | None = None) -> Clip:
    """The clip of a seed: EAN-13, one in six UPC-A."""
    symbology = "upca" if seed % 6 == 5 else "ean13"
    return Clip(seed, symbology, faults or Faults())


def _number(symbology: str, rng: np.random.Generator) -> str:
    prefixes = {"ean13": ("487", "460", "482", "978", "400", "590", "690"), "upca": ("0",)}
    length = {"ean13": 13, "upca": 12, "ean8": 8}[symbology]
    prefix = str(rng.choice(prefixes.get(symbology, ("4",))))
    payload = prefix + "".join(map(str, rng.integers(0, 10, length - 1 - len(prefix))))
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(payload[::-1]))
    return payload + str(-total % 10)


class _Hand:
    """Where the pack's points are in the picture at a moment: drift, tremor, tilt."""

    def __init__(self, rng: np.random.Generator, faults: Faults) -> None:
        self._module_px = rng.uniform(*faults.module_px)
        self._turn_rad = np.radians(rng.uniform(-faults.turn_deg, faults.turn_deg))
        self._tilts_rad = np.radians(rng.uniform(-faults.tilt_deg, faults.tilt_deg, 2))
        self._at = np.array([WIDTH / 2, HEIGHT / 2]) + rng.uniform(-45, 45, 2)
        self._drift = rng.normal(0, 14, 2)
        self._speeds = rng.uniform(1.2, 7.5, (2, 3))
        self._phases = rng.uniform(0, 2 * np.pi, (2, 3))
        self._sizes = rng.uniform(0.4, 1.0, (2, 3))
        self._sizes *= self._quickest(rng.uniform(*faults.motion_modules))
        self._breath = rng.uniform(0.4, 1.3), rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.05)

    def _quickest(self, way_modules: float) -> float:
        """The tremor's size by which the hand moves so far, at its quickest, in one exposure."""
        moments = np.linspace(0, CLIP_S, 300)
        steps = np.gradient(np.array([self._tremor(t) for t in moments]), moments, axis=0)
        way_px = np.linalg.norm(steps, axis=1).max() * _SHUTTER_PART / FPS
        return float(way_modules * self._module_px / way_px)

    def _tremor(self, t: float) -> Any:
        return (self._sizes * np.sin(2 * np.pi * self._speeds * t + self._phases)).sum(1)

    def nearness(self, t: float) -> float:
        """About 1: the hand comes and goes a little."""
        speed, phase, size = self._breath
        return float(1 + size * np.sin(2 * np.pi * speed * t + phase))

    def module_px(self, t: float) -> float:
        """Size of a module in the middle of the code."""
        return float(self._module_px * self.nearness(t))

    def way(self, t: float) -> Any:
        """The homography from modules on the pack (its middle at 0, 0) to pixels."""
        turn = self._turn_rad + 0.01 * np.sin(5 * t + self._phases[0, 0])
        across, down = self._tilts_rad + 0.03 * np.sin(3 * t + self._phases[1, :2])
        scale = self.module_px(t)
        c, s = np.cos(turn), np.sin(turn)
        flat = np.array([[c * np.cos(across), -s * np.cos(down)],
                         [s * np.cos(across), c * np.cos(down)]]) * scale  # fmt: skip
        away = np.array([np.sin(across), np.sin(down)]) * scale / 900
        x, y = self._at + self._drift * t + self._tremor(t)
        row = np.array([*away, 1.0])
        return np.array([[*flat[0], 0], [*flat[1], 0], [0, 0, 0]]) + np.outer([x, y, 1.0], row)


class _Lens:
    """The camera: aperture, shutter, light, sensor."""

    def __init__(self, rng: np.random.Generator, faults: Faults) -> None:
        self._rng = rng
        self._circle_modules = float(rng.uniform(*faults.defocus_modules))
        self._noise = rng.uniform(*faults.noise)
        self._quality = int(rng.integers(faults.jpeg_quality[0], faults.jpeg_quality[1] + 1))
        self._light = rng.uniform(0.35, 0.95)
        self._gamma = rng.uniform(1.8, 2.3)
        slope = rng.uniform(-0.25, 0.25, 2)
        across, down = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
        self._shade = (1 + slope[0] * across + slope[1] * down).astype(np.float32)
        self._glare = self._lamp(rng) if rng.random() < faults.glare else None

    def _lamp(self, rng: np.random.Generator) -> tuple[Any, Any, float]:
        at = rng.uniform([-60, -25], [60, 25])
        size = rng.uniform([5, 4], [16, 30])
        return at, size, float(rng.uniform(0.3, 2.2))

    def frame(self, pack: Grey, wall: NDArray[np.float32], hand: _Hand, t: float) -> Grey:
        """One frame as it comes out of the camera's JPEG."""
        circle_px = self._circle_modules * hand.module_px(t) * (2 - hand.nearness(t))
        seen = self._exposed(pack, wall, hand, t, circle_px / 2) * self._shade
        if self._glare is not None:
            seen = seen + self._mirrored(hand, t)
        return self._developed(seen)

    def _exposed(
        self, pack: Grey, wall: NDArray[np.float32], hand: _Hand, t: float, radius_px: float
    ) -> NDArray[np.float32]:
        """The mean over aperture and shutter of what a pinhole sees, in linear light."""
        flat = _onto_texture(pack)
        left, top, right, bottom = _place(hand.way(t) @ flat, pack, radius_px + 3 * _RAYS / 10)
        part = wall[top:bottom, left:right]
        size = (right - left, bottom - top)
        total = np.zeros_like(part)
        moments = self._rng.permutation(_RAYS)
        spin = self._rng.uniform(0, 2 * np.pi)
        for ray in range(_RAYS):
            off = radius_px * np.sqrt((ray + 0.5) / _RAYS)
            angle = spin + ray * _GOLDEN_RAD
            shift = np.eye(3)
            shift[:2, 2] = off * np.cos(angle) - left, off * np.sin(angle) - top
            # Half a pixel of wandering is what the sensor's square pixels add.
            shift[:2, 2] += self._rng.uniform(-0.5, 0.5, 2)
            moment = t + (moments[ray] + 0.5) / _RAYS * _SHUTTER_PART / FPS
            picture = part.copy()
            cv2.warpPerspective(
                pack, shift @ hand.way(moment) @ flat, size, dst=picture,
                flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT,
            )  # fmt: skip
            total += picture
        seen = wall.copy()
        seen[top:bottom, left:right] = total / _RAYS
        return seen

    def _mirrored(self, hand: _Hand, t: float) -> Any:
        """A lamp in the pack's shine: it stays, roughly, while the pack moves under it."""
        assert self._glare is not None
        at, size, strength = self._glare
        x, y, w = hand.way(0.4 * t) @ np.array([*at, 1.0])
        wide, high = size * hand.module_px(t)
        across = np.exp(-(((np.arange(WIDTH) - x / w) / wide) ** 2))
        down = np.exp(-(((np.arange(HEIGHT) - y / w) / high) ** 2))
        return (strength * np.outer(down, across)).astype(np.float32)

    def _developed(self, linear: Any) -> Grey:
        """Exposure, tone curve, noise, JPEG."""
        exposed = np.clip(linear * np.float32(self._light), 0, 1)
        levels = 255 * cv2.pow(exposed, 1 / self._gamma)
        levels += self._rng.normal(0, self._noise, levels.shape)
        grey = np.clip(levels, 0, 255).astype(np.uint8)
        _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _place(way: Any, pack: NDArray[np.float32], margin_px: float) -> tuple[int, int, int, int]:
    """The part of the picture that the pack may touch: left, top, right, bottom."""
    height, width = pack.shape
    corners = way @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]])
    across, down = corners[:2] / corners[2]
    low = np.maximum([across.min() - margin_px, down.min() - margin_px], 0).astype(int)
    high = np.minimum([across.max() + margin_px, down.max() + margin_px], [WIDTH, HEIGHT])
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _onto_texture(pack: NDArray[np.float32]) -> Any:
    """From the flat pack's pixels to modules around its middle."""
    height, width = pack.shape
    scale = 1 / _TEXTURE_PX
    return np.array([[scale, 0, -width * scale / 2], [0, scale, -height * scale / 2], [0, 0, 1]])


def _flat_pack(symbology: str, text: str, rng: np.random.Generator) -> NDArray[np.float32]:
    """Reflectance of a pack's side: its label in the middle, print around it."""
    width, height = (modules * _TEXTURE_PX for modules in _PACK_MODULES)
    pack = np.full((height, width), int(rng.integers(40, 180)), np.uint8)
    for _ in range(rng.integers(6, 14)):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = int(rng.integers(10, 120))
        cv2.rectangle(pack, (x, y), (x + size, y + size // 3), int(rng.integers(15, 205)), -1)
    for row in range(20, height, 46):
        words = "".join(chr(int(c)) for c in rng.integers(97, 123, 34))
        cv2.putText(pack, words, (8, row), cv2.FONT_HERSHEY_PLAIN, 1.6, 15, 2, cv2.LINE_AA)
    label = _label(symbology, text, int(rng.integers(34, 62)))
    top, left = (height - label.shape[0]) // 2, (width - label.shape[1]) // 2
    pack[top : top + label.shape[0], left : left + label.shape[1]] = label
    return pack.astype(np.float32) / np.float32(255)


def _label(symbology: str, text: str, bars_modules: int) -> Grey:
    """The code in ink on white, its quiet zones and the digits below."""
    code = zxingcpp.create_barcode(text, _FORMATS[symbology])
    rows = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    bars = np.repeat(rows[rows.shape[0] // 2], _TEXTURE_PX)
    strip = np.tile(bars, (bars_modules * _TEXTURE_PX, 1))
    edge = 11 * _TEXTURE_PX
    sides = ((2 * _TEXTURE_PX, 9 * _TEXTURE_PX), (edge, edge))
    paper = np.pad(strip, sides, constant_values=255)
    label = np.where(paper > 127, _PAPER, _INK).astype(np.uint8)
    base = label.shape[0] - 2 * _TEXTURE_PX
    cv2.putText(label, text, (edge, base), cv2.FONT_HERSHEY_PLAIN, 2.6, _INK, 3, cv2.LINE_AA)
    return label


def _wall(rng: np.random.Generator) -> NDArray[np.float32]:
    """What is behind the hand: out of focus, uneven."""
    coarse = rng.uniform(0.05, 0.6, (7, 9)).astype(np.float32)
    return np.asarray(
        cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32
    ).clip(0.02, 0.9)
