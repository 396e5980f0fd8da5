"""The kiosk in a window for the pages about goods."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kiosk.domain.barcode import check_digit
from kiosk.domain.products import Catalogue, Product
from kiosk.scan_event import ScanEvent
from tests.admin.money_room import services_in
from tests.admin.screens.driver import OfficeKiosk
from tests.till.shop import CATALOGUE


class GoodsKiosk(OfficeKiosk):
    """Nothing in the background has to come back after a scan here, so a frame shows it."""

    def scan(self, code: str, symbology: str = "ean13") -> None:
        """A code comes from the camera."""
        self.room.office.scanned(ScanEvent((code,), code, symbology))
        self.frames(1)


def goods_kiosk(directory: Path, goods: Iterable[Product] = CATALOGUE.products) -> GoodsKiosk:
    """The same directory again is the kiosk after a power cut."""
    return GoodsKiosk(directory, catalogue=Catalogue(1, goods), **services_in(directory))


def code_of(number: int) -> str:
    """The GTIN-14 of the product with that number."""
    payload = f"0487000{number:06}"
    return payload + check_digit(payload)


def many_goods(count: int) -> list[Product]:
    """So many different goods with barcodes."""
    return [
        Product(f"p{n}", {"kk": f"Тауар {n}", "ru": f"Товар {n}"}, 100 + n, codes=(code_of(n),))
        for n in range(count)
    ]
