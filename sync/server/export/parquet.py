"""Rows as Parquet, row group by row group."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sync.tables import Kind, Row, Table

ROW_GROUP_ROWS = 50_000


class ParquetWriter:
    """For analysts: typed columns, moments with their offset, compressed with zstd.

    The format's index stands at the end, so nothing has to be written twice.
    """

    def __init__(self, table: Table) -> None:
        # Heavy to import, and only who asks for this format pays for it.
        import pyarrow as pa
        from pyarrow import parquet

        self._pa = pa
        types = {
            Kind.NUMBER: pa.int64(),
            Kind.MOMENT: pa.timestamp("ms", tz="+05:00"),
        }
        self._schema = pa.schema(
            [(name, types.get(kind, pa.string())) for name, kind in table.columns]
        )
        self._sink = _Sink()
        self._file = pa.PythonFile(self._sink, mode="w")
        self._writer = parquet.ParquetWriter(self._file, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = 0

    def start(self) -> bytes:
        """The format's mark."""
        return self._sink.taken()

    def rows(self, rows: Sequence[Row]) -> bytes:
        """A row group whenever there are enough rows for one."""
        if rows:
            columns = zip(zip(*rows, strict=True), self._schema, strict=True)
            arrays = [self._pa.array(cells, field.type) for cells, field in columns]
            self._waiting.append(self._pa.record_batch(arrays, schema=self._schema))
            self._rows += len(rows)
        if self._rows >= ROW_GROUP_ROWS:
            self._write()
        return self._sink.taken()

    def end(self) -> bytes:
        """The last rows, and the index."""
        if self._waiting:
            self._write()
        self._writer.close()
        self._file.close()
        return self._sink.taken()

    def _write(self) -> None:
        group = self._pa.Table.from_batches(self._waiting)
        self._writer.write_table(group, row_group_size=self._rows)
        self._waiting, self._rows = [], 0


class _Sink(io.RawIOBase):
    """Keeps what was written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data
