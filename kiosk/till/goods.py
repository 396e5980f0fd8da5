"""What comes into the basket and goes out of it: scans, the picture list, unknown products."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kiosk.domain.basket import product_line, unknown_line
from kiosk.domain.checkout import Screen, Visit
from kiosk.domain.entries import UnknownScan
from kiosk.domain.errors import CheckoutError
from kiosk.domain.money import AMOUNT_TENGE_MAX
from kiosk.domain.products import Product, Status
from kiosk.scan_event import TYPED, ScanEvent, is_case
from kiosk.till.just_sold import JustSold
from kiosk.till.saving import Saving
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Notice

log = logging.getLogger(__name__)


class Goods:
    """The hand that puts things into the basket."""

    def __init__(self, shown: VisitShown, saving: Saving, just_sold: JustSold) -> None:
        self._shown = shown
        self._saving = saving
        self._just_sold = just_sold

    def scanned(self, event: ScanEvent) -> None:
        """A code was read; while a sale is being saved it waits, so that nothing is swallowed."""
        shown = self._shown
        if self._just_sold.is_put_away(event):
            return
        shown.activity()
        if shown.state.saving:
            self._saving.afterwards(lambda: self.scanned(event))
            return
        if shown.visit.screen is Screen.THANKS:
            shown.begin_anew()
        units = [code for code in event.candidates if not is_case(code)]
        product = shown.catalogue.first_known(units)
        if product is not None:
            self._take(product, units)
        elif units:
            self._take_unknown(event, units[0])
        elif event.candidates:
            shown.say(Notice.CASE_CODE)
        elif event.symbology == TYPED:
            shown.say(Notice.CODE_MISTYPED)
        else:
            shown.say(Notice.NO_PRODUCT_CODE)

    def pick(self, product_id: str) -> None:
        """A product chosen from the picture list."""
        shown = self._shown
        shown.activity()
        product = shown.catalogue.by_id(product_id)
        if product is None or shown.state.saving or shown.visit.screen is not Screen.PICK:
            return
        self._take(product, ())

    def enter_price(self, price_tenge: int) -> None:
        """The price of an unknown product, off its shelf tag."""
        shown = self._shown
        if shown.visit.screen is not Screen.PRICE or not 0 < price_tenge <= AMOUNT_TENGE_MAX:
            return
        code = shown.visit.pending_codes[0]
        line = unknown_line(code, price_tenge, shown.settings.unknown_names)
        try:
            priced = shown.visit.put(line).priced()
        except CheckoutError:
            shown.step(Visit.back)
            shown.say(Notice.TOO_MANY)
            return
        shown.step(lambda _visit: priced)

    def change_quantity(self, key: str, by: int) -> None:
        """More or fewer of a line; none left takes it out."""
        shown = self._shown
        line = shown.visit.basket.line(key)
        if line is None:
            return
        try:
            basket = shown.visit.basket.with_quantity(key, line.quantity + by)
        except CheckoutError:
            shown.say(Notice.TOO_MANY)
            return
        shown.step(lambda visit: visit.with_basket(basket))

    def _take(self, product: Product, candidates: Sequence[str]) -> None:
        shown = self._shown
        name = product.name_in(shown.state.language)
        if product.status in (Status.NOT_FOR_SALE, Status.HIDDEN):
            shown.say(Notice.NOT_FOR_SALE, name)
            return
        code = next((c for c in candidates if c in product.codes), None)
        line = product_line(product, code)
        try:
            shown.visit = shown.visit.put(line)
        except CheckoutError:
            shown.say(Notice.TOO_MANY, name)
            return
        shown.say(Notice.ADDED, name, line.key)

    def _take_unknown(self, event: ScanEvent, code: str) -> None:
        shown = self._shown
        self._saving.note(UnknownScan(event.text, event.symbology, code))
        try:
            shown.visit = shown.visit.ask_price(code)
        except CheckoutError as error:
            log.info("unknown code ignored: %s", error)
        shown.say(Notice.UNKNOWN)
