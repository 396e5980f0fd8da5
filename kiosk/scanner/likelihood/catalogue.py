"""The codes a shop knows, as the pattern numbers a decoder compares."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.families import states_of
from kiosk.scanner.likelihood.templates import EAN8, EAN13, UPCE, Layout


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one layout: `texts` (C) and their local `states` (C, digits)."""

    texts: tuple[str, ...]
    states: NDArray[np.intp]


def code_list(layout: Layout, gtin14s: Iterable[str]) -> CodeList:
    """Those of some GTIN-14 that can be written in this layout."""
    pairs = [
        (text, states)
        for text in filter(None, (_written(layout, gtin) for gtin in gtin14s))
        if (states := states_of(layout, text)) is not None
    ]
    if not pairs:
        return CodeList((), np.empty((0, len(layout.digits)), np.intp))
    return CodeList(tuple(text for text, _ in pairs), np.stack([states for _, states in pairs]))


def _written(layout: Layout, gtin14: str) -> str | None:
    """The digits a pack with this number shows; None when it cannot."""
    is_short = gtin14.startswith("000000")
    if layout is EAN13:
        return gtin14[1:] if gtin14.startswith("0") and not is_short else None
    if layout is EAN8:
        return gtin14[6:] if is_short else None
    if layout is UPCE:
        return suppressed(gtin14[2:]) if gtin14.startswith("00") and not is_short else None
    return None


def suppressed(upca: str) -> str | None:
    """A UPC-A of 12 digits as UPC-E of 8; None when it has not the zeros for it.

    Source: GS1 General Specifications 5.2.2.4.2, read backwards.
    """
    system, maker, item, check = upca[0], upca[1:6], upca[6:11], upca[11]
    if system not in "01":
        return None
    six = None
    if maker[2:] in ("000", "100", "200") and item[:2] == "00":
        six = maker[:2] + item[2:] + maker[2]
    elif maker[3:] == "00" and item[:3] == "000":
        six = maker[:3] + item[3:] + "3"
    elif maker[4] == "0" and item[:4] == "0000":
        six = maker[:4] + item[4] + "4"
    elif item[:4] == "0000" and item[4] in "56789":
        six = maker + item[4]
    return f"{system}{six}{check}" if six else None
