"""What can be taken home: the tables, their columns in order, and what each cell holds.

Names are for programs and never change; what they mean in each language stands on ``/exports``.
Money is whole tenge, moments are milliseconds UTC until a format writes them. New columns stand
last, so that scripts which count columns go on. ``time`` is the kiosk's stamp, which proves itself;
``true_time`` is never empty where ``time`` is not, so that one column serves for every sum: where
the two differ, the kiosk's clock was set later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a cell holds; None is an empty cell in each.

    ``KEY``: words of our own, as ``sale``, ids made by us, hex. ``TEXT``: words that somebody
    typed or that stood on a pack, never to be trusted. ``MOMENT``: milliseconds UTC.
    """

    KEY = "key"
    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Table:
    """One thing that can be taken home."""

    name: str
    columns: tuple[tuple[str, Kind], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(name for name, _ in self.columns)


Row = tuple[str | int | None, ...]
"""One row, in the order of its table's columns."""


def _table(name: str, columns: str) -> Table:
    """``time:moment`` per column; a key where nothing is said."""
    pairs = (word.partition(":") for word in columns.split())
    return Table(name, tuple((column, Kind(kind or "key")) for column, _, kind in pairs))


_PLACE = "shop region kiosk_id epoch:number seq:number"

SALES = _table(
    "sales",
    f"{_PLACE} receipt type time:moment items:number total_tenge:number "
    "left_to_cause_tenge:number rounded_off_tenge:number tender goods:text prices_entered:number "
    "true_time:moment",
)
LINES = _table(
    "lines",
    f"{_PLACE} line:number receipt type time:moment product_id:text code:text name:text "
    "unit_price_tenge:number quantity:number total_tenge:number tender price_entered:number "
    "true_time:moment",
)
VISITS = _table(
    "visits",
    f"{_PLACE} type time:moment visit:text counted_tenge:number expected_tenge:number "
    "difference_tenge:number moved_tenge:number to products:number pieces:number "
    "gap_pieces:number gap_tenge:number cost_tenge:number true_time:moment",
)
STOCK = _table(
    "stock",
    "shop region kiosk_id product_id:text name:text quantity:number counted_time:moment "
    "sold:number true_counted_time:moment",
)
JOURNAL = _table(
    "journal",
    f"{_PLACE} type:text time:moment received_time:moment prev_hash hash signature payload:text "
    "payload_base64 public_key true_time:moment",
)
SHOPS = _table("shops", "shop region name:text cause:text")

TABLES = {table.name: table for table in (SALES, LINES, VISITS, STOCK, JOURNAL, SHOPS)}

BOM = "\ufeff"
"""At the beginning of a CSV, so that Excel takes it for UTF-8."""
_FORMULA = re.compile(r"[\s\x00-\x1f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a text begins that a spreadsheet may run (OWASP, "CSV Injection"): also after blanks, and
the full-width signs of East Asian keyboards."""


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what looks like one."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return f"'{text}" if _FORMULA.match(text) else text
