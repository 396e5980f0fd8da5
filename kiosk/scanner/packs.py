"""Drawing a pack of goods flat, with its name, its colour and its real bars."""

from typing import Any

import cv2
import numpy as np

from kiosk.scanner.bars import QUIET_MODULES, ean_modules
from kiosk.scanner.frames import Pixels

PACK_WIDTH = 500
PACK_HEIGHT = 600
_MODULE_PX = 4
_BARS_HEIGHT = 190
_LABEL_TOP = 320
_LABEL_MARGIN = 14
_DIGITS_HEIGHT = 40
_INK = (40, 36, 34)
_PAPER = (244, 246, 247)
_NAME_PX = 44
_NAME_WIDTH_MAX = PACK_WIDTH - 40


def draw_pack(gtin14: str, name: str) -> Pixels:
    """The side of a pack that carries its code: BGR, 600×500. Raises BarcodeError for a case."""
    modules = ean_modules(gtin14)
    base = _colour(gtin14)
    pack = np.full((PACK_HEIGHT, PACK_WIDTH, 3), base, np.uint8)
    cv2.rectangle(pack, (0, 0), (PACK_WIDTH, 110), _darker(base), cv2.FILLED)
    cv2.ellipse(pack, (PACK_WIDTH // 2, 215), (120, 75), 0, 0, 360, _lighter(base), cv2.FILLED)
    cv2.ellipse(pack, (PACK_WIDTH // 2, 215), (70, 42), 0, 0, 360, _darker(base), 10)
    _write(pack, name, (20, 72), _NAME_PX, _PAPER)
    _draw_label(pack, modules, gtin14.lstrip("0"))
    return pack


def _draw_label(pack: Pixels, modules: str, digits: str) -> None:
    bars = np.frombuffer(modules.encode(), np.uint8) == ord("1")
    row = np.where(np.repeat(bars, _MODULE_PX)[:, None], _INK, _PAPER).astype(np.uint8)
    quiet = QUIET_MODULES * _MODULE_PX
    left = (PACK_WIDTH - row.shape[0]) // 2
    top = _LABEL_TOP + _LABEL_MARGIN
    right, bottom = left + row.shape[0], top + _BARS_HEIGHT
    pack[_LABEL_TOP : bottom + _DIGITS_HEIGHT, left - quiet : right + quiet] = _PAPER
    pack[top:bottom, left:right] = row
    cv2.putText(
        pack, digits, (left + 40, bottom + 30), cv2.FONT_HERSHEY_SIMPLEX, 1.0, _INK, 2, cv2.LINE_AA
    )


def _write(pack: Pixels, text: str, at: tuple[int, int], height_px: int, colour: Any) -> None:
    """Write a name. OpenCV 5 has a font with Cyrillic; older ones have Latin strokes only."""
    if not hasattr(cv2, "FontFace"):
        latin = text.encode("ascii", "replace").decode()
        cv2.putText(pack, latin, at, cv2.FONT_HERSHEY_SIMPLEX, 1.2, colour, 3, cv2.LINE_AA)
        return
    face = cv2.FontFace("sans")
    (_, _, width, _) = cv2.getTextSize((PACK_WIDTH, PACK_HEIGHT), text, at, face, height_px, 600)
    fitting_px = min(height_px, int(height_px * _NAME_WIDTH_MAX / max(width, 1)))
    cv2.putText(pack, text, at, colour, face, fitting_px, 600)


def _colour(gtin14: str) -> tuple[int, int, int]:
    """A calm colour that is always the same for a number."""
    hue = int(gtin14) * 47 % 180
    blue, green, red = cv2.cvtColor(np.array([[[hue, 150, 170]]], np.uint8), cv2.COLOR_HSV2BGR)[
        0, 0
    ]
    return int(blue), int(green), int(red)


def _darker(colour: tuple[int, int, int]) -> tuple[int, ...]:
    return tuple(channel * 6 // 10 for channel in colour)


def _lighter(colour: tuple[int, int, int]) -> tuple[int, ...]:
    return tuple(channel + (255 - channel) * 6 // 10 for channel in colour)
