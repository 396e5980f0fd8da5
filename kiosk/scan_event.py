"""A code that was read, as the till takes it: from the camera, a USB scanner or the keypad."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from kiosk.domain.errors import BarcodeError

log = logging.getLogger(__name__)

TYPED = "typed"
"""The symbology of digits that a hand typed; those may hold a slip of the finger."""


@dataclass(frozen=True, slots=True)
class ScanEvent:
    """A code as read by camera, USB scanner or keypad.

    ``candidates`` are GTIN-14s, best first; empty when the code names no product.
    """

    candidates: tuple[str, ...]
    text: str
    symbology: str


def scan_event_of(text: str, symbology: str) -> ScanEvent:
    """What a typed text names; nothing at all when it is no product's code."""
    # Imported late: GS1 parsing is not needed to show the start screen.
    from kiosk.domain.barcode import Symbology, read_code

    try:
        codes = read_code(Symbology(symbology), text)
    except BarcodeError as error:
        log.info("no product code: %s", error)
        codes = ()
    return ScanEvent(tuple(code.gtin14 for code in codes), text, symbology)


def is_case(gtin14: str) -> bool:
    """A case's code (indicator 1–8) is for restocking, never a shopper's unit."""
    return gtin14[0] in "12345678"
