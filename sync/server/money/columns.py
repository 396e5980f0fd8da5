"""Which column of a statement is what, and the credits that stand in it.

Of a line only day, time and amount are kept. What else the bank wrote, the payer's name among it,
goes into a keyed fingerprint (``reconcile``) and nowhere else; the column of places is compared
with the shops and only what a person said to be a shop is remembered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.domain.money import AMOUNT_TENGE_MAX
from sync.server.money.statement import Rows, StatementError, Wrong

HEADER_SEARCHED_ROWS = 60
COLUMN_NAME_MAX = 80

_DAY = re.compile(
    r"(?:(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2}))"
    r"(?:[T ,]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?)?"
)
_TIME = re.compile(r"(?:.* )?(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CURRENCY = re.compile(r"(?i)(₸|kzt|тенге|теңге|тг\.?)")

WORDS = {
    "day": ("дата", "date", "күн"),
    "time": ("время", "time", "уақыт"),
    "amount": ("сумма", "кредит", "зачисл", "поступ", "amount", "credit", "сома", "кіріс"),
    "reference": ("назнач", "reference", "документ", "номер", "операци", "тағайын", "id"),
    "place": ("точка", "терминал", "магазин", "касса", "place", "terminal", "shop", "дүкен"),
}
"""Beginnings and parts of what banks write over these columns, to guess from."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a person said about a bank's columns, by their headings (``#3`` for one without).

    ``places``: what stands in the column of places → short name of the shop.
    """

    day: str = ""
    time: str = ""
    amount: str = ""
    reference: str = ""
    place: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether lines can be read with it."""
        return bool(self.day and self.amount)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement with its headings found. ``headings``: unique names of the columns."""

    headings: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came in. ``at_ms`` is None when only the day is known.

    ``secret``: all that tells this line from others, for its fingerprint; never stored as it is.
    """

    day: date
    at_ms: int | None
    amount_tenge: int
    place: str
    secret: str


def sheet_of(rows: Rows) -> Sheet:
    """Finds the headings: the row above the first that has a day and an amount.

    Raises:
        StatementError: when no row has both.
    """
    for number, cells in enumerate(rows[:HEADER_SEARCHED_ROWS]):
        days = [day_time_of(cell) is not None for cell in cells]
        sums = [amount_of(cell) is not None for cell in cells]
        if any(days) and any(s and not d for s, d in zip(sums, days, strict=True)):
            above = rows[number - 1] if number else ()
            width = max(len(row) for row in rows[number:])
            return Sheet(_headings(above, width), rows[number:])
    raise StatementError(Wrong.NO_LINES)


def guess(sheet: Sheet, remembered: Columns | None = None) -> Columns:
    """The mapping to begin with: as remembered where it fits, else by the headings' words."""
    if remembered is not None and _fits(sheet, remembered):
        return remembered
    found: dict[str, str] = {}
    for role, words in WORDS.items():
        for heading in sheet.headings:
            if heading in found.values() or not _suits(sheet, heading, role):
                continue
            if any(word in heading.lower() for word in words):
                found[role] = heading
                break
    for role in ("day", "amount"):
        if role not in found:
            free = (h for h in sheet.headings if h not in found.values())
            found[role] = next((h for h in free if _suits(sheet, h, role)), "")
    return Columns(**found, places=remembered.places if remembered else {})


def credits_of(sheet: Sheet, mapping: Columns) -> tuple[list[Credit], Counter[str]]:
    """The credits, and how many lines were left out and why: ``debit``, ``unreadable``, ``tiyn``.

    Raises:
        StatementError: when the columns of day and amount are not chosen or not there.
    """
    if not mapping.is_complete or not _fits(sheet, mapping):
        raise StatementError(Wrong.NO_COLUMNS)
    index = {heading: number for number, heading in enumerate(sheet.headings)}
    found: list[Credit] = []
    skipped: Counter[str] = Counter()
    for cells in sheet.rows:
        row = {
            role: _cell(cells, index.get(getattr(mapping, role)))
            for role in ("day", "time", "amount", "reference", "place")
        }
        credit = _credit(row)
        if isinstance(credit, str):
            skipped[credit] += 1
        else:
            found.append(credit)
    return found, skipped


def day_time_of(text: str) -> tuple[date, time | None] | None:
    """``21.11.2026 14:05`` or ``2026-11-21`` → day and time; None for what is no day."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    year, month, number = (int(match[a] or match[b]) for a, b in ("yY", "mM", "dD"))
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    return day, _time_of(match["time"] or "")


def amount_of(text: str) -> int | None:
    """``+1 234,00 ₸`` → 1234, ``−5`` → −5; 0 never; None for what is no whole amount."""
    plain = _CURRENCY.sub("", text).replace("\u2212", "-")
    plain = re.sub(r"[\s'’\u202f]", "", plain)
    match = re.fullmatch(r"([+-]?)(\d[\d.,]*)", plain)
    if match is None:
        return None
    whole, _, part = _split(match[2])
    if not whole.isdigit() or len(whole) > 12 or part.strip("0"):
        return None
    amount_tenge = int(whole)
    if not 0 < amount_tenge <= AMOUNT_TENGE_MAX:
        return None
    return -amount_tenge if match[1] == "-" else amount_tenge


def with_places(mapping: Columns, places: Mapping[str, str]) -> Columns:
    """The same with more places named; an empty shop forgets one."""
    merged = {**mapping.places, **places}
    return replace(mapping, places={name: slug for name, slug in merged.items() if slug})


def _credit(row: Mapping[str, str]) -> Credit | str:
    when = day_time_of(row["day"])
    if when is None:
        return "unreadable"
    amount_tenge = amount_of(row["amount"])
    if amount_tenge is None:
        # An empty cell in the column of credits is a debit's line.
        if not row["amount"]:
            return "debit"
        return "tiyn" if re.search(r"[.,]\d\d?$", row["amount"].strip()) else "unreadable"
    if amount_tenge < 0:
        return "debit"
    day, at = when
    at = _time_of(row["time"]) or at
    if at == time(0):
        # A day written as a moment, as Excel keeps it, names no time.
        at = None
    at_ms = None
    if at is not None:
        at_ms = int(datetime.combine(day, at, KAZAKHSTAN).timestamp() * 1000)
    secret = "\x1f".join((row["day"], row["time"], str(amount_tenge), row["reference"]))
    return Credit(day, at_ms, amount_tenge, row["place"][:COLUMN_NAME_MAX], secret)


def _time_of(text: str) -> time | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def _split(digits: str) -> tuple[str, str, str]:
    """Whole and fraction: one or two digits after the last mark are tiyn, three are thousands."""
    match = re.fullmatch(r"([\d.,]*?)[.,](\d{1,2})", digits)
    whole, part = (match[1], match[2]) if match else (digits, "")
    return re.sub("[.,]", "", whole), ".", part


def _headings(above: Sequence[str], width: int) -> tuple[str, ...]:
    names: list[str] = []
    for number in range(width):
        name = above[number][:COLUMN_NAME_MAX] if number < len(above) else ""
        names.append(name if name and name not in names else f"#{number + 1}")
    return tuple(names)


def _fits(sheet: Sheet, mapping: Columns) -> bool:
    chosen = (mapping.day, mapping.time, mapping.amount, mapping.reference, mapping.place)
    return all(not name or name in sheet.headings for name in chosen)


def _suits(sheet: Sheet, heading: str, role: str) -> bool:
    """Whether the column's first lines are of that kind."""
    number = sheet.headings.index(heading)
    cells = [c for row in sheet.rows[:20] if (c := _cell(row, number))]
    if role == "day":
        return any(day_time_of(cell) for cell in cells)
    if role == "amount":
        return any(amount_of(cell) is not None and day_time_of(cell) is None for cell in cells)
    if role == "time":
        return bool(cells) and all(
            _time_of(c) is not None and day_time_of(c) is None for c in cells
        )
    return bool(cells)


def _cell(cells: Sequence[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""
