"""A new product's id: its name in plain letters, so that a person can read it in the journal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

LENGTH_MAX = 40
NAMELESS = "product"
_LANGUAGES_FIRST = ("en", "ru", "kk")

_CYRILLIC = "абвгдеёзийклмнопрстуфхыэәғқңөұүһі"
_LATIN = "abvgdeeziyklmnoprstufhyeagqnouuhi"
_LETTERS = str.maketrans(
    dict(zip(_CYRILLIC, _LATIN, strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ъ": None, "ь": None}
)
_NOT_PLAIN = re.compile("[^a-z0-9]+")


def slug_of(name: str) -> str:
    """``Қымыз 0,5 л`` → ``qymyz-0-5-l``; ``product`` for a name without letters or digits."""
    plain = _NOT_PLAIN.sub("-", name.casefold().translate(_LETTERS)).strip("-")
    if len(plain) > LENGTH_MAX:
        plain = plain[:LENGTH_MAX].rpartition("-")[0] or plain[:LENGTH_MAX]
    return plain or NAMELESS


def new_product_id(names: Mapping[str, str], taken: Collection[str]) -> str:
    """An id that nothing has or had: a product that left the catalogue may still have a stock.

    Args:
        names: by language code, at least one.
        taken: ids that are in use, or were.
    """
    first = (names.get(language, "") for language in (*_LANGUAGES_FIRST, *names))
    slug = slug_of(next((name for name in first if name), ""))
    number = 1
    made = slug
    while made in taken:
        number += 1
        made = f"{slug}-{number}"
    return made
