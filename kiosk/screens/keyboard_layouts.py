"""What a touch keyboard types: layouts of three languages, one page of signs, and the typing.

Pure: the keys on the glass (``keyboard.py``) only show and call this. Letter rows stand as on
the standard keyboards of Kazakhstan, so that a hand that knows one finds its way: Kazakh letters
are in the row of the digits, and digits are then on the page of signs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

LAYOUTS: dict[str, tuple[str, ...]] = {
    "kk": ("әіңғүұқөһ", "йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю"),
    "ru": ("1234567890", "йцукенгшщзхъ", "фывапролджэё", "ячсмитьбю"),
    "en": ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
}
"""Rows of characters from the top; the keys for capitals and erasing stand around the last."""

SIGNS: tuple[str, ...] = ("1234567890", "-–:;()«»№₸", "+=*/%&@#\"'", ".,?!…")

OWN_NAMES = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
"""How the key that switches layouts calls the one in use."""

FIRST_LETTERS = {"kk": "АӘБ", "ru": "АБВ", "en": "ABC"}
"""On the key that leads from the signs back to the letters."""

_SENTENCE_ENDS = ".?!…"


def layout_for(language: str) -> str:
    """The layout of a language; the Latin one where there is none of its own."""
    return language if language in LAYOUTS else "en"


@dataclass(frozen=True, slots=True)
class Typing:
    """A text being typed, and what the keys would add to it now.

    ``capital`` holds for one letter; sentences begin with a capital by themselves.
    ``length_max`` is in characters.
    """

    text: str = ""
    layout: str = "kk"
    signs: bool = False
    capital: bool = True
    length_max: int = 500

    @property
    def rows(self) -> tuple[str, ...]:
        """The characters on the keys, row by row from the top."""
        if self.signs:
            return SIGNS
        rows = LAYOUTS[self.layout]
        return tuple(row.upper() for row in rows) if self.capital else rows

    @property
    def is_full(self) -> bool:
        """Whether another character would be one too many."""
        return len(self.text) >= self.length_max

    def type(self, character: str) -> Typing:
        """One character more, while there is room."""
        if self.is_full:
            return self
        return self.with_text(self.text + character)

    def erase(self) -> Typing:
        """The last character less."""
        return self.with_text(self.text[:-1])

    def with_text(self, text: str) -> Typing:
        """Another text, cut to the room there is; a capital follows where a sentence begins."""
        text = text[: self.length_max]
        return replace(self, text=text, capital=begins_sentence(text))

    def press_capital(self) -> Typing:
        """The key for capitals: on, and off again."""
        return replace(self, capital=not self.capital)

    def press_signs(self) -> Typing:
        """Between letters and signs."""
        return replace(self, signs=not self.signs)

    def press_layout(self) -> Typing:
        """The next language's letters; the text stays."""
        names = list(LAYOUTS)
        following = names[(names.index(self.layout) + 1) % len(names)]
        return replace(self, layout=following, signs=False)

    def in_language(self, language: str) -> Typing:
        """The letters of the language the shopper chose; the text stays."""
        return replace(self, layout=layout_for(language), signs=False)


def begins_sentence(text: str) -> bool:
    """Whether the next letter opens the text or follows the end of a sentence."""
    before = text.rstrip()
    return not before or (before != text and before[-1] in _SENTENCE_ENDS)
