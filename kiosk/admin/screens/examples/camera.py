"""States of the camera's page: a drawn pack in view, darkness, no camera."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kiosk.admin.camera import CameraHow, CameraState, LastCode, Light, Outline
from kiosk.domain.products import Product

_WIDTH, _HEIGHT = 640, 480
_LABEL = ((0.3, 0.35), (0.72, 0.3), (0.75, 0.62), (0.33, 0.67))


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, CameraState]]:
    """A pack that is read, one that the catalogue lacks, and no picture at all."""
    water = products["water-asu"]
    read = CameraState(
        how=CameraHow.OK,
        picture=_picture(170),
        outlines=(Outline(_LABEL, is_product=True),),
        last=LastCode("4870001157937", water.product_id, water.name_in(language), "zxing-cpp"),
        frames_per_s=14.8,
        decode_ms=3.1,
        read_share=0.86,
        light=Light.GOOD,
    )
    yield "reads", read
    yield (
        "unknown",
        replace(
            read,
            picture=_picture(30),
            outlines=(Outline(_LABEL, is_product=False),),
            last=LastCode("https://example.kz", None, "", "zxing-cpp"),
            read_share=0.0,
            light=Light.DARK,
        ),
    )
    yield "lost", CameraState(how=CameraHow.LOST)


def _picture(grey: int) -> Any:
    """A counter with something pale on it."""
    import numpy as np

    picture = np.full((_HEIGHT, _WIDTH, 3), grey, np.uint8)
    picture[150:320, 200:470] = min(grey + 60, 255)
    for left in range(215, 455, 12):
        picture[170:300, left : left + 5] = grey // 3
    return picture
