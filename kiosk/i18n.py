"""Texts in the shopper's language: gettext catalogues, loaded once, switched at any moment.

Message ids are the English texts, so English needs no catalogue and a missing translation still
says something.
"""

from __future__ import annotations

import gettext
from pathlib import Path

DOMAIN = "adal"
SOURCE_LANGUAGE = "en"


class Texts:
    """The catalogues under one folder (``<language>/LC_MESSAGES/adal.mo``)."""

    def __init__(self, locale_dir: Path) -> None:
        self._locale_dir = locale_dir
        self._loaded: dict[str, gettext.NullTranslations] = {}

    def in_language(self, language: str) -> gettext.NullTranslations:
        """Translations into that language; English, or an unknown code, gives the ids back."""
        if language not in self._loaded:
            self._loaded[language] = gettext.translation(
                DOMAIN,
                localedir=self._locale_dir,
                languages=[language],
                fallback=True,
            )
        return self._loaded[language]
