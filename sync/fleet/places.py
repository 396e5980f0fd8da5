"""Where the invented shops stand, what they sell, what their shoppers write."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.products import Product

REGIONS = (
    *("47", "75", "71", "35", "19", "61", "79", "55", "63", "15"),
    *("31", "39", "23", "27", "43", "11", "10", "59", "33", "62"),
)
"""Region codes, those with the most shops first."""

KINDS = (
    ("tsc", "ХҚКО"),
    ("school", "Мектеп"),
    ("college", "Колледж"),
    ("police", "Полиция департаменті"),
    ("library", "Кітапхана"),
)
"""Slug and name of the kinds of places, by how often they come."""
KIND_WEIGHTS = (5, 4, 2, 1, 1)

CAUSES = ("Мектепке кітап", "Балалар үйіне киім", "Спорт алаңы", "Кітапхана қоры", "")


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """A product of the catalogue, what it costs the shop, and how often it is taken."""

    product: Product
    cost_tenge: int
    weight: int

    @property
    def product_id(self) -> str:
        """The catalogue's id."""
        return self.product.product_id

    @property
    def name(self) -> str:
        """As the journal keeps it."""
        return self.product.name_in("kk")

    @property
    def price_tenge(self) -> int:
        """Of one piece."""
        return self.product.price_tenge

    @property
    def code(self) -> str | None:
        """GTIN-14; None for goods without a barcode."""
        return self.product.codes[0] if self.product.codes else None


_GOODS = """
asu-water-05 | A.S.U. суы, 0,5 л | Вода A.S.U., 0,5 л | A.S.U. water, 0.5 l | 180 | drinks | 04870001157937 | water-blue | 120 | 9
tassay-water-05 | Tassay суы, 0,5 л | Вода Tassay, 0,5 л | Tassay water, 0.5 l | 200 | drinks | 04870071002816 | water-green | 135 | 8
maxi-peach-05 | Maxi шабдалы шайы, 0,5 л | Чай Maxi персиковый, 0,5 л | Maxi peach tea, 0.5 l | 350 | drinks | 04870202520103 | tea | 250 | 4
riks-buratino-05 | Riks «Буратино» лимонады, 0,5 л | Лимонад Riks «Буратино», 0,5 л | Riks Buratino lemonade, 0.5 l | 300 | drinks | 04870200190919 | lemonade | 210 | 4
bayan-sulu-100 | Баян Сулу «Казахстанский» шоколады, 100 г | Шоколад Баян Сулу «Казахстанский», 100 г | Bayan Sulu Kazakhstan chocolate, 100 g | 650 | sweets | 04870028006041 | chocolate | 480 | 3
gulbanu-wafers-40 | Gulbanu вафлиі, 40 г | Вафли Gulbanu, 40 г | Gulbanu wafers, 40 g | 120 | sweets | 04870066004085 | wafers | 80 | 5
frix-chips-40 | Frix чипсі, 40 г | Чипсы Frix, 40 г | Frix chips, 40 g | 250 | snacks | 04870069001043 | chips | 170 | 4
croutons-bbq-50 | Кептірілген нан BBQ, 50 г | Сухарики BBQ, 50 г | BBQ croutons, 50 g | 200 | snacks | 04870063000158 | croutons | 130 | 3
aromika-wipes | Aromika ылғалды майлықтары | Влажные салфетки Aromika | Aromika wet wipes | 300 | household | 04870205223513 | wet-wipes | 200 | 1
coca-cola-light-05 | Coca-Cola Light, 0,5 л | Coca-Cola Light, 0,5 л | Coca-Cola Light, 0.5 l | 350 | drinks | 05449000017680 | cola | 260 | 5
orbit | Orbit сағызы | Жевательная резинка Orbit | Orbit chewing gum | 200 | sweets | 00000040099637 | chewing-gum | 140 | 3
snickers | Snickers шоколад батончигі | Шоколадный батончик Snickers | Snickers chocolate bar | 290 | sweets | 05000159461122 | chocolate-bar | 210 | 6
samsa | Самса | Самса | Samsa | 250 | bakery |  | samsa | 170 | 8
bun | Тоқаш | Булочка | Bun | 150 | bakery |  | bun | 90 | 8
pen | Қаламсап | Ручка | Pen | 120 | stationery |  | pen | 60 | 2
"""
"""Id, names, price, category, GTIN-14, picture (docs: the demo catalogue), invented cost, weight."""


def _goods(row: str) -> Goods:
    key, kk, ru, en, price, category, code, picture, cost, weight = row.split(" | ")
    names = {"kk": kk, "ru": ru, "en": en}
    codes = (code,) if code else ()
    return Goods(Product(key, names, int(price), category, codes, picture), int(cost), int(weight))


GOODS = tuple(_goods(row) for row in _GOODS.strip().splitlines())
"""What the invented shops sell."""

UNKNOWN_CODES = ("4870112003420", "4607001771562", "8690504012345", "6921168509256")
"""Codes that no catalogue here knows, so that the centre has something to make products of."""

WISHES = (
    "Ыстық шай болса жақсы болар еді.",
    "Рахмет, өте ыңғайлы!",
    "Добавьте, пожалуйста, айран.",
    "Мелочи в ящике часто не хватает.",
    "Спасибо за доверие!",
    "Please add fruit.",
)

HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 4, 7, 8, 9, 12, 14, 10, 8, 8, 9, 6, 2, 1, 0, 0, 0)
"""How a day's sales fall on its hours in Kazakhstan."""
