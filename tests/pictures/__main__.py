"""All pictures of docs/pictures drawn again: ``python -m tests.pictures``.

    python -m tests.pictures docs/pictures            screens, back room, film, centre: five minutes
    python -m tests.pictures docs/pictures --only centre

The contact sheets have a command of their own (``python -m kiosk.screens.contact_sheets``). Needs a
display of 1280 × 800; the centre's pages need none, but Chromium.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

LANGUAGE = "kk"
SIZE = (960, 600)
COLOURS = 240
SCREENS = {
    "start": "kk-start",
    "start-ru": "ru-start-undo",
    "basket": "kk-basket-three",
    "pick": "kk-pick",
    "keypad": "kk-keypad",
    "price": "kk-price",
    "cash": "kk-cash-nothing",
    "cash-missing": "kk-cash-missing",
    "cash-change": "kk-cash-change",
    "cash-impossible": "kk-cash-impossible",
    "cash-unknown-box": "kk-cash-unknown-box",
    "cash-leave": "kk-cash-leave",
    "qr": "kk-qr",
    "thanks": "kk-thanks",
    "undo": "kk-undo",
    "undo-found": "kk-undo-found",
    "suggest": "kk-suggest",
    "looks": "kk-looks",
    "idle-warning": "kk-idle-warning",
    "out-of-order": "kk-out-of-order",
}
BACK_ROOM = {
    "door": "door-typed",
    "home": "home-visit",
    "count": "count-counting",
    "count-compared": "count-short",
    "take-out": "take_out-chosen",
    "received": "take_out-receiving",
    "stocktake": "stocktake-counted",
    "restock": "restock-case",
    "float": "change_float-after",
    "summary": "summary-good",
    "products": "products-all",
    "product": "product-form",
    "product-codes": "product-codes",
    "unknown": "unknown-some",
    "tags": "tags-some",
    "labels": "labels-sheet_40",
    "sheets": "sheets-changed",
    "sheets-faults": "sheets-faults",
    "machine": "machine-wrong",
    "camera": "camera-reads",
    "backup": "backup-start",
    "voices": "voices-words",
    "sales": "sales-week",
    "receipt": "receipt-found",
    "write-off": "write_off-some",
    "volunteers": "volunteers-list",
    "setup": "setup-1-language",
    "setup-pin": "setup-5-pin",
    "setup-camera": "setup-6-camera-read",
    "setup-enrol": "setup-7-enrol",
    "setup-done": "setup-8-done",
}
"""Names in docs and, after the language, in the gallery."""
PARTS = ("screens", "back-room", "film", "centre")


def main() -> int:
    """Draws what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    for part in options.only or PARTS:
        if part == "film":
            film = str(options.out / "purchase.gif")
            subprocess.run([sys.executable, "-m", "tests.pictures.film", film], check=True)
        elif part == "centre":
            words = ["-m", "tests.pictures.centre", str(options.out)]
            subprocess.run([sys.executable, *words], check=True)
        elif part == "screens":
            _draw("kiosk.screens.gallery", "kk,ru", SCREENS, options.out)
        else:
            wanted = {f"admin-{name}": f"{LANGUAGE}-{seen}" for name, seen in BACK_ROOM.items()}
            _draw("kiosk.admin.screens.gallery", LANGUAGE, wanted, options.out)
    return 0


def _draw(gallery: str, languages: str, wanted: dict[str, str], out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", gallery, folder, "--lang", languages], check=True)
        for name, seen in wanted.items():
            with Image.open(Path(folder) / f"{seen}.png") as picture:
                small = picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
            small.quantize(COLOURS, dither=Image.Dither.NONE).save(
                out / f"{name}.png", optimize=True
            )


if __name__ == "__main__":
    sys.exit(main())
