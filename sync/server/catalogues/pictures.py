"""Uploaded pictures: read with care, made small and square, kept under what they are."""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, ImageOps
from sqlalchemy import Connection, insert, select

from kiosk.domain.errors import CatalogueError
from sync.server.catalogues.facts import picture_name
from sync.server.schema.catalogue import picture

UPLOAD_SIZE_BYTES_MAX = 5 * 1024 * 1024
SIDE_PX = 512
PIXELS_MAX = 60_000_000
_FORMATS = ("JPEG", "PNG")


def as_png(content: bytes) -> bytes:
    """The middle of a PNG or JPEG as a square PNG of 512 px, with nothing else that was in it.

    Raises:
        CatalogueError: ``picture_size`` or ``picture``.
    """
    if len(content) > UPLOAD_SIZE_BYTES_MAX:
        raise CatalogueError("picture_size")
    try:
        with warnings.catch_warnings():
            # Our own limit is checked before a pixel is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                if opened.width * opened.height > PIXELS_MAX:
                    raise CatalogueError("picture_size")
                opened.draft("RGB", (SIDE_PX, SIDE_PX))
                square = _square(ImageOps.exif_transpose(opened))
    except CatalogueError:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything for a damaged file
        raise CatalogueError("picture") from error
    made = io.BytesIO()
    square.save(made, "PNG", optimize=True)
    return made.getvalue()


def keep(connection: Connection, png: bytes, now_ms: int) -> str:
    """Keeps a picture once, whoever sends it again; gives the name that products use."""
    digest = hashlib.sha256(png).hexdigest()
    held = connection.execute(select(picture.c.sha256).where(picture.c.sha256 == digest)).first()
    if held is None:
        connection.execute(insert(picture).values(sha256=digest, content=png, created_ms=now_ms))
    return picture_name(digest)


def _square(opened: Image.Image) -> Image.Image:
    opaque = Image.new("RGB", opened.size, "white")
    if opened.has_transparency_data:
        clear = opened.convert("RGBA")
        opaque.paste(clear, mask=clear.getchannel("A"))
    else:
        opaque.paste(opened.convert("RGB"))
    return ImageOps.fit(opaque, (SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
