"""``tr._("…")`` and ``tr.ngettext("…", "…", n)``: texts that follow the language, in kv by themselves.

kv binds to the property ``_``; switching the language puts a new function there, so every text
in every built screen is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.event import EventDispatcher
from kivy.properties import ObjectProperty, StringProperty

from kiosk.i18n import SOURCE_LANGUAGE, Texts


def _as_it_is(message: str) -> str:
    return message


def _by_number(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


class Tr(EventDispatcher):
    """The current language's functions as observable properties."""

    language = StringProperty(SOURCE_LANGUAGE)
    _: Callable[[str], str] = ObjectProperty(_as_it_is)
    ngettext: Callable[[str, str, int], str] = ObjectProperty(_by_number)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._texts: Texts | None = None

    def load(self, texts: Texts) -> None:
        """Takes the catalogues and speaks the language it already has."""
        self._texts = texts
        self._speak()

    def use(self, language: str) -> None:
        """Switches; the same language again costs nothing."""
        if language != self.language:
            self.language = language
            self._speak()

    def _speak(self) -> None:
        if self._texts is None:
            return
        translations = self._texts.in_language(self.language)
        self.ngettext = translations.ngettext
        self._ = translations.gettext


tr = Tr()
"""The one that kv imports: there is one window and one language at a time."""
