"""The codes a shop knows, as the scanner needs them: which exist, and what they stand for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kiosk.domain.products import Catalogue


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """GTIN-14 (or in-store code, 14 digits) → product id; immutable, so it may cross threads.

    A new catalogue is a new object: what was worked out for one may be kept by identity.
    """

    products: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, gtin14: object) -> bool:
        return gtin14 in self.products

    def __iter__(self) -> Iterator[str]:
        return iter(self.products)

    def __len__(self) -> int:
        return len(self.products)

    def product_of(self, gtin14: str) -> str | None:
        """The product with that code; None when the shop has no such code."""
        return self.products.get(gtin14)


@lru_cache(maxsize=1)
def known_codes(catalogue: Catalogue) -> KnownCodes:
    """All codes of single packs in a catalogue; the same object while the catalogue is."""
    return KnownCodes({code: p.product_id for p in catalogue.products for code in p.codes})
