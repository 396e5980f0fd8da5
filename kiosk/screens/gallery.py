"""``python -m kiosk.screens.gallery OUT_DIR``: a picture of every screen in the states that matter.

For those who draw, translate or write about the kiosk: the states are made by hand, so nothing
is sold and no journal is needed.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.config import Shop
from kiosk.domain.basket import Basket, Line, product_line
from kiosk.domain.entries import CashTender, Sale, SaleLine
from kiosk.domain.money import NOTHING, Pieces
from kiosk.domain.products import Product, Status
from kiosk.domain.tender import ChangeChoice, advise
from kiosk.screens.face import LANGUAGES, Face
from kiosk.screens.shape import PANEL_INCHES, Look
from kiosk.screens.window import WindowSettings, harden
from kiosk.views import Notice, Post, Said, Screen, ThanksView, TillState, UndoView, Voice

ROOT = Path(__file__).resolve().parents[2]
LOOKS = "looks"
"""The start screen with the ways to see and reach better open."""
ANSWER = Post(
    {
        "kk": "Сөреде енді қантсыз шай бар.",
        "ru": "Теперь на полке есть чай без сахара.",
        "en": "There is tea without sugar on the shelf now.",
    },
    is_reply=True,
    words="Шай қантсыз болса / чай без сахара",
)
QR_PAYLOAD = "https://example.kz/pay/honesty-shop-0001"


def states(products: dict[str, Product], language: str) -> Iterator[tuple[str, TillState]]:
    """Names and states, in the order of a visit."""
    from kiosk.config import Cash

    start = TillState(
        language=language,
        tender_kinds=Cash().kinds,
        qr_payload=QR_PAYLOAD,
        collected_tenge=1_284_350,
        week_tenge=38_450,
        honesty_permille=974,
        camera_lost=False,
    )
    yield "start", start
    yield "start-answer", replace(start, posts=(ANSWER,), voice=Voice.OFF)
    yield "start-phone", replace(start, phone_to_call="+7 701 123 45 67", voice=Voice.ON)
    yield "start-undo", replace(start, undo_open=True, camera_lost=True)
    yield from _basket_states(products, replace(start, screen=Screen.BASKET))
    yield from _asking_states(products, start)
    yield from _cash_states(products, replace(start, screen=Screen.CASH))
    yield from _last_states(products, start)
    yield LOOKS, start


def _some(products: dict[str, Product], *names: str) -> Basket:
    basket = Basket()
    for name in names:
        basket = basket.add(product_line(products[name], None))
    return basket


def _basket_states(
    products: dict[str, Product], empty: TillState
) -> Iterator[tuple[str, TillState]]:
    three = _some(products, "water-asu", "samsa", "samsa", "chocolate-kazakhstan")
    said = Said(Notice.ADDED, 1, products["chocolate-kazakhstan"].name_in(empty.language))
    added = replace(said, line_key="chocolate-kazakhstan")
    full = replace(empty, basket=three, said=added, can_undo=True)
    long_line = Line(
        key="long",
        names={empty.language: "Өте ұзақ атауы бар тағам жиынтығы, жеміс-жидек қосылған, 1,5 кг"},
        unit_price_tenge=12_345,
        quantity=99,
    )
    twelve = Basket((*_some(products, *list(products)[:12]).lines, long_line))
    refused = Said(Notice.NOT_FOR_SALE, 2, products["tobacco"].name_in(empty.language))
    yield "basket-empty", empty
    yield "basket-three", full
    yield "basket-many", replace(full, basket=twelve, said=refused)
    yield "basket-help", replace(full, said=Said(Notice.HELP_CALLED, 3))
    yield "basket-camera-lost", replace(full, camera_lost=True, said=None)
    yield "out-of-order", replace(empty, out_of_order="The journal is damaged: journal.db")
    yield "idle-warning", replace(full, idle_left_s=17)


def _asking_states(
    products: dict[str, Product], start: TillState
) -> Iterator[tuple[str, TillState]]:
    shown = [p for p in products.values() if p.status is not Status.NOT_FOR_SALE]
    shown.sort(key=lambda p: bool(p.codes))
    shown[4] = Product(**{**_fields(shown[4]), "status": Status.SOLD_OUT})
    categories = ("drinks", "snacks", "sweets", "bakery", "household", "stationery")
    pick = replace(start, screen=Screen.PICK, listing=tuple(shown), categories=categories)
    yield "pick", pick
    bakery = tuple(p for p in shown if p.category == "bakery")
    yield "pick-category", replace(pick, category="bakery", listing=bakery)
    yield "pick-nothing", replace(pick, query="ъъъ", listing=())
    yield "keypad", replace(start, screen=Screen.KEYPAD)
    unknown = Said(Notice.UNKNOWN, 5)
    price = replace(start, screen=Screen.PRICE, pending_code="04870001157999", said=unknown)
    yield "price", price


def _fields(product: Product) -> dict[str, Any]:
    return {name: getattr(product, name) for name in product.__struct_fields__}


BOX = Pieces.from_codes({"n1000": 2, "n500": 3, "c200": 4, "c100": 6, "c50": 4, "c20": 9, "c10": 3})
THREE_KINDS_BOX = Pieces.from_codes({"n500": 3, "c50": 3, "c10": 3})
COARSE_BOX = Pieces.from_codes({"n1000": 2, "c200": 2, "c50": 1})


def _cash_states(products: dict[str, Product], cash: TillState) -> Iterator[tuple[str, TillState]]:
    basket = _some(products, "water-asu", "samsa", "chocolate-kazakhstan", "wafers-gulbanu")
    basket = basket.add(product_line(products["wafers-gulbanu"], None))
    kinds = cash.tender_kinds

    def at(
        tapped: dict[str, int],
        box: Pieces | None = BOX,
        choice: ChangeChoice = ChangeChoice.TAKE,
        **changes: Any,
    ) -> TillState:
        due_tenge = basket.total_tenge
        advice = advise(due_tenge, Pieces.from_codes(tapped), box, kinds, choice)
        return replace(
            cash, basket=basket, due_tenge=due_tenge, advice=advice, choice=choice, **changes
        )

    yield "cash-nothing", at({})
    yield "cash-missing", at({"n500": 1, "c200": 2, "c50": 1})
    yield "cash-change", at({"n2000": 1})
    yield "cash-change-three", at({"n2000": 1}, THREE_KINDS_BOX)
    yield "cash-change-many", at({"n5000": 1, "c5": 1, "c1": 2})
    yield "cash-impossible", at({"n2000": 1}, COARSE_BOX)
    yield "cash-nearest", at({"n2000": 1}, COARSE_BOX, ChangeChoice.TAKE_NEAREST)
    yield "cash-unknown-box", at({"n5000": 1}, None)
    yield "cash-even", at({"n1000": 1, "c200": 1, "c100": 1, "c20": 1})
    yield "cash-exact", at({}, exact=True)
    yield "cash-leave", at({"n2000": 1}, BOX, ChangeChoice.LEAVE)
    yield "cash-saving", at({"n2000": 1}, saving=True)


def _last_states(products: dict[str, Product], start: TillState) -> Iterator[tuple[str, TillState]]:
    basket = _some(products, "water-asu", "samsa", "chocolate-kazakhstan")
    due_tenge = basket.total_tenge
    yield "qr", replace(start, screen=Screen.QR, basket=basket, due_tenge=due_tenge)
    change = Pieces.from_codes({"n500": 1, "c200": 2, "c20": 1})
    thanks = ThanksView("7F3A9C", due_tenge, change, 0, 1_285_430)
    yield "thanks", replace(start, screen=Screen.THANKS, thanks=thanks)
    exact = replace(thanks, change=NOTHING)
    yield "thanks-exact", replace(start, screen=Screen.THANKS, thanks=exact)
    yield "undo", replace(start, screen=Screen.UNDO, undo=UndoView())
    lines = tuple(
        SaleLine(line.name_in(start.language), line.unit_price_tenge, line.quantity)
        for line in basket.lines
    )
    tender = CashTender(pieces_in={"n2000": 1}, change=change.to_codes())
    sale = Sale("visit", start.language, lines, due_tenge, tender)
    found = UndoView("7F3A9C", sale, "cash", 2000, Pieces.from_codes({"n2000": 1}), change)
    yield "undo-found", replace(start, screen=Screen.UNDO, undo=found)
    unsure = replace(found, take_back=None, take_back_tenge=1080, put_back=NOTHING)
    yield "undo-found-exact", replace(start, screen=Screen.UNDO, undo=unsure)
    yield "suggest", replace(start, screen=Screen.SUGGEST)


def demo_products() -> dict[str, Product]:
    """The demo catalogue's products by id."""
    path = ROOT / "assets" / "demo" / "catalogue.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["product_id"]: _product(row) for row in csv.DictReader(file)}


def _product(row: dict[str, str]) -> Product:
    return Product(
        product_id=row["product_id"],
        names={language: row[f"name_{language}"] for language in LANGUAGES},
        price_tenge=int(row["price_tenge"]),
        category=row["category"],
        codes=tuple(code.zfill(14) for code in row["codes"].split()),
        picture=row["picture"],
        status=Status(row["status"]),
    )


def main() -> int:
    """Draws all pictures."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.screens.gallery", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--size", default="1280x800", help="width x height in pixels")
    parser.add_argument("--lang", default="kk,ru,en", help="languages, separated by commas")
    parser.add_argument("--inches", type=float, default=PANEL_INCHES, help="the panel's diagonal")
    parser.add_argument("--theme", default="light", choices=("light", "contrast"))
    parser.add_argument("--large", action="store_true", help="large print")
    parser.add_argument("--low", action="store_true", help="everything in the lower half")
    parser.add_argument(
        "--only", default="", help="only names that begin with one of these, separated by commas"
    )
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    harden(WindowSettings(width, height))
    options.out.mkdir(parents=True, exist_ok=True)
    look = Look(options.theme, options.large, options.low)
    _draw_all(options.out, options.lang.split(","), options.only, look, options.inches)
    return 0


def _draw_all(out_dir: Path, languages: list[str], only: str, look: Look, inches: float) -> None:
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.app import prepare_face
    from kiosk.screens.frame import KioskRoot

    shop = Shop()
    face = Face(ROOT, dict(shop.name.items()), dict(shop.cause.items()), panel_inches=inches)
    EventLoop.ensure_window()
    prepare_face(face, Window.size)
    root = KioskRoot(Silent(), face)
    root.own_look = root.look = look
    Window.add_widget(root)
    Window.children[0].size = Window.size
    products = demo_products()
    for language in languages:
        for name, state in states(products, language):
            if name.startswith(tuple(only.split(","))):
                root.show(state)
                if root.is_compact and state.posts:
                    root.view(Screen.START).turn()  # there they alternate with how it works
                    time.sleep(0.3)  # until it has come in
                if name == LOOKS:
                    root.open_looks()
                else:
                    root.close_looks()
                for _ in range(3):
                    EventLoop.idle()
                    Clock.tick()
                path = Path(Window.screenshot(name=str(out_dir / f"{language}-{name}.png")))
                path.replace(out_dir / f"{language}-{name}.png")
    Window.close()


class Silent:
    """Nobody listens to a picture."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_args: None


if __name__ == "__main__":
    sys.exit(main())
