"""Which drawing is which product or category. 256 × 256.

Kinds of goods, never brands: no logo, no lettering, no copied design of a package.
"""

from __future__ import annotations

from collections.abc import Callable

from . import drinks, goods, treats
from .sheet import Sheet

SIZE = 256

PRODUCTS: dict[str, Callable[[Sheet], None]] = {
    "water-blue": drinks.water_blue,
    "water-green": drinks.water_green,
    "tea": drinks.tea,
    "lemonade": drinks.lemonade,
    "cola": drinks.cola,
    "chocolate": treats.chocolate,
    "chocolate-bar": treats.chocolate_bar,
    "wafers": treats.wafers,
    "chewing-gum": treats.chewing_gum,
    "chips": treats.chips,
    "croutons": treats.croutons,
    "samsa": treats.samsa,
    "bun": treats.bun,
    "wet-wipes": goods.wet_wipes,
    "pen": goods.pen,
    "unknown": goods.unknown,
    "age-restricted": goods.age_restricted,
    "category-drinks": drinks.glass,
    "category-snacks": treats.bowl,
    "category-sweets": treats.candy,
    "category-bakery": treats.loaf,
    "category-household": goods.soap,
    "category-stationery": goods.notebook,
    "category-all": goods.full_basket,
}


def product(name: str) -> Sheet:
    """One picture, drawn."""
    sheet = Sheet(SIZE, SIZE)
    PRODUCTS[name](sheet)
    return sheet
