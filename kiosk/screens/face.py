"""What the face of a kiosk is told once, at its start: words of the shop and where pictures lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.screens.shape import PANEL_INCHES

LANGUAGES = ("kk", "ru", "en")
"""Order of the language keys on every screen."""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything shop-specific that the screens show.

    ``shop_names`` and ``causes`` map a language code to text; ``root_dir`` holds ``kiosk.kv``
    and ``assets``; ``languages`` are those that this shop offers; ``own_pictures_dir`` holds the
    products' pictures that were taken on this kiosk. ``panel_inches`` is the diagonal of the glass,
    from which the size of a finger follows; ``theme`` is "light" or "contrast".
    """

    root_dir: Path
    shop_names: Mapping[str, str] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES
    own_pictures_dir: Path | None = None
    panel_inches: float = PANEL_INCHES
    theme: str = "light"

    @property
    def assets_dir(self) -> Path:
        """Fonts, icons, product pictures, sounds and texts."""
        return self.root_dir / "assets"

    def shop_name(self, language: str) -> str:
        """The shop's name in that language, or in any other it has."""
        return _in_language(self.shop_names, language)

    def cause(self, language: str) -> str:
        """What the money goes to, or an empty text when the shop names nothing."""
        return _in_language(self.causes, language)


def _in_language(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next((text for text in texts.values() if text), "")
