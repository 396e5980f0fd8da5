"""python -m assets.draw [--contact FOLDER]: draw everything again, and sheets to look at."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import sounds
from .contact import contact_sheet
from .icons import ICONS, icon
from .palette import PAPER, TEAL
from .products import PRODUCTS, product
from .scenes import SCENES, scene

ASSETS = Path(__file__).resolve().parent.parent


def draw_all() -> None:
    """Write every picture and sound into its folder."""
    for folder in ("icons", "products", "sounds"):
        (ASSETS / folder).mkdir(exist_ok=True)
    for name in ICONS:
        icon(name).save(ASSETS / "icons" / f"{name}.png")
    for name in SCENES:
        scene(name).save(ASSETS / "icons" / f"{name}.png")
    for name in PRODUCTS:
        product(name).save(ASSETS / "products" / f"{name}.png")
    sounds.write(ASSETS / "sounds")


def write_contact_sheets(folder: Path) -> None:
    """Write sheets of all pictures, large and as small as they ever appear."""
    folder.mkdir(parents=True, exist_ok=True)
    icons = [ASSETS / "icons" / f"{name}.png" for name in ICONS]
    scenes = [ASSETS / "icons" / f"{name}.png" for name in SCENES]
    products = [ASSETS / "products" / f"{name}.png" for name in PRODUCTS]
    contact_sheet(icons, 112, 8, TEAL).save(folder / "icons-112.png")
    contact_sheet(icons, 40, 12, TEAL).save(folder / "icons-40.png")
    contact_sheet(products, 256, 5, PAPER).save(folder / "products-256.png")
    contact_sheet(products, 64, 10, PAPER).save(folder / "products-64.png")
    contact_sheet(scenes, 480, 2, PAPER).save(folder / "scenes-480.png")


def main() -> None:
    """Draw, and show when asked."""
    parser = argparse.ArgumentParser(prog="python -m assets.draw", description=__doc__)
    parser.add_argument("--contact", type=Path, metavar="FOLDER", help="also write contact sheets")
    arguments = parser.parse_args()
    draw_all()
    if arguments.contact:
        write_contact_sheets(arguments.contact)


if __name__ == "__main__":
    main()
