"""A journal changed behind its back: every field, every entry, by people who know how it is made.

Two hands try each change of an entry's words. The first changes only the bytes. The second knows
the chain: it makes all hashes after it anew, and the totals too; what it lacks is the kiosk's key.
Entries taken off the end together with forged totals leave a true, shorter journal; that is found
by whoever kept the centre's checkpoint of a later head.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import keys
from kiosk.domain import chain
from kiosk.domain.entries import decode
from kiosk.domain.errors import AdalError
from kiosk.domain.ledger import fold_all
from kiosk.journal import Journal, export, folds
from kiosk.journal.database import JOURNAL_FILE, writer_engine
from kiosk.journal.store import Reader
from kiosk.journal.verify import verify
from sync import checkpoints, journalfile
from tests.faults.every_entry import EVERY_ENTRY
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.journal.support import sale, surgery

EPOCH_TWO_SALES = 6
_COLUMNS = ("epoch", "seq", "prev_hash", "hash", "payload", "signature", "once_key")

Change = tuple[str, Callable[[Path], object]]
"""What it is called, and the hand that does it to the journal of a folder."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """Changes a copy of one whole journal, each time in another way."""
    outcome = Outcome()
    with scratch() as folder:
        whole = _whole_journal(folder / "whole")
        outcome.expect(verify(whole).ok, "the journal that nobody touched is not in order")
        plan = _plan(whole, dice(seed))
        for number in range(rounds):
            kind, change = next(plan)
            copy = folder / "copy"
            shutil.copytree(whole, copy)
            change(copy)
            found = not verify(copy).ok
            shutil.rmtree(copy)
            outcome.counts[f"{kind} found"] += found
            outcome.expect(found, f"round {number}: {kind} was not found")
            log.advance()
        _truncations(whole, outcome, dice(seed, "checkpoint"))
    return outcome


def _whole_journal(directory: Path) -> Path:
    """All types of entries in a first epoch, sales in a second."""
    journal = Journal.open(directory)
    for body in EVERY_ENTRY:
        journal.append(body).result(20)
    head = journal.head()
    journal.close()
    keys.prepare_epoch_key(directory)
    keys.start_epoch(directory, 2, head.hash)
    journal = Journal.open(directory)
    for number in range(EPOCH_TWO_SALES):
        journal.append(sale(f"second-{number}")).result(20)
    journal.close()
    return directory


# --- the plan ---


def _plan(whole: Path, rng: random.Random) -> Iterator[Change]:
    """Everything once in a random order, then single bits of entries, for ever."""
    changes = [*_edits(whole), *_row_edits(whole, rng), *_moves(whole, rng)]
    rng.shuffle(changes)
    yield from changes
    entries = list(Reader(whole / JOURNAL_FILE).entries())
    while True:
        one, column = rng.choice(entries), rng.choice(_COLUMNS[2:6])
        content: bytes = getattr(one, column)
        bit = rng.randrange(8 * len(content))
        yield "flipped bit", _by(_flip, one, column, bit)


def _by(hand: Callable[..., object], *details: object) -> Callable[[Path], object]:
    """A hand that is told everything but the folder."""
    return lambda folder: hand(folder, *details)


def _edits(whole: Path) -> Iterator[Change]:
    """Each value in each entry's words, by both hands."""
    for stored in Reader(whole / JOURNAL_FILE).entries():
        place = stored.epoch, stored.seq
        for path in _leaves(json.loads(stored.payload)):
            payload = _with_other(stored.payload, path)
            yield "changed field", _by(_put_payload, place, payload)
            yield (
                "changed field, hashes and totals made anew",
                _by(_put_and_chain, place, payload),
            )


def _row_edits(whole: Path, rng: random.Random) -> Iterator[Change]:
    """Each column of each entry, and of the epochs."""
    for stored in Reader(whole / JOURNAL_FILE).entries():
        where = f"epoch = {stored.epoch} AND seq = {stored.seq}"
        for column in _COLUMNS:
            salt = rng.randrange(2**32)
            yield "changed column", _by(_set_column, column, where, salt)
    for column in ("kiosk_id", "public_key", "link_hash"):
        for epoch in (1, 2):
            yield "changed epoch", _by(_set_epoch, column, epoch, rng.randrange(2**32))


def _moves(whole: Path, rng: random.Random) -> Iterator[Change]:
    """Entries taken out, put in, swapped, and cut off the end."""
    entries = list(Reader(whole / JOURNAL_FILE).entries())
    stranger = Ed25519PrivateKey.generate()
    for index, one in enumerate(entries):
        place = one.epoch, one.seq
        if one.seq != max(x.seq for x in entries if x.epoch == one.epoch):
            yield "deleted entry", _by(_delete, place)
            yield "deleted entry, the rest renumbered", _by(_close_up, place)
        yield "cut-off end", _by(_cut, place)
        yield "entry inserted again", _by(_insert_copy, place, rng.choice(entries))
        yield "forged entry inserted", _by(_insert_forged, place, stranger)
        if index:
            before = entries[rng.randrange(index)]
            yield "reordered entries", _by(_swap, place, (before.epoch, before.seq))


# --- the hands ---


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where all plain values of a JSON value are."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path


def _with_other(payload: bytes, path: tuple[Any, ...]) -> bytes:
    """The payload with another value of the same kind at that place."""
    fields = json.loads(payload)
    inner = fields
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = _other(inner[path[-1]])
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "1" if value is None else f"{value}1"


def _put_payload(folder: Path, place: tuple[int, int], payload: bytes) -> None:
    with surgery(folder) as connection:
        connection.execute(
            "UPDATE entry SET payload = ? WHERE epoch = ? AND seq = ?", (payload, *place)
        )


def _put_and_chain(folder: Path, place: tuple[int, int], payload: bytes) -> None:
    """Also makes the epoch's hashes and the totals fit, as far as that goes without the key."""
    _put_payload(folder, place, payload)
    _chain_anew(folder, place[0])
    _forge_totals(folder)


def _chain_anew(folder: Path, epoch: int) -> None:
    with surgery(folder) as connection:
        kiosk_id, before = connection.execute(
            "SELECT kiosk_id, link_hash FROM epoch WHERE epoch = ?", (epoch,)
        ).fetchone()
        rows = connection.execute(
            "SELECT seq, payload FROM entry WHERE epoch = ? ORDER BY seq", (epoch,)
        ).fetchall()
        for seq, payload in rows:
            digest = chain.entry_hash(kiosk_id, epoch, seq, before, payload)
            connection.execute(
                "UPDATE entry SET prev_hash = ?, hash = ? WHERE epoch = ? AND seq = ?",
                (before, digest, epoch, seq),
            )
            before = digest


def _forge_totals(folder: Path) -> None:
    """The totals that the entries now give; left alone where they no longer give any."""
    reader = Reader(folder / JOURNAL_FILE)
    entries = list(reader.entries())
    try:
        ledger = fold_all(decode(one.payload) for one in entries)
    except AdalError:
        return
    with writer_engine(folder / JOURNAL_FILE).begin() as connection:
        folds.replace(connection, ledger, entries[-1].head)


def _set_column(folder: Path, column: str, where: str, salt: int) -> None:
    other: object = salt.to_bytes(4, "big") * (16 if column == "signature" else 8)
    if column in ("epoch", "seq"):
        other = 1_000 + salt % 1_000
    elif column == "once_key":
        other = f"another {salt}"
    with surgery(folder) as connection:
        connection.execute(f"UPDATE entry SET {column} = ? WHERE {where}", (other,))


def _flip(folder: Path, one: chain.StoredEntry, column: str, bit: int) -> None:
    content = bytearray(getattr(one, column))
    content[bit // 8] ^= 1 << bit % 8
    with surgery(folder) as connection:
        connection.execute(
            f"UPDATE entry SET {column} = ? WHERE epoch = ? AND seq = ?",
            (bytes(content), one.epoch, one.seq),
        )


def _set_epoch(folder: Path, column: str, epoch: int, salt: int) -> None:
    other: object = f"{salt:016x}" if column == "kiosk_id" else salt.to_bytes(4, "big") * 8
    with surgery(folder) as connection:
        connection.execute(f"UPDATE epoch SET {column} = ? WHERE epoch = ?", (other, epoch))


def _delete(folder: Path, place: tuple[int, int]) -> None:
    with surgery(folder) as connection:
        connection.execute("DELETE FROM entry WHERE epoch = ? AND seq = ?", place)


def _close_up(folder: Path, place: tuple[int, int]) -> None:
    """Takes an entry out and lets the later ones move up, with new hashes and totals."""
    _delete(folder, place)
    with surgery(folder) as connection:
        later = connection.execute(
            "SELECT seq FROM entry WHERE epoch = ? AND seq > ? ORDER BY seq", place
        ).fetchall()
        for (seq,) in later:
            connection.execute(
                "UPDATE entry SET seq = ? WHERE epoch = ? AND seq = ?", (seq - 1, place[0], seq)
            )
    _chain_anew(folder, place[0])
    _forge_totals(folder)


def _cut(folder: Path, place: tuple[int, int]) -> None:
    """Takes everything from there on off the end."""
    with surgery(folder) as connection:
        connection.execute("DELETE FROM entry WHERE (epoch, seq) >= (?, ?)", place)


def _insert_copy(folder: Path, place: tuple[int, int], other: chain.StoredEntry) -> None:
    """The same words once more, as a new last entry of an epoch, signed by their old signature."""
    with surgery(folder) as connection:
        _insert(connection, place[0], other.payload, other.signature)
    _forge_totals(folder)


def _insert_forged(folder: Path, place: tuple[int, int], key: Ed25519PrivateKey) -> None:
    """A sale that never was, in its place in the chain, signed with somebody else's key."""
    with surgery(folder) as connection:
        words = connection.execute(
            "SELECT payload FROM entry WHERE epoch = ? AND seq = ?", place
        ).fetchone()[0]
        _insert(connection, place[0], words, None, key)
    _forge_totals(folder)


def _insert(
    connection: sqlite3.Connection,
    epoch: int,
    payload: bytes,
    signature: bytes | None,
    key: Ed25519PrivateKey | None = None,
) -> None:
    (kiosk_id,) = connection.execute(
        "SELECT kiosk_id FROM epoch WHERE epoch = ?", (epoch,)
    ).fetchone()
    seq, before = connection.execute(
        "SELECT seq, hash FROM entry WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (epoch,)
    ).fetchone()
    digest = chain.entry_hash(kiosk_id, epoch, seq + 1, before, payload)
    if key is not None:
        signature = chain.sign_hash(key, digest)
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, NULL)",
        (epoch, seq + 1, before, digest, payload, signature),
    )


def _swap(folder: Path, one: tuple[int, int], other: tuple[int, int]) -> None:
    """Two entries change places, with new hashes and totals."""
    with surgery(folder) as connection:
        move = "UPDATE entry SET epoch = ?, seq = ? WHERE epoch = ? AND seq = ?"
        connection.execute(move, (9, 9, *one))
        connection.execute(move, (*one, *other))
        connection.execute(move, (*other, 9, 9))
    _chain_anew(folder, one[0])
    _chain_anew(folder, other[0])
    _forge_totals(folder)


# --- the end cut off, and the totals with it ---


def _truncations(whole: Path, outcome: Outcome, rng: random.Random) -> None:
    """Whoever kept a checkpoint finds every cut before the head that it names."""
    centre = Ed25519PrivateKey.generate()
    lines = list(journalfile.read_lines(export.lines(Reader(whole / JOURNAL_FILE)), "the journal"))
    entries = [line.entry for line in lines]
    named = rng.randrange(len(entries) // 2, len(entries) - 2)
    kept = _checkpoint_at(entries[: named + 1], centre)
    for cut in range(1, len(lines)):
        short = lines[:cut]
        faults = [fault for report in journalfile.verify(short) for fault in report.faults]
        against = checkpoints.check((line.entry for line in short), kept)
        if cut <= named:
            outcome.counts["ends cut off before the countersigned head found"] += bool(against)
            outcome.expect(bool(against), f"an end cut off at {cut} was not found")
        else:
            outcome.counts["ends cut off after it, which nothing shows"] += 1
            outcome.expect(not (faults or against), f"cut {cut}: a true journal was accused")


def _checkpoint_at(
    entries: list[chain.StoredEntry], centre: Ed25519PrivateKey
) -> checkpoints.SignedCheckpoint:
    heads = {(one.kiosk_id, one.epoch): one for one in entries}
    content = checkpoints.Checkpoint(
        "47",
        "2026-11-21",
        1_795_000_000_000,
        checkpoints.NO_PREVIOUS,
        [
            checkpoints.CheckpointHead(one.kiosk_id, one.epoch, one.seq, one.hash.hex())
            for one in heads.values()
        ],
    )
    return checkpoints.sign(content, centre)


FAULT = Fault(
    "tamper",
    "the journal is edited, entries deleted, inserted, reordered, the end cut off",
    "`verify` finds every change; a true but shorter journal is found by the last countersigned "
    "head",
    "changes",
    2_000,
    150,
    run,
)
