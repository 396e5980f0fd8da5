"""Taking the sales home: from the centre into a CSV or JSON lines, page by page.

A download that breaks off goes on where it stopped: rows land in ``FILE.part``, and after each
page ``FILE.part.state`` notes how far they are good.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from kiosk.domain.errors import SyncError, WireError
from sync import wire
from sync.centre import Centre

PAGE_ROWS = 500
BOM = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("shop", "kiosk_id", "epoch", "seq", "receipt", "type", "time", "items", "total_tenge"),
    *("left_to_cause_tenge", "rounded_off_tenge", "tender", "goods", "prices_entered"),
)

Progress = Callable[[int, int | None], None]
"""Called with rows written and rows in all, None when that is not known."""


class _Page(msgspec.Struct, frozen=True):
    rows: list[dict[str, Any]]
    cursor: str | None
    total: int | None


class _State(msgspec.Struct, frozen=True):
    query: dict[str, str]
    cursor: str
    size_bytes: int
    rows: int
    total: int | None


def since(text: str) -> dict[str, str]:
    """``2026-11-30`` → a day at UTC+5; ``1200`` → entry numbers from there on.

    Raises:
        WireError: for anything else.
    """
    if text.isascii() and text.isdigit() and len(text) < 16:
        return {"since_seq": text}
    try:
        return {"since_day": date.fromisoformat(text).isoformat()}
    except ValueError as error:
        raise WireError(
            f"--since {text!r} is neither a day such as 2026-11-30 nor an entry's number."
        ) from error


def pull(centre: Centre, query: dict[str, str], out: Path, progress: Progress) -> int:
    """Writes all sales to a file and returns how many rows it has.

    Args:
        centre: a connection with a token for reading.
        query: as of :func:`since`, and ``shop`` perhaps.
        out: ends in ``.csv`` or ``.jsonl``; appears only when it is complete.
        progress: told after each page.

    Raises:
        SyncError: the centre refused or cannot be reached, or the disk refuses. Calling again
            goes on where this stopped.
    """
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        raise WireError(f"{out} must end in .csv or .jsonl.")
    part, state_file = out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.part.state")
    try:
        state = _resume(part, state_file, query)
        with part.open("r+b" if state else "wb") as file:
            if state:
                file.truncate(state.size_bytes)
                file.seek(state.size_bytes)
            rows, total = (state.rows, state.total) if state else (0, None)
            cursor = state.cursor if state else ""
            while True:
                page = _page(centre, query, cursor)
                file.write(write(page.rows, header=not cursor))
                file.flush()
                rows, total = rows + len(page.rows), page.total if not cursor else total
                progress(rows, total)
                if page.cursor is None:
                    break
                cursor = page.cursor
                _note(state_file, _State(query, cursor, file.tell(), rows, total))
        part.replace(out)
        state_file.unlink(missing_ok=True)
    except OSError as error:
        raise SyncError(f"{out} cannot be written ({error.strerror}); check the disk.") from error
    return rows


def to_csv(rows: Sequence[dict[str, Any]], *, header: bool) -> bytes:
    """Rows for a spreadsheet: UTF-8 with a mark so that Excel sees it, and no formulas.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV
    Injection"); numbers stay numbers.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if header:
        out.write(BOM)
        writer.writerow(COLUMNS)
    writer.writerows([_cell(row.get(name)) for name in COLUMNS] for row in rows)
    return out.getvalue().encode("utf-8")


def to_jsonl(rows: Sequence[dict[str, Any]], *, header: bool) -> bytes:
    """Rows as lines of JSON."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


_WRITERS: dict[str, Callable[..., bytes]] = {".csv": to_csv, ".jsonl": to_jsonl}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    return value


def _page(centre: Centre, query: dict[str, str], cursor: str) -> _Page:
    params = {**query, "limit": str(PAGE_ROWS), **({"cursor": cursor} if cursor else {})}
    return wire.decode(centre.sales(params), _Page)


def _resume(part: Path, state_file: Path, query: dict[str, str]) -> _State | None:
    """Where an earlier download of the same question stopped."""
    try:
        state = wire.decode(state_file.read_bytes(), _State)
        whole = part.stat().st_size >= state.size_bytes
    except (FileNotFoundError, WireError):
        return None
    return state if whole and state.query == query else None


def _note(state_file: Path, state: _State) -> None:
    fresh = state_file.with_name(f"{state_file.name}.new")
    fresh.write_bytes(msgspec.json.encode(state))
    fresh.replace(state_file)
