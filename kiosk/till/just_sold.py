"""Packs of the sale just made: the lens sees them once more while they are put into a bag."""

from __future__ import annotations

from kiosk.domain.checkout import Screen
from kiosk.domain.entries import Sale
from kiosk.scan_event import ScanEvent
from kiosk.till.visit_shown import VisitShown

STILL_IN_HAND_S = 5.0
"""A pack of the sale just made, read again this soon after, is being put away, not bought."""


class JustSold:
    """Tells a pack that is being put away from one that begins the next visit."""

    def __init__(self, shown: VisitShown) -> None:
        self._shown = shown
        self._codes: frozenset[str] = frozenset()

    def remember(self, sale: Sale) -> None:
        """All codes that stand on the packs of a sale; a pack may carry several."""
        by_id = self._shown.catalogue.by_id
        products = (by_id(line.product_id or "") for line in sale.lines)
        on_packs = [code for product in products if product for code in product.codes]
        self._codes = frozenset([*on_packs, *(line.code for line in sale.lines if line.code)])

    def is_put_away(self, event: ScanEvent) -> bool:
        """Whether what was read is still in the hand of who just paid for it."""
        shown = self._shown
        quiet_s = shown.idle.quiet_for_s(shown.now_s())
        if shown.visit.screen is not Screen.THANKS or quiet_s >= STILL_IN_HAND_S:
            return False
        return not self._codes.isdisjoint(event.candidates)
