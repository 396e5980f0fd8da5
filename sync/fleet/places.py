"""Where the invented shops stand, what they sell, what their shoppers write."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Goods:
    """A product and how often it is taken."""

    product_id: str
    name: str
    price_tenge: int
    cost_tenge: int
    weight: int
    code: str | None = None


GOODS = (
    Goods("asu-water-05", "A.S.U. суы 0,5 л", 180, 120, 9, "04870001157937"),
    Goods("tassay-water-05", "Tassay суы 0,5 л", 200, 135, 8, "04870071002816"),
    Goods("maxi-peach-05", "Maxi шабдалы шайы 0,5 л", 350, 250, 4, "04870202520103"),
    Goods("riks-buratino-05", "Riks «Буратино» 0,5 л", 300, 210, 4, "04870200190919"),
    Goods("bayan-sulu-100", "Баян Сулу «Казахстанский» 100 г", 650, 480, 3, "04870028006041"),
    Goods("gulbanu-wafers-40", "Gulbanu вафлиі 40 г", 120, 80, 5, "04870066004085"),
    Goods("frix-chips-40", "Frix чипсы 40 г", 250, 170, 4, "04870069001043"),
    Goods("croutons-bbq-50", "BBQ кептірілген нан 50 г", 200, 130, 3, "04870063000158"),
    Goods("aromika-wipes", "Aromika дымқыл сүрткі", 300, 200, 1, "04870205223513"),
    Goods("coca-cola-light-05", "Coca-Cola Light 0,5 л", 350, 260, 5, "05449000017680"),
    Goods("orbit", "Orbit", 200, 140, 3, "00000040099637"),
    Goods("snickers", "Snickers", 290, 210, 6, "05000159461122"),
    Goods("samsa", "Самса", 250, 170, 8),
    Goods("bun", "Тоқаш", 150, 90, 8),
    Goods("pen", "Қалам", 120, 60, 2),
)
"""The goods of the demo catalogue (docs: domain facts); costs are invented."""

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
