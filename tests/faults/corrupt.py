"""Files of a kiosk that were damaged: settings, catalogue, identity, key, journal, upload state."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from kiosk.catalogue import CatalogueStore
from kiosk.config import load_config
from kiosk.domain.errors import AdalError
from kiosk.facts import ENROLMENT_FILE, ROOT
from kiosk.journal import Journal
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.verify import verify
from sync import enrolment, wire
from sync.status import load_state
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.journal.support import fill, sale

UPLOAD_STATE_FILE = "upload.json"
CONFIG_FILE = "config.toml"


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: one file is damaged in one way, and everything is started."""
    outcome = Outcome()
    with scratch() as folder:
        whole = _whole(folder / "whole")
        names = sorted(path.name for path in whole.iterdir() if path.stat().st_size)
        for number in range(rounds):
            rng = dice(seed, "corrupt", number)
            directory = folder / "kiosk"
            shutil.copytree(whole, directory)
            name = names[number % len(names)]
            damage = rng.choice(list(DAMAGES))
            DAMAGES[damage](directory / name, rng)
            _start(whole, directory, name, f"round {number}: {name} {damage}", outcome)
            shutil.rmtree(directory)
            log.advance()
    return outcome


def _whole(directory: Path) -> Path:
    journal = Journal.open(directory)
    fill(journal, 30)
    identity = journal.identity
    journal.close()
    shutil.copy(ROOT / CONFIG_FILE, directory / CONFIG_FILE)
    store = CatalogueStore(directory)
    for version in (1, 2):
        document = wire.CatalogueDocument(version, [wire.ProductMessage("pen", {"kk": "Қ"}, 120)])
        store.replace(msgspec.json.encode(document))
    given = enrolment.Enrolment(
        "https://centre.example",
        identity.kiosk_id,
        1,
        "",
        wire.ShopMessage(1, "shop", "Shop"),
        "token",
        "approved",
        0,
    )
    enrolment.save(given, directory / ENROLMENT_FILE)
    (directory / UPLOAD_STATE_FILE).write_bytes(b'{"epoch":1,"seq":20,"last_contact_ms":1}')
    (directory / "journal.lock").unlink(missing_ok=True)
    return directory


# --- damages ---


def _flip(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 8)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def _cut(file: Path, rng: random.Random) -> None:
    os.truncate(file, rng.randrange(file.stat().st_size))


def _empty(file: Path, _rng: random.Random) -> None:
    file.write_bytes(b"")


def _zero(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    start = rng.randrange(len(content))
    length = min(len(content) - start, rng.randint(1, 4096))
    content[start : start + length] = bytes(length)
    file.write_bytes(content)


def _noise(file: Path, rng: random.Random) -> None:
    file.write_bytes(rng.randbytes(rng.randint(1, 4096)))


def _gone(file: Path, _rng: random.Random) -> None:
    file.unlink()


DAMAGES: dict[str, Callable[[Path, random.Random], None]] = {
    "with flipped bits": _flip,
    "cut off": _cut,
    "emptied": _empty,
    "with a block of zeros": _zero,
    "full of noise": _noise,
    "gone": _gone,
}


# --- what a start makes of it ---


def _start(whole: Path, directory: Path, name: str, where: str, outcome: Outcome) -> None:
    """Every part reads its file; whatever it meets, it says so in words or works."""
    for part, read in PARTS.items():
        try:
            read(directory)
            said = ""
        except AdalError as error:
            said = str(error)
        except Exception as error:
            outcome.expect(False, f"{where}: {part} fell over: {error!r}")
            continue
        if said:
            outcome.counts[f"{part}: refused in words"] += 1
            outcome.expect(len(said) > 20, f"{where}: {part} says only {said!r}")
    outcome.counts["damaged files"] += 1
    if name == JOURNAL_FILE and (directory / name).exists():
        return
    same = (directory / JOURNAL_FILE).exists() and _begins_with(whole, directory)
    kept = same or name == JOURNAL_FILE
    outcome.counts["journals not overwritten"] += same
    outcome.expect(kept, f"{where}: the journal was overwritten")


def _begins_with(whole: Path, directory: Path) -> bool:
    """Whether all old entries are there, as they were."""
    query = "SELECT epoch, seq, hash, payload FROM entry ORDER BY epoch, seq"
    rows = []
    for folder in (whole, directory):
        with closing(sqlite3.connect(folder / JOURNAL_FILE)) as connection:
            rows.append(connection.execute(query).fetchall())
    return rows[1][: len(rows[0])] == rows[0]


def _journal(directory: Path) -> None:
    """Opens it and sells; what was damaged before the sale is looked at afterwards."""
    file = directory / JOURNAL_FILE
    before = file.read_bytes() if file.exists() else b""
    try:
        journal = Journal.open(directory)
    except AdalError:
        # A journal that cannot be trusted is evidence: not one byte of it may change.
        after = file.read_bytes() if file.exists() else b""
        if after != before:
            raise AssertionError("a refused journal was written to") from None
        raise
    try:
        journal.append(sale("after the damage")).result(20)
    finally:
        journal.close()


def _verify(directory: Path) -> None:
    """A walk through it ends in a report or in words; what is wrong stands in it."""
    verify(directory)


def _catalogue(directory: Path) -> None:
    """One of two versions is damaged at most: the other one is there."""
    if not CatalogueStore(directory).load().products:
        raise AssertionError("no version of the catalogue was left")


PARTS: dict[str, Callable[[Path], object]] = {
    "settings": lambda directory: load_config(directory / CONFIG_FILE),
    "catalogue": _catalogue,
    "enrolment": lambda directory: enrolment.load(directory / ENROLMENT_FILE),
    "upload state": lambda directory: load_state(directory / UPLOAD_STATE_FILE),
    "verify": _verify,
    "journal": _journal,
}

FAULT = Fault(
    "corrupt",
    "settings, catalogue, identity, key, enrolment or journal are damaged or gone",
    "clear words or the last good state; the journal is never overwritten",
    "damaged files",
    1_000,
    60,
    run,
)
