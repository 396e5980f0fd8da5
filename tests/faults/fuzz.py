"""Everything that reads what strangers made is given what strangers may make; with Hypothesis.

Each reader may refuse with its own kind of error, in words. Anything else is a broken promise:
another exception at the kiosk, an HTTP 5xx or an entry taken in at the centre.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from kiosk.domain import entries
from kiosk.domain.barcode import Symbology, read_code
from kiosk.domain.chain import StoredEntry
from kiosk.domain.errors import AdalError
from kiosk.journal.export import line_of
from sync import checkpoints, journalfile, wire
from tests.faults.centres import held_to, on_sqlite
from tests.faults.every_entry import EVERY_ENTRY
from tests.faults.frame import Fault, Log, Outcome, scratch
from tests.sheets.sheets import HEADINGS, previewed, xlsx_file
from tests.sync.harness import Identity, MemoryJournal, RunningServer

Reader = Callable[[Any], object]


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """``rounds`` is how many examples each reader is given."""
    outcome = Outcome()
    with _readers(outcome) as readers:
        for name, (strategy, read) in readers.items():
            broken = _fed(strategy, read, rounds, seed, outcome.counts, name)
            outcome.expect(not broken, f"{name}: {broken}")
            log.advance(rounds // len(readers))
    return outcome


def _fed(
    strategy: st.SearchStrategy[Any],
    read: Reader,
    examples: int,
    seed: int,
    counts: Counter[str],
    name: str,
) -> str:
    """The smallest example that broke the reader, in words; "" for none."""

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def feed(example: Any) -> None:
        counts[name] += 1
        try:
            read(example)
        except AdalError as refusal:
            counts["of them refused in words"] += bool(str(refusal))
        except Exception as error:
            # Said in the reader's own words, or Hypothesis would show only its own trace.
            raise AssertionError(f"{error!r} on {example!r:.300}") from error

    try:
        feed()
    except AssertionError as error:
        return str(error)
    return ""


# --- what is made ---

_deep = st.integers(1_000, 30_000).map(lambda n: b"[" * n + b"]" * n)
_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def _spoiled(whole: bytes) -> st.SearchStrategy[bytes]:
    """Good bytes with pieces of them cut out, doubled or replaced by others."""
    places = st.integers(0, len(whole))
    edits = st.lists(st.tuples(places, places, st.binary(max_size=12)), min_size=1, max_size=4)

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        made = whole
        for one, other, new in changes:
            start, end = sorted((min(one, len(made)), min(other, len(made))))
            made = made[:start] + new + made[end if end - start < 40 else start :]
        return made

    return edits.map(apply) | st.binary(max_size=200) | _deep


def _other_fields(whole: Any) -> st.SearchStrategy[bytes]:
    """A good message in which some values are something else."""

    def replaced(changes: list[tuple[int, Any]]) -> bytes:
        made = json.loads(json.dumps(whole))
        for place, value in changes:
            spots = list(_spots(made))
            owner, key = spots[place % len(spots)]
            owner[key] = value
        return json.dumps(made).encode()

    return st.lists(st.tuples(st.integers(0, 200), _json_values), min_size=1, max_size=3).map(
        replaced
    )


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value where something stands."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _spots(inner)


# --- who reads ---


@contextmanager
def _readers(outcome: Outcome) -> Iterator[dict[str, tuple[st.SearchStrategy[Any], Reader]]]:
    journal = MemoryJournal()
    for body in EVERY_ENTRY:
        journal.add(body)
    payload = b"\n".join(one.payload for one in journal.entries)
    batch = json.loads(msgspec.json.encode(wire.make_batch(_forged(journal), len(EVERY_ENTRY))))
    lines = b"".join(line_of(one, journal.identity.public_key) + b"\n" for one in journal.entries)
    answers = b'{"epoch":1,"seq":3,"head_hash":"ab","server_ms":1,"kiosk_id":"0123456789abcdef"}'
    with scratch() as folder, on_sqlite() as server:
        centre = _Centre(server, journal)
        yield {
            "messages to the centre": (_other_fields(batch) | _spoiled(_whole(batch)), centre.post),
            "answers to the kiosk": (_spoiled(answers), _read_answer),
            "entries": (_spoiled(payload), entries.decode),
            "exported journals": (_spoiled(lines), _read_lines),
            "checkpoints": (_spoiled(_checkpoint()), checkpoints.read),
            "barcodes": (st.tuples(st.sampled_from(list(Symbology)), _codes), _read_code),
            "CSV files": (_csv, _Sheet(folder / "goods.csv")),
            "XLSX files": (_spoiled(_xlsx(folder)), _Sheet(folder / "goods.xlsx")),
        }
        taken = held_to(server, journal.identity.kiosk_id)
        outcome.expect(taken == 0, f"{taken} entries of spoiled messages were taken in")


def _forged(journal: MemoryJournal) -> list[StoredEntry]:
    """All is right but the key that signed: nothing that is made of it may ever be taken in."""
    name = journal.identity.kiosk_id
    forged = MemoryJournal(Identity(name, 1, Ed25519PrivateKey.generate()))
    for body in EVERY_ENTRY:
        forged.add(body)
    return forged.entries


def _whole(message: Any) -> bytes:
    return json.dumps(message).encode()


class _Centre:
    """The real server; what it refuses is fine, what it stumbles over is not."""

    def __init__(self, server: RunningServer, journal: MemoryJournal) -> None:
        given = server.enrol(journal)
        self._http = httpx.Client(
            base_url=f"{server.url}{wire.API}",
            headers={"Authorization": f"Bearer {given.token}", "Content-Type": wire.JSON_TYPE},
            timeout=60,
        )
        server.guests.append(self._http)

    def post(self, body: bytes) -> None:
        """The same bytes to three routes, packed and not."""
        packed = gzip.compress(body, 1)
        self._one("/journal", packed, {"Content-Encoding": "gzip"})
        self._one("/journal", body, {"Content-Encoding": "gzip"})
        self._one("/enrol", body, {})
        self._one("/suggestions", body, {})

    def _one(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        answer = self._http.post(path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500, f"{path} answered {answer.status_code}"
        assert wire.decode(answer.content, wire.Problem).message, "refused without a word"


def _read_answer(data: bytes) -> None:
    for kind in (wire.Ack, wire.Mark, wire.Problem, wire.EnrolAnswer, wire.CatalogueDocument):
        try:
            wire.decode(data, kind)
        except AdalError:
            continue


def _read_lines(data: bytes) -> None:
    list(journalfile.verify(journalfile.read_lines(data.split(b"\n"), "stick")))


def _read_code(seen: tuple[Symbology, str]) -> None:
    codes = read_code(*seen)
    assert codes, "a reading names a product or is refused"
    assert all(len(code.gtin14) == 14 and code.gtin14.isdigit() for code in codes)


class _Sheet:
    """Reads a file and works out what it would change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, content: bytes) -> object:
        self._path.write_bytes(content)
        return previewed(self._path)


_digits = st.text("0123456789", max_size=30)
_codes = (
    st.text(max_size=40)
    | _digits
    | st.builds("]{}{}".format, st.sampled_from(["C1", "d2", "Q3", "E0", "e0"]), _digits)
    | st.builds("(01){}(17){}".format, _digits, _digits)
    | st.builds("01{}\x1d10{}".format, _digits, st.text(max_size=8))
    | st.builds("https://id.gs1.org/01/{}/{}".format, _digits, st.text(max_size=8))
)
_cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["water", "180", "-1", "1e9", "=1+1", '"', "4870001157937", "٣", "\x00", "1,5"]
    ),
)
_csv = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda rows, mark, encoding: (
            mark.join(HEADINGS) + "\r\n" + "\r\n".join(mark.join(row) for row in rows)
        ).encode(encoding, "replace"),
        st.lists(st.lists(_cells, max_size=6), max_size=6),
        st.sampled_from(";,\t"),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251"]),
    ),
)


def _xlsx(folder: Path) -> bytes:
    rows = (HEADINGS, ("water", "Вода", 180, "4870001157937"), ("pen", "Ручка", 120, ""))
    return xlsx_file(folder, *rows).read_bytes()


def _checkpoint() -> bytes:
    proof = base64.b64encode(bytes(64)).decode()
    key = base64.b64encode(bytes(32)).decode()
    document = json.dumps(
        {
            "region": "47",
            "day": "2026-11-21",
            "made_ms": 1,
            "previous_hash": "0" * 64,
            "heads": [{"kiosk_id": "0123456789abcdef", "epoch": 1, "seq": 1, "hash": "ab"}],
        }
    )
    return json.dumps({"document": document, "signature": proof, "public_key": key}).encode()


FAULT = Fault(
    "fuzz",
    "messages, files and codes that somebody made to break the readers",
    "each reader refuses in words; nothing falls over, nothing is taken in",
    "examples for each of 8 readers",
    3_000,
    100,
    run,
)
