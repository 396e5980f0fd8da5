"""What psql's ``\\copy`` takes for the rows of an export, of the same entries."""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy.engine import make_url

ROWS = """
  SELECT s.slug, s.region_code, e.kiosk_id, e.epoch, e.seq, l.line,
    upper(substr(encode(e.hash, 'hex'), 1, 6)) AS receipt, e.type,
    to_char(to_timestamp(e.at_ms / 1000.0) AT TIME ZONE '+05:00', 'YYYY-MM-DD"T"HH24:MI:SS') AS time,
    l.value ->> 'product_id' AS product_id, l.value ->> 'code' AS code, l.value ->> 'name' AS name,
    (l.value ->> 'unit_price_tenge')::int AS unit_price_tenge,
    (l.value ->> 'quantity')::int AS quantity,
    (l.value ->> 'quantity')::int * (l.value ->> 'unit_price_tenge')::int AS total_tenge,
    e.p -> 'tender' ->> 'type' AS tender,
    coalesce((l.value ->> 'price_entered')::boolean, false)::int AS price_entered
  FROM (SELECT *, convert_from(payload, 'UTF8')::jsonb AS p FROM entry
        WHERE type IN ('sale', 'correction')) e
  JOIN shop s ON s.shop_id = e.shop_id
  CROSS JOIN LATERAL jsonb_array_elements(e.p -> 'lines') WITH ORDINALITY AS l(value, line)
  ORDER BY e.shop_id, e.kiosk_id, e.epoch, e.seq, l.line
"""
"""The same rows; a correction's sign is left out, which is in PostgreSQL's favour."""
COPY = f"COPY ({ROWS}) TO STDOUT (FORMAT CSV, HEADER)"


def copy_rows_per_s(url: str, command: str) -> float:
    """Rows a second of one ``COPY … TO STDOUT`` into a file."""
    with tempfile.NamedTemporaryFile() as out:
        begun = time.perf_counter()
        psql(url, command, "-o", out.name)
        took_s = time.perf_counter() - begun
        rows = Path(out.name).read_bytes().count(b"\n") - 1
    return rows / took_s


def psql(url: str, command: str, *more: str) -> None:
    """Runs a command."""
    at = make_url(url)
    address = f"postgresql://{at.username}@{at.host}:{at.port}/{at.database}"
    words = ["psql", address, "-X", "-q", "-c", command.replace("\n", " "), *more]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
