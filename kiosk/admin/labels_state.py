"""What the page of tags and price list shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.admin.labels_print import Paper
from kiosk.admin.ports import Place
from kiosk.domain.products import Product
from kiosk.paper.marks import Page


class Tab(StrEnum):
    """The lists of goods to choose from."""

    CHOSEN = "chosen"
    CHANGED = "changed"
    WITHOUT_CODE = "without_code"
    ALL = "all"


class Stage(StrEnum):
    """What the page asks for."""

    CHOOSE = "choose"
    PLACES = "places"
    SAVED = "saved"


class Note(StrEnum):
    """What the page says."""

    ADDED = "added"
    UNKNOWN = "unknown"
    LIST_HAS_ALL = "list_has_all"
    CODES_GIVEN = "codes_given"
    NOT_SAVED = "not_saved"
    NOT_WRITTEN = "not_written"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A product, the price that its tag gets, and how many tags are wanted."""

    product: Product
    price_tenge: int
    copies: int = 0


@dataclass(frozen=True, slots=True)
class SavedFile:
    """Where the PDF is."""

    place: Place
    name: str
    pages: int


@dataclass(frozen=True, slots=True)
class LabelsState:
    """What the page shows.

    ``counts``: goods in each list. ``tags``: pieces of paper in all, or goods of the price list.
    ``pages`` is 0 until ``preview`` has been drawn. ``without_code``: chosen goods whose tags
    would have no barcode.
    """

    tab: Tab = Tab.ALL
    rows: tuple[LabelRow, ...] = ()
    counts: tuple[tuple[Tab, int], ...] = ()
    paper: Paper = Paper.SHEET_24
    large: str = "kk"
    small: str | None = "ru"
    with_barcodes: bool = False
    tags: int = 0
    pages: int = 0
    without_code: int = 0
    preview: Page | None = None
    stage: Stage = Stage.CHOOSE
    places: tuple[Place, ...] = ()
    busy: bool = False
    saved: SavedFile | None = None
    picking: bool = False
    query: str = ""
    listing: tuple[Product, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Whose names are printed, the large ones first."""
        return (self.large,) if self.small is None else (self.large, self.small)
