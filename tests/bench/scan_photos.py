"""Labelled photographs from a folder: grey pixels, the set they belong to, what they show."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

RETAIL = "EAN/UPC"


@dataclass(frozen=True)
class Photo:
    """One photograph; ``gtin14`` is None when it shows no retail code."""

    file: str
    symbology: str
    text: str
    grey: NDArray[np.uint8]

    @property
    def set_name(self) -> str:
        """The folder it lies in."""
        return self.file.partition("/")[0]

    @property
    def gtin14(self) -> str | None:
        """The labelled retail code."""
        return self.text.zfill(14) if self.symbology == RETAIL else None


def load_photos(directory: Path, only: list[str] | None = None) -> list[Photo]:
    """All labelled photographs; pictures without a label count as showing no code at all."""
    with (directory / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["file"]: row for row in csv.DictReader(file)}
    pictures = sorted(
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}
    )
    nothing = {"symbology": "", "text": ""}
    photos = []
    for name in pictures:
        if only and name.partition("/")[0] not in only:
            continue
        label = labels.get(name, nothing)
        photos.append(Photo(name, label["symbology"], label["text"], grey(directory / name)))
    return photos


def grey(path: Path) -> NDArray[np.uint8]:
    """A picture's grey levels, what is transparent on white."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise SystemExit(f"{path} cannot be read as a picture.")
    if picture.dtype != np.uint8:
        picture = (picture / 257).astype(np.uint8)
    if picture.ndim == 3 and picture.shape[2] == 4:
        alpha = picture[..., 3:].astype(np.float32) / 255
        picture = (picture[..., :3] * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8)
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.ascontiguousarray(picture, dtype=np.uint8)
