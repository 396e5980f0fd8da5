"""The words of the pages in three languages: gettext, from the same catalogues as the kiosk's."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import kiosk.domain

LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LANGUAGE_DEFAULT = "kk"
_SOURCE_LANGUAGE = "en"

_PACKAGE = Path(kiosk.domain.__file__).resolve().parents[1]
_LOCALE_DIRS = (_PACKAGE / "share" / "assets" / "locale", _PACKAGE.parent / "assets" / "locale")
"""In a wheel beside the code, in a checkout at the top."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The texts of a language; English is what stands in the code."""
    if language == _SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    folder = next((d for d in _LOCALE_DIRS if d.is_dir()), _LOCALE_DIRS[-1])
    return gettext.translation("adal", folder, [language], fallback=True)


def choose_language(wishes: Iterable[str | None], accept_language: str) -> str:
    """The first wish that we have, else the browser's first that we have, else Kazakh."""
    for wish in wishes:
        if wish in LANGUAGES:
            return str(wish)
    for tag, _ in sorted(_weighted(accept_language), key=lambda pair: -pair[1]):
        if (language := tag.partition("-")[0].lower()) in LANGUAGES:
            return language
    return LANGUAGE_DEFAULT


def _weighted(accept_language: str) -> list[tuple[str, float]]:
    """``ru;q=0.8, kk`` → [("ru", 0.8), ("kk", 1.0)]; what cannot be read weighs nothing."""
    pairs = []
    for part in accept_language[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            pairs.append((tag.strip(), float(weight) if weight else 1.0))
        except ValueError:
            pairs.append((tag.strip(), 0.0))
    return pairs
