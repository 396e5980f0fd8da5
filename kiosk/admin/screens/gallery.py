"""``python -m kiosk.admin.screens.gallery OUT_DIR``: a picture of every page of the back room.

The states are made by hand, in :mod:`kiosk.admin.screens.examples`; no journal is needed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kiosk.admin.pages import Page
from kiosk.config import Shop
from kiosk.domain.products import Product
from kiosk.screens.face import LANGUAGES, Face
from kiosk.screens.gallery import ROOT, demo_products
from kiosk.screens.shape import PANEL_INCHES, Panel
from kiosk.screens.window import WindowSettings, harden


def examples(
    page: Page, products: dict[str, Product], language: str
) -> Iterator[tuple[str, object]]:
    """Names and states of one page; none for a page that has no examples."""
    name = f"kiosk.admin.screens.examples.{page.value}"
    if find_spec(name) is not None:
        yield from import_module(name).examples(products, language)


def main() -> int:
    """Draws all pictures."""
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.admin.screens.gallery", description=__doc__
    )
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--size", default="1280x800", help="width x height in pixels")
    parser.add_argument("--lang", default="kk,ru,en", help="languages, separated by commas")
    parser.add_argument("--only", default="", help="only this page, or pages separated by commas")
    parser.add_argument("--inches", type=float, default=PANEL_INCHES, help="the panel's diagonal")
    parser.add_argument("--theme", default="light", choices=("light", "contrast"))
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    harden(WindowSettings(width, height))
    options.out.mkdir(parents=True, exist_ok=True)
    only = [Page(name) for name in options.only.split(",") if name]
    panel = Panel(width, height, options.inches)
    _draw_all(options.out, options.lang.split(","), only or list(Page), panel, options.theme)
    return 0


def _draw_all(
    out_dir: Path, languages: list[str], pages: list[Page], panel: Panel, theme: str
) -> None:
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from kiosk.app import prepare_face
    from kiosk.screens.look import wear_for_back_room

    shop = Shop()
    EventLoop.ensure_window()
    prepare_face(Face(ROOT, dict(shop.name.items()), dict(shop.cause.items())), Window.size)
    share = wear_for_back_room(panel, theme).height_share
    products = demo_products()
    for language in languages:
        for page in pages:
            for name, state in examples(page, products, language):
                path = out_dir / f"{language}-{page.value}-{name}.png"
                _draw(path, page, state, language, share)
    Window.close()


def _draw(path: Path, page: Page, state: object, language: str, share: float) -> None:
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.admin.office_state import OfficeState
    from kiosk.admin.screens.frame import BackRoomFrame

    office = Quiet(state)
    frame = BackRoomFrame(office, height_share=share)
    frame.size = Window.size
    Window.add_widget(frame)
    frame.show(OfficeState(is_open=True, page=page, language=language, volunteer_name="Әсел"))
    for _ in range(4):
        EventLoop.idle()
        Clock.tick()
    drawn = Path(Window.screenshot(name=str(path)))
    drawn.replace(path)
    frame.forget()
    Window.remove_widget(frame)


class Quiet:
    """An office and a desk in one: it shows a state, and nobody listens."""

    languages = LANGUAGES

    def __init__(self, state: object) -> None:
        self.state = state

    def desk(self, _page: Page) -> Quiet:
        """Itself."""
        return self

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args, **_more: None


if __name__ == "__main__":
    sys.exit(main())
