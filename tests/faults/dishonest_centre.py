"""Whoever runs the centre drops, edits and reorders sales in its database, with its signing key.

One person kept yesterday's checkpoint, another the kiosk's own export. The administrator changes
the books, makes new checkpoints and exports what the database now says; `adal-sync verify` is run
by those who kept something, with no network and no server.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.domain import chain
from kiosk.domain.chain import StoredEntry
from kiosk.journal import export
from sync import checkpoints
from sync.__main__ import main as adal_sync
from tests.domain.journals import NOON_MS
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.sync.harness import MemoryJournal, sale

SALES_MAX = 60

Crime = Callable[[list[StoredEntry], random.Random, Ed25519PrivateKey], list[StoredEntry]]
"""Takes the entries, the dice, and the kiosk's key, which only a thief of the card has."""


@dataclass(frozen=True)
class Books:
    """A kiosk's journal as the centre has it, and the checkpoint that somebody kept."""

    journal: MemoryJournal
    kept: Path


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: a journal, a checkpoint of some day, one crime before it, one export."""
    outcome = Outcome()
    for number in range(rounds):
        rng = dice(seed, "dishonest_centre", number)
        with scratch() as folder:
            books = _books(folder, rng)
            name = list(CRIMES)[number % len(CRIMES)]
            _honest(books, folder, f"round {number}", outcome)
            stolen = books.journal.identity.key
            forged = CRIMES[name](list(books.journal.entries), rng, stolen)
            caught = _verify(books, forged, folder)
            outcome.counts[f"{name}: caught"] += caught
            outcome.expect(caught, f"round {number}: {name} was not caught")
        log.advance()
    return outcome


def _books(folder: Path, rng: random.Random) -> Books:
    journal, centre = MemoryJournal(), Ed25519PrivateKey.generate()
    for number in range(rng.randint(8, SALES_MAX)):
        journal.add(sale(number, rng.randint(1, 90) * 10), NOON_MS + number)
    kept_seq = rng.randint(6, len(journal.entries))
    kept = folder / "kept.json"
    kept.write_bytes(_checkpoint(journal.entries[kept_seq - 1], centre).to_file())
    return Books(journal, kept)


def _checkpoint(head: StoredEntry, centre: Ed25519PrivateKey) -> checkpoints.SignedCheckpoint:
    heads = [checkpoints.CheckpointHead(head.kiosk_id, head.epoch, head.seq, head.hash.hex())]
    content = checkpoints.Checkpoint("47", "2026-11-19", NOON_MS, checkpoints.NO_PREVIOUS, heads)
    return checkpoints.sign(content, centre)


def _honest(books: Books, folder: Path, where: str, outcome: Outcome) -> None:
    """The true export is not accused."""
    accused = _verify(books, books.journal.entries, folder)
    outcome.counts["true exports acquitted"] += not accused
    outcome.expect(not accused, f"{where}: the true export was accused")


def _verify(books: Books, entries: list[StoredEntry], folder: Path) -> bool:
    """Whether `adal-sync verify`, given the kept checkpoint, finds something wrong."""
    file = folder / "export.jsonl"
    key = books.journal.identity.public_key
    lines = [export.line_of(one, None if index else key) for index, one in enumerate(entries)]
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = adal_sync(["verify", str(file), "--checkpoint", str(books.kept), "--json"])
    answer = json.loads(said.getvalue().strip().splitlines()[-1])
    return code != 0 and not answer["ok"]


# --- crimes ---


def _rechained(
    entries: list[StoredEntry], sign: Callable[[bytes], bytes] | None = None
) -> list[StoredEntry]:
    """Numbers and hashes made anew, so that the chain itself is unbroken."""
    made: list[StoredEntry] = []
    before = chain.GENESIS
    for seq, one in enumerate(entries, 1):
        digest = chain.entry_hash(one.kiosk_id, one.epoch, seq, before, one.payload)
        signature = one.signature if sign is None else sign(digest)
        made.append(replace(one, seq=seq, prev_hash=before, hash=digest, signature=signature))
        before = digest
    return made


def _drop(
    entries: list[StoredEntry], rng: random.Random, _key: Ed25519PrivateKey
) -> list[StoredEntry]:
    del entries[rng.randrange(1, 5)]
    return entries


def _edit(
    entries: list[StoredEntry], rng: random.Random, _key: Ed25519PrivateKey
) -> list[StoredEntry]:
    at = rng.randrange(5)
    fields = json.loads(entries[at].payload)
    fields["total_tenge"] = fields["lines"][0]["unit_price_tenge"] = 10 * rng.randint(100, 200)
    words = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    entries[at] = replace(entries[at], payload=words)
    return entries


def _reorder(
    entries: list[StoredEntry], rng: random.Random, _key: Ed25519PrivateKey
) -> list[StoredEntry]:
    one, other = rng.sample(range(5), 2)
    entries[one], entries[other] = entries[other], entries[one]
    return entries


def _cut_end(
    entries: list[StoredEntry], rng: random.Random, _key: Ed25519PrivateKey
) -> list[StoredEntry]:
    return entries[: rng.randint(1, 5)]


def _cut_beginning(
    entries: list[StoredEntry], rng: random.Random, _key: Ed25519PrivateKey
) -> list[StoredEntry]:
    """No more than what stands before the kept head: after it a file may begin."""
    return entries[rng.randint(1, 5) :]


def _anew(crime: Crime) -> Crime:
    return lambda entries, rng, key: _rechained(crime(entries, rng, key))


def _with_a_stolen_key(crime: Crime) -> Crime:
    """The administrator also has the kiosk's key: every signature is right."""
    return lambda entries, rng, key: _rechained(
        crime(entries, rng, key), lambda digest: chain.sign_hash(key, digest)
    )


CRIMES: dict[str, Crime] = {
    "sale dropped": _drop,
    "sale edited": _edit,
    "sales reordered": _reorder,
    "end of the journal cut off": _cut_end,
    "beginning of the journal left out": _cut_beginning,
    "sale dropped, hashes made anew": _anew(_drop),
    "sale edited, hashes made anew": _anew(_edit),
    "sales reordered, hashes made anew": _anew(_reorder),
    "sale dropped, all signed with the kiosk's stolen key": _with_a_stolen_key(_drop),
    "sale edited, all signed with the kiosk's stolen key": _with_a_stolen_key(_edit),
}

FAULT = Fault(
    "dishonest_centre",
    "whoever runs the centre drops, edits or reorders sales",
    "`sync verify` convicts him before anyone who kept a checkpoint, and acquits a true export",
    "exports",
    500,
    20,
    run,
)
