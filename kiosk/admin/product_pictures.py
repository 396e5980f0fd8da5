"""Pictures of products that are made here: from the camera, or from a file on a stick.

Each becomes a square of 512 px in ``<data>/pictures/<stem>.png``. The stem is made of the
picture's own bytes, so that another picture never hides behind a name that is already on screen.
No function here knows a window; those that read files are for ``room.work``.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from kiosk.admin.places import shown_name
from kiosk.disk import sync_directory
from kiosk.domain.errors import N_, AdalError
from kiosk.facts import PICTURES_FOLDER

SIDE_PX = 512
THUMBNAIL_PX = 192
STEM_PREFIX = "photo-"
FILES_MAX = 400
"""More on one stick are somebody's holidays; the newest are the ones that were taken for this."""
FILE_BYTES_MAX = 40_000_000
PIXELS_MAX = 80_000_000
FOLDERS_DEEP = 3
_FORMATS = ("JPEG", "PNG", "WEBP")
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})


class PictureError(AdalError):
    """A file that cannot be used as a product's picture, or a picture that cannot be kept."""

    advice = N_("This picture cannot be used. Please choose another one.")


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on a stick; ``thumbnail`` holds RGB rows from the top, ``None`` if unreadable."""

    path: Path
    name: str
    thumbnail: bytes | None = None
    side_px: int = THUMBNAIL_PX


def square_part(frame: Any) -> Any:
    """The middle of a camera frame (height × width × 3), as wide as high."""
    high, wide = frame.shape[:2]
    side = min(high, wide)
    top, left = (high - side) // 2, (wide - side) // 2
    return frame[top : top + side, left : left + side]


def keep_frame(frame: Any, directory: Path) -> str:
    """A camera frame (RGB, uint8) becomes a product's picture; gives its stem.

    Raises:
        PictureError: when the disk refuses.
    """
    return _keep(Image.fromarray(square_part(frame)), directory)


def keep_file(file: Path, directory: Path) -> str:
    """A picture file becomes a product's picture; gives its stem.

    Raises:
        PictureError: when it is no picture, is too large, or the disk refuses.
    """
    return _keep(_square_of(file, SIDE_PX), directory)


def picture_files(folders: Iterable[Path]) -> tuple[PictureFile, ...]:
    """Picture files in these folders and a little below, newest first."""
    found: list[tuple[float, PictureFile]] = []
    for folder in folders:
        for path in _files_below(folder, FOLDERS_DEEP):
            try:
                changed_s = path.stat().st_mtime
            except OSError:  # the stick may be pulled out at any moment
                continue
            found.append((changed_s, PictureFile(path, shown_name(path))))
    found.sort(key=lambda dated: (-dated[0], dated[1].path))
    return tuple(file for _changed_s, file in found[:FILES_MAX])


def with_thumbnail(file: PictureFile) -> PictureFile:
    """The same with a small square of it; without one when it cannot be read."""
    try:
        small = _square_of(file.path, THUMBNAIL_PX)
    except PictureError:
        return file
    return PictureFile(file.path, file.name, small.tobytes(), THUMBNAIL_PX)


def forget(stem: str, directory: Path) -> None:
    """Deletes a picture that was made here and that no product took; others are left alone."""
    if stem.startswith(STEM_PREFIX):
        (directory / PICTURES_FOLDER / f"{stem}.png").unlink(missing_ok=True)


def _keep(picture: Image.Image, directory: Path) -> str:
    scaled = picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    scaled.save(encoded, "PNG")
    stem = STEM_PREFIX + hashlib.sha256(encoded.getvalue()).hexdigest()[:16]
    folder = directory / PICTURES_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_durably(folder / f"{stem}.png", encoded.getvalue())
    except OSError as error:
        raise PictureError(
            f"{folder}: the picture cannot be saved ({error.strerror}); free some space."
        ) from error
    return stem


def _write_durably(file: Path, content: bytes) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_directory(file.parent)


def _square_of(file: Path, side_px: int) -> Image.Image:
    """The middle of a picture file, the right way up, on white where it is see-through."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise PictureError(f"{file.name} is too large for a picture; choose a smaller one.")
        with warnings.catch_warnings():
            # Our own limit is checked below, before a pixel is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as picture:
                _require_size(picture, file)
                # A JPEG is decoded at the size that is needed: 12 megapixels cost 0.3 s.
                picture.draft("RGB", (side_px, side_px))
                return _flattened(ImageOps.exif_transpose(picture), side_px)
    except PictureError:
        raise
    # Pillow's readers raise nearly anything for a damaged file.
    except Exception as error:
        raise PictureError(
            f"{file.name} cannot be read as a picture; choose a JPEG or PNG file."
        ) from error


def _require_size(picture: Image.Image, file: Path) -> None:
    wide, high = picture.size
    if wide * high > PIXELS_MAX:
        raise PictureError(f"{file.name} is too large for a picture; choose a smaller one.")


def _flattened(picture: Image.Image, side_px: int) -> Image.Image:
    opaque = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        see_through = picture.convert("RGBA")
        opaque.paste(see_through, mask=see_through.getchannel("A"))
    else:
        opaque.paste(picture.convert("RGB"))
    return ImageOps.fit(opaque, (side_px, side_px), Image.Resampling.LANCZOS)


def _files_below(folder: Path, deep: int) -> Iterator[Path]:
    """Pictures in a folder and so many levels below; what cannot be read is passed over."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        # "._IMG_1.jpg" is what macOS leaves beside a picture; it holds none.
        if path.name.startswith("."):
            continue
        if path.suffix.lower() in _ENDINGS and path.is_file():
            yield path
        elif deep > 1 and path.is_dir() and not path.is_symlink():
            yield from _files_below(path, deep - 1)
