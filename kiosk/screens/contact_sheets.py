"""``python -m kiosk.screens.contact_sheets OUT_DIR``: all screens on few pictures, to be looked at.

One sheet for each panel, language and look: every state of the shopper's screens, small, side by
side. The pictures are drawn by :mod:`kiosk.screens.gallery` in windows of their own, for a window's
size cannot change under a screen that was already built. Needs a display and Pillow.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from kiosk.screens.face import LANGUAGES

BYTES_MAX = 3_000_000
"""All sheets together; they lie in the repository."""
QUALITY = 45
GROUND = "#5A5A5A"
WRITING = "#FFFFFF"
MARGIN_PX, TITLE_PX = 4, 14
CHOSEN = (
    "start",
    "start-answer",
    "start-phone",
    "basket-empty",
    "basket-three",
    "basket-many",
    "pick",
    "keypad",
    "price",
    "cash-nothing",
    "cash-missing",
    "cash-change",
    "cash-impossible",
    "qr",
    "thanks",
    "undo",
    "undo-found",
    "suggest",
    "looks",
    "idle-warning",
)
"""The states on a sheet; the gallery draws more."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One panel in one look: size in pixels, inches, the gallery's options, and how it is laid."""

    name: str
    size: str
    inches: float
    options: tuple[str, ...]
    tile_px: int
    columns: int


SHEETS = (
    Sheet("7in", "800x480", 7.0, (), 250, 6),
    Sheet("10in", "1280x800", 10.1, (), 250, 6),
    Sheet("15in", "1280x800", 15.6, (), 250, 6),
    Sheet("15in-contrast", "1280x800", 15.6, ("--theme", "contrast"), 250, 6),
    Sheet("15in-large", "1280x800", 15.6, ("--large",), 250, 6),
    Sheet("15in-low", "1280x800", 15.6, ("--low",), 250, 6),
    Sheet("21in-upright", "1080x1920", 21.5, (), 160, 9),
    Sheet("21in-upright-low-large", "1080x1920", 21.5, ("--low", "--large"), 160, 9),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Draws the sheets asked for."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.screens.contact_sheets")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--lang", default=",".join(LANGUAGES), help="separated by commas")
    parser.add_argument("--only", default="", help="only this sheet")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS:
        if options.only in ("", sheet.name):
            draw(sheet, options.lang, options.out)
    total = sum(path.stat().st_size for path in options.out.glob("sheet-*.jpg"))
    sys.stdout.write(f"{total / 1e6:.2f} MB\n")
    return int(total > BYTES_MAX)


def draw(sheet: Sheet, languages: str, out_dir: Path) -> None:
    """The states of one panel and look, a picture for each language."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "kiosk.screens.gallery", folder, "--size", sheet.size]
        more = ("--inches", str(sheet.inches), "--lang", languages, "--only", ",".join(CHOSEN))
        subprocess.run([sys.executable, *command, *more, *sheet.options], check=True)
        for language in languages.split(","):
            paths = [Path(folder) / f"{language}-{name}.png" for name in CHOSEN]
            join(paths, sheet).save(
                out_dir / f"sheet-{sheet.name}-{language}.jpg", quality=QUALITY, optimize=True
            )


def join(paths: Sequence[Path], sheet: Sheet) -> Image.Image:
    """Small pictures in rows, each with its name below."""
    width, height = map(int, sheet.size.split("x"))
    tile = sheet.tile_px, round(sheet.tile_px * height / width)
    step = tile[0] + MARGIN_PX, tile[1] + MARGIN_PX + TITLE_PX
    rows = -(-len(paths) // sheet.columns)
    joined = Image.new("RGB", (step[0] * sheet.columns + MARGIN_PX, step[1] * rows), GROUND)
    pen = ImageDraw.Draw(joined)
    for place, path in enumerate(paths):
        x = MARGIN_PX + place % sheet.columns * step[0]
        y = MARGIN_PX + place // sheet.columns * step[1]
        with Image.open(path) as picture:
            joined.paste(picture.convert("RGB").resize(tile, Image.Resampling.LANCZOS), (x, y))
        pen.text((x + 2, y + tile[1]), path.stem, fill=WRITING)
    return joined


if __name__ == "__main__":
    sys.exit(main())
