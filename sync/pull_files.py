"""The files that a download can become; each takes rows page by page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec

from kiosk.domain.errors import WireError
from sync.tables import BOM, Kind, Table, harmless

Rows = Sequence[dict[str, Any]]
GROUP_ROWS = 50_000


class FileKind(Protocol):
    """How rows are written down."""

    adds_at_the_end: bool
    has_columns: bool
    """Whether all rows have the same ones."""

    def lines(self, rows: Rows, table: Table, *, is_first: bool) -> bytes:
        """Rows as they land in the part file."""

    def pending(self, part: Path, out: Path) -> Path:
        """The file that takes the place of ``out``."""

    def assemble(self, part: Path, out: Path, table: Table, *, is_more: bool) -> Path:
        """Makes that file whole, with what ``out`` has if ``is_more``; ``out`` stays as it is."""


def kind_of(out: Path) -> FileKind:
    """By the file's name.

    Raises:
        WireError: for another ending, or when this computer cannot write that kind.
    """
    kinds: dict[str, type[FileKind]] = {".csv": Csv, ".jsonl": JsonLines, ".parquet": Parquet}
    kind = kinds.get(out.suffix.lower())
    if kind is None:
        raise WireError(f"{out} must end in .csv, .jsonl or .parquet.")
    return kind()


class Csv:
    """For a spreadsheet: UTF-8 with a mark so that Excel sees it, no formulas, numbers as such."""

    adds_at_the_end = True
    has_columns = True

    def lines(self, rows: Rows, table: Table, *, is_first: bool) -> bytes:
        """Lines; the names first."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        if is_first:
            out.write(BOM)
            writer.writerow(table.names)
        writer.writerows(
            [
                harmless(value) if isinstance(value := row.get(name), str) else value
                for name in table.names
            ]
            for row in rows
        )
        return out.getvalue().encode("utf-8", "replace")

    def pending(self, part: Path, out: Path) -> Path:
        """The part itself."""
        return part

    def assemble(self, part: Path, out: Path, table: Table, *, is_more: bool) -> Path:
        """A file without rows has the names at least."""
        if not part.stat().st_size:
            part.write_bytes(self.lines((), table, is_first=True))
        return part


class JsonLines:
    """For programs: one object a line."""

    adds_at_the_end = True
    has_columns = False

    def lines(self, rows: Rows, table: Table, *, is_first: bool) -> bytes:
        """Lines."""
        return msgspec.json.Encoder().encode_lines(list(rows))

    def pending(self, part: Path, out: Path) -> Path:
        """The part itself."""
        return part

    def assemble(self, part: Path, out: Path, table: Table, *, is_more: bool) -> Path:
        """Nothing is missing."""
        return part


class Parquet(JsonLines):
    """For analysts. Rows wait as lines of JSON, since nothing can be added to this format."""

    adds_at_the_end = False
    has_columns = True

    def __init__(self) -> None:
        try:
            # Not every computer that pulls has it.
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError as error:
            raise WireError("Parquet needs one more library: pip install pyarrow") from error
        self._pa, self._parquet = pa, parquet

    def pending(self, part: Path, out: Path) -> Path:
        """A third file."""
        return out.with_name(f"{out.name}.new")

    def assemble(self, part: Path, out: Path, table: Table, *, is_more: bool) -> Path:
        """What the file had, and the new rows after it."""
        fresh, schema = self.pending(part, out), self._schema(table)
        with self._parquet.ParquetWriter(fresh, schema, compression="zstd") as writer:
            if is_more:
                self._copy(out, writer)
            for rows in _groups(part):
                writer.write_table(self._pa.Table.from_pylist(rows_of(rows, table), schema))
        return fresh

    def _copy(self, out: Path, writer: Any) -> None:
        if out.exists():
            with self._parquet.ParquetFile(out) as held:
                for group in range(held.num_row_groups):
                    writer.write_table(held.read_row_group(group))

    def _schema(self, table: Table) -> Any:
        pa = self._pa
        types = {Kind.NUMBER: pa.int64(), Kind.MOMENT: pa.timestamp("ms", tz="+05:00")}
        return pa.schema([(name, types.get(kind, pa.string())) for name, kind in table.columns])


def rows_of(rows: Rows, table: Table) -> list[dict[str, Any]]:
    """Moments as moments."""
    moments = [name for name, kind in table.columns if kind is Kind.MOMENT]
    return [
        {
            **row,
            **{n: datetime.fromisoformat(row[n]) for n in moments if row.get(n) is not None},
        }
        for row in rows
    ]


def _groups(part: Path) -> Iterator[list[dict[str, Any]]]:
    with part.open("rb") as lines:
        while group := [msgspec.json.decode(line) for line in islice(lines, GROUP_ROWS)]:
            yield group
