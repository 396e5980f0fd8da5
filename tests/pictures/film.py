"""A purchase as a film of twenty seconds, from the real screens: ``python -m tests.pictures.film``.

    python -m tests.pictures.film OUT.gif --lang kk

The states are made by hand, as for the gallery: nothing is sold. The packs before the lens are
drawn by the demo's camera, and a finger shows what is tapped. Needs a display of 1280 × 800.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from kiosk.config import Cash, Shop
from kiosk.domain.basket import Basket, product_line
from kiosk.domain.money import Pieces
from kiosk.domain.products import Product
from kiosk.domain.tender import advise
from kiosk.facts import ROOT
from kiosk.screens.face import LANGUAGES, Face
from kiosk.screens.gallery import BOX, Silent, demo_products, states
from kiosk.screens.window import WindowSettings, harden
from kiosk.views import Notice, Said, Screen, ThanksView, TillState

SIZE = (800, 500)
COLOURS, PLAIN_COLOURS = 256, 176
"""Of one palette for all frames; the plain ones are kept as they are: a note's colour tells it."""
BYTES_MAX = 1_500_000
GOODS = ("water-asu", "tea-maxi-peach", "chocolate-kazakhstan")
NOTE = "n2000"
MOVE_STEPS, MOVE_MS = 6, 50
FINGER_PX = 76
FINGER_TIP = (0.44, 0.16)
"""Of the drawing's width and height: where it points."""
SKIN, INK, RIPPLE = (242, 199, 162), (29, 43, 51), (245, 184, 61, 150)
PACK_FRAME = 20
"""Of the demo camera's frames of one pack: here it is held still."""

Place = tuple[float, float]


class Film:
    """Pictures with how long each is shown."""

    def __init__(self) -> None:
        self.frames: list[tuple[Image.Image, int]] = []
        self._finger = _draw_finger()
        self._at: Place = (SIZE[0] * 0.75, SIZE[1] * 1.1)

    def show(self, picture: Image.Image, shown_ms: int) -> None:
        """A screen nobody taps."""
        self.frames.append((picture, shown_ms))

    def tap(self, picture: Image.Image, place: Place) -> None:
        """The finger comes, touches, and is seen to touch."""
        start, self._at = self._at, place
        for step in range(1, MOVE_STEPS + 1):
            part = step / MOVE_STEPS
            here = tuple(a + (b - a) * part for a, b in zip(start, place, strict=True))
            self.frames.append((self._with_finger(picture, (here[0], here[1])), MOVE_MS))
        self.frames.append((self._with_finger(picture, place), 350))
        touched = picture.copy()
        x, y = place
        ImageDraw.Draw(touched, "RGBA").ellipse((x - 30, y - 30, x + 30, y + 30), fill=RIPPLE)
        self.frames.append((self._with_finger(touched, place), 250))

    def save(self, path: Path) -> None:
        """One palette for all, so that what stays the same costs nothing."""
        few = [picture for picture, shown_ms in self.frames if shown_ms > MOVE_MS]
        strip = Image.new("RGB", (SIZE[0], SIZE[1] * len(few)))
        for place, picture in enumerate(few):
            strip.paste(picture, (0, place * SIZE[1]))
        palette = _palette_of(strip)
        drawn = [
            picture.quantize(palette=palette, dither=Image.Dither.NONE)
            for picture, _shown_ms in self.frames
        ]
        drawn[0].save(
            path,
            save_all=True,
            append_images=drawn[1:],
            duration=[shown_ms for _picture, shown_ms in self.frames],
            loop=0,
            optimize=False,
        )

    def _with_finger(self, picture: Image.Image, place: Place) -> Image.Image:
        with_finger = picture.copy()
        left = round(place[0] - FINGER_TIP[0] * FINGER_PX)
        top = round(place[1] - FINGER_TIP[1] * FINGER_PX)
        with_finger.paste(self._finger, (left, top), self._finger)
        return with_finger


class Stage:
    """The real frame and screens in a window, and the eye before it."""

    def __init__(self, language: str) -> None:
        from kivy.base import EventLoop
        from kivy.core.window import Window

        from kiosk.app import prepare_face
        from kiosk.screens.frame import KioskRoot

        shop = Shop()
        face = Face(ROOT, dict(shop.name.items()), dict(shop.cause.items()))
        EventLoop.ensure_window()
        prepare_face(face, Window.size)
        self._window = Window
        self.root = KioskRoot(Silent(), face)
        Window.add_widget(self.root)
        self.root.size = Window.size
        self._language = language

    def see(self, state: TillState, preview: Any | None = None) -> Image.Image:
        """The window with that state, and what the camera sees."""
        from kivy.base import EventLoop

        self.root.show(replace(state, language=self._language))
        if preview is not None:
            self.root.show_preview(preview)
        for _ in range(3):
            EventLoop.idle()
        with tempfile.TemporaryDirectory() as folder:
            path = self._window.screenshot(name=str(Path(folder) / "frame.png"))
            with Image.open(path) as picture:
                return picture.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)

    def place_of(self, widget: Any) -> Place:
        """The middle of a widget, in the film's pixels from the top left."""
        x, y = widget.to_window(*widget.center)
        scale = SIZE[0] / self._window.width
        return x * scale, (self._window.height - y) * scale


def play(stage: Stage, language: str) -> Film:
    """Start → three goods → pay → the change to take → thanks."""
    film = Film()
    products = demo_products()
    start = next(state for name, state in states(products, language) if name == "start")
    picture = stage.see(start)
    film.show(picture, 1500)
    film.tap(picture, stage.place_of(stage.root.view(Screen.START).ids.begin))
    basket = _scan(film, stage, [products[name] for name in GOODS], start)
    _pay(film, stage, basket, start)
    return film


def _scan(film: Film, stage: Stage, goods: list[Product], start: TillState) -> Basket:
    basket, said = Basket(), None
    at_basket = replace(start, screen=Screen.BASKET)
    for serial, (product, seen) in enumerate(zip(goods, _seen(goods), strict=True), start=1):
        film.show(stage.see(replace(at_basket, basket=basket, said=said), seen), 900)
        basket = basket.add(product_line(product, None))
        named = Said(Notice.ADDED, serial, product.name_in(start.language))
        said = replace(named, line_key=product.product_id)
        film.show(stage.see(replace(at_basket, basket=basket, said=said, can_undo=True)), 1100)
    full = stage.see(replace(at_basket, basket=basket, said=said, can_undo=True))
    film.tap(full, stage.place_of(stage.root.view(Screen.BASKET).ids.side.ids.pay_cash))
    return basket


def _pay(film: Film, stage: Stage, basket: Basket, start: TillState) -> None:
    kinds, due_tenge = Cash().kinds, basket.total_tenge

    def paying(**tapped: int) -> TillState:
        advice = advise(due_tenge, Pieces.from_codes(tapped), BOX, kinds)
        at_cash = replace(start, screen=Screen.CASH, basket=basket, due_tenge=due_tenge)
        return replace(at_cash, advice=advice)

    picture = stage.see(paying())
    film.show(picture, 1300)
    view = stage.root.view(Screen.CASH)
    film.tap(picture, stage.place_of(next(k for k in view.ids.money.children if k.code == NOTE)))
    tendered = paying(**{NOTE: 1})
    picture = stage.see(tendered)
    film.show(picture, 3700)
    film.tap(picture, stage.place_of(view.ids.confirm))
    assert tendered.advice is not None, "paying() advises"
    assert tendered.advice.change is not None, "the box has the change"
    thanks = ThanksView("7F3A9C", due_tenge, tendered.advice.change, 0, 1_285_430)
    film.show(stage.see(replace(start, screen=Screen.THANKS, thanks=thanks)), 4000)


def _palette_of(picture: Image.Image) -> Image.Image:
    found = picture.getcolors(picture.width * picture.height)
    assert found is not None, "no more colours than pixels"
    plain: list[Any] = [colour for _count, colour in sorted(found)[: -PLAIN_COLOURS - 1 : -1]]
    rest = picture.quantize(COLOURS - PLAIN_COLOURS).getpalette()
    assert rest is not None, "a quantized picture has one"
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in plain for value in colour] + rest)
    return palette


def _seen(goods: list[Product]) -> Iterator[Any]:
    """A pack held before the lens, as the demo's camera draws it: RGB."""
    from kiosk.scanner.demo import DemoScene

    for seed, product in enumerate(goods):
        scene = DemoScene(seed=seed)
        scene.show(product.codes[0], product.name_in("ru"))
        frame = None
        for _ in range(PACK_FRAME):
            frame, _has_pack = scene.next_frame()
        assert frame is not None, "there are frames"
        yield frame[::2, ::2, ::-1].copy()


def _draw_finger() -> Image.Image:
    with Image.open(ROOT / "assets" / "icons" / "hand-touch.png") as icon:
        shape = icon.getchannel("A").resize((FINGER_PX, FINGER_PX), Image.Resampling.LANCZOS)
    finger = Image.new("RGBA", shape.size)
    finger.paste(INK, mask=shape.filter(ImageFilter.MaxFilter(5)))
    finger.paste(SKIN, mask=shape)
    return finger


def main() -> int:
    """Draws the film; 1 when it is too large for a page."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.film")
    parser.add_argument("out", type=Path, metavar="OUT.gif")
    parser.add_argument("--lang", default="kk", choices=LANGUAGES)
    options = parser.parse_args()
    harden(WindowSettings())
    film = play(Stage(options.lang), options.lang)
    film.save(options.out)
    seconds = sum(shown_ms for _picture, shown_ms in film.frames) / 1e3
    size_bytes = options.out.stat().st_size
    sys.stdout.write(f"{seconds:.1f} s, {size_bytes / 1e6:.2f} MB\n")
    return int(size_bytes > BYTES_MAX)


if __name__ == "__main__":
    sys.exit(main())
