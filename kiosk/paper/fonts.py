"""How wide letters are, read from the fonts that the PDF embeds: no window is needed to measure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kiosk.domain.errors import N_, AdalError

REGULAR, BOLD = "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"

CAPITAL = 0.714
"""Height of capitals and digits, as a share of the type size (Noto Sans)."""
ASCENT = 0.95
"""What the highest letters that are printed here need above the baseline: Й, Ё, Ğ."""
DESCENT = 0.24
"""And below it: ұ, қ, щ, р."""
LINE = 1.18
"""From one baseline to the next."""

_STAND_IN = "?"


class PaperError(AdalError):
    """A page that cannot be laid out or written."""

    advice = N_("The file could not be written. Take another stick, or make room on this one.")


class Ruler:
    """Measures text in the two weights that are printed."""

    def __init__(self, fonts_dir: Path) -> None:
        self._regular = _advances(fonts_dir / REGULAR)
        self._bold = _advances(fonts_dir / BOLD)

    def width(self, text: str, *, bold: bool) -> float:
        """Width of one line at type size 1; times ``size_mm`` it is in millimetres."""
        advances = self._bold if bold else self._regular
        return sum(advances.get(letter, 0.0) for letter in text)

    def printable(self, text: str) -> str:
        """The text on one line, with a question mark for what the fonts cannot draw."""
        line = " ".join(text.replace("\u00ad", "").split())
        return "".join(letter if letter in self._advances else _STAND_IN for letter in line)

    @property
    def _advances(self) -> Mapping[str, float]:
        return self._regular


@cache
def ruler_of(fonts_dir: Path) -> Ruler:
    """The ruler for the fonts in that folder; reading them takes a tenth of a second, once."""
    return Ruler(fonts_dir)


def _advances(file: Path) -> Mapping[str, float]:
    # Imported late: it takes longer to load than the start screen may wait.
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(file, lazy=True) as font:
            em = font["head"].unitsPerEm
            widths = font["hmtx"].metrics
            return {chr(code): widths[name][0] / em for code, name in font.getBestCmap().items()}
    except (OSError, TTLibError) as error:
        raise PaperError(
            f"{file}: the font cannot be read ({error}); install Adal anew, it brings its fonts."
        ) from error
