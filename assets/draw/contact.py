"""Contact sheets: every picture of a folder at the sizes the kiosk shows it, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

_CAPTION_PX = 16


def contact_sheet(
    files: Sequence[Path], size_px: int, columns: int, back: tuple[int, int, int]
) -> Image.Image:
    """All `files` fitted into squares of `size_px`, captioned with their names."""
    tallest = max(_fitted(file, size_px).height for file in files)
    cell_w, cell_h = max(size_px + 12, 84), tallest + 12 + _CAPTION_PX
    rows = -(-len(files) // columns)
    sheet = Image.new("RGB", (columns * cell_w, rows * cell_h), back)
    draw = ImageDraw.Draw(sheet)
    ink = (255, 255, 255) if sum(back) < 380 else (40, 40, 40)
    for n, file in enumerate(files):
        x, y = n % columns * cell_w, n // columns * cell_h
        picture = _fitted(file, size_px)
        sheet.paste(picture, (x + (cell_w - picture.width) // 2, y + 6), picture)
        draw.text((x + 4, y + tallest + 8), file.stem, fill=ink)
    return sheet


def _fitted(file: Path, size_px: int) -> Image.Image:
    picture = Image.open(file).convert("RGBA")
    picture.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    return picture
