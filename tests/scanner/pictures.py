"""Pictures of codes as a camera might see them, drawn with known faults.

The bars come from zxing-cpp's writer, not from the kiosk's own encoder.
"""

from typing import Any

import cv2
import numpy as np
import zxingcpp

from kiosk.scanner.known import KnownCodes

WIDTH, HEIGHT = 640, 480
WATER, TEA, ORBIT, CHIPS = "4870001157937", "4870202520103", "40099637", "4870069001043"
EAN13 = zxingcpp.BarcodeFormat.EAN13


def knowing(*gtins: str) -> KnownCodes:
    """A shop that has these goods, and no others."""
    return KnownCodes({gtin.zfill(14): f"product {gtin}" for gtin in gtins})


def printed(barcode_format, text: str, *, module_px: int = 3, **options: object) -> np.ndarray:
    """A code on white paper, sharp, with its quiet zones."""
    barcode = zxingcpp.create_barcode(text, barcode_format, **options)
    picture = np.asarray(barcode.to_image(scale=module_px))
    return np.pad(picture, 12 * module_px, constant_values=255)


def counter(*, noise: float = 3.0, seed: int = 0, light: float = 130.0) -> np.ndarray:
    """An empty counter, grey 480×640, unevenly lit."""
    rng = np.random.default_rng(seed)
    slope = np.add.outer(np.linspace(-12, 12, HEIGHT), np.linspace(-20, 20, WIDTH))
    return np.clip(light + slope + rng.normal(0, noise, slope.shape), 0, 255).astype(np.uint8)


def seen(
    paper: np.ndarray,
    *,
    turn_deg: float = 0.0,
    tilt: float = 0.0,
    blur_px: float = 0.0,
    light: float = 1.0,
    noise: float = 3.0,
    at: tuple[float, float] = (WIDTH / 2, HEIGHT / 2),
    seed: int = 0,
) -> np.ndarray:
    """Paper on the counter: turned, tilted (part of its width), blurred, lit, noisy."""
    height, width = paper.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    centred = flat - [width / 2, height / 2]
    centred[1:3, 1] *= 1 - tilt
    angle = np.radians(turn_deg)
    turned = centred @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    way = cv2.getPerspectiveTransform(flat, (turned + at).astype(np.float32))
    picture = counter(noise=0, seed=seed)
    cv2.warpPerspective(paper, way, (WIDTH, HEIGHT), dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
    if blur_px:
        picture = cv2.GaussianBlur(picture, (0, 0), blur_px)
    rng = np.random.default_rng(seed)
    lit = picture * light + rng.normal(0, noise, picture.shape)
    return np.clip(lit, 0, 255).astype(np.uint8)


def pack(gtin: str = WATER, **faults: Any) -> np.ndarray:
    """An EAN code as the camera sees it."""
    kind = zxingcpp.BarcodeFormat.EAN8 if len(gtin) == 8 else EAN13
    return seen(printed(kind, gtin), **faults)


def write_video(path, frames, *, fps: float = 30.0, fourcc: str = "MJPG") -> None:
    """Write grey or BGR frames as a video file."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*fourcc), fps, (WIDTH, HEIGHT))
    assert writer.isOpened(), f"this OpenCV cannot write {fourcc}"
    for frame in frames:
        writer.write(frame if frame.ndim == 3 else cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
