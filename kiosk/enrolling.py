"""``python -m kiosk enrol``: makes this kiosk belong to a shop, with a one-time code."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.centre_address import invitation_in, is_overheard
from kiosk.facts import ENROLMENT_FILE, SOFTWARE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kiosk.backup.renewal import Renewal
    from kiosk.keys import KioskIdentity
    from sync.enrolment import EarlierEpoch, Enrolment

log = logging.getLogger(__name__)

EXAMPLES = """examples:
  python -m kiosk enrol --server https://centre.example.kz --code 7KQ2-M8XP
  python -m kiosk enrol --link https://centre.example.kz/enrol#7KQ2M8XP
"""


def add_command(subparsers: Any, directory: Path) -> None:
    """Adds ``enrol`` to the command line; ``directory`` is where the journal lives."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "enrol",
        help="make this kiosk belong to a shop, with a code from the centre",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--server", metavar="URL", help="address of the centre")
    parser.add_argument("--code", help="the one-time code, as told by the centre")
    parser.add_argument("--link", metavar="TEXT", help="both at once: what the picture says")
    parser.set_defaults(run=lambda options: _enrol(options, directory))


def enrol_kiosk(directory: Path, server_url: str, code: str) -> Enrolment:
    """Enrols the kiosk whose journal is in that folder and keeps what the centre answered.

    A kiosk that was never enrolled keeps its epoch; one that was enrolled before, or that was
    restored without its key, makes a new key and starts the epoch that the centre issues.

    Raises:
        SyncError: the centre said no, or could not be reached.
        JournalError: the journal is in use or damaged.
    """
    from kiosk.backup import renewal
    from kiosk.journal import Journal

    lost = renewal.waiting(directory)
    if lost is not None:
        return _enrol_restored(directory, lost, server_url, code)
    journal = Journal.open(directory)
    identity = journal.identity
    journal.close()
    return enrol_identity(directory, identity, server_url, code)


def enrol_identity(
    directory: Path, identity: KioskIdentity, server_url: str, code: str
) -> Enrolment:
    """The same for a journal that is open; when the answer names another epoch than the
    identity's, the journal must be opened again before anything else is written.

    Raises:
        SyncError: the centre said no, or could not be reached.
    """
    from kiosk import keys
    from sync import enrolment

    file = directory / ENROLMENT_FILE
    before = enrolment.load(file)
    again = before is not None
    key = identity.key
    if before is not None and not _is_forgotten(before, identity, server_url):
        key = keys.prepare_epoch_key(directory)
    enrolled = enrolment.enrol(
        server_url,
        code,
        kiosk_id=identity.kiosk_id,
        epoch=identity.epoch,
        key=key,
        software=SOFTWARE,
        earlier=_earlier_epochs(directory, key),
    )
    if again and enrolled.epoch != identity.epoch:
        keys.start_epoch(directory, enrolled.epoch, bytes.fromhex(enrolled.link_hash))
    enrolment.save(enrolled, file)
    return enrolled


def _earlier_epochs(directory: Path, offered: Ed25519PrivateKey) -> list[EarlierEpoch]:
    """What was written under keys that are still here: a centre restored from a backup may have
    lost an epoch that it had issued, and takes its entries only from whom it knows the key of."""
    from kiosk import keys
    from kiosk.domain.errors import JournalError
    from kiosk.journal.database import JOURNAL_FILE
    from kiosk.journal.store import Reader
    from sync.enrolment import EarlierEpoch

    found = []
    for row in Reader(directory / JOURNAL_FILE).epochs():
        try:
            key = keys.load_key(directory / keys.key_file(row.epoch))
        except JournalError as error:
            log.warning("Epoch %d cannot be proven: %s", row.epoch, error)
            continue
        public_key = keys.public_bytes(key)
        if public_key == row.public_key and public_key != keys.public_bytes(offered):
            found.append(EarlierEpoch(row.epoch, key, row.link_hash))
    return found


def _is_forgotten(before: Enrolment, identity: KioskIdentity, server_url: str) -> bool:
    """Whether the centre lost this kiosk: it was restored from a backup of before it came.

    Then the first key, after which the kiosk is named, takes it back, and with it every entry
    that this key signed. A new key is for a centre that knows the kiosk: copies of a card part
    there. The token is told to nobody but the centre that gave it.
    """
    from sync.centre import Centre, CentreRefusedError

    if identity.epoch > 1 or before.server_url != server_url.rstrip("/"):
        return False
    with Centre(before.server_url, before.token, software=SOFTWARE) as centre:
        try:
            centre.mark()
        except CentreRefusedError as refusal:
            return refusal.code == "token_unknown"
    return False


def _enrol_restored(directory: Path, lost: Renewal, server_url: str, code: str) -> Enrolment:
    """A kiosk with its history and its name, but no key: the centre gives it a new epoch."""
    from kiosk import keys
    from kiosk.backup import renewal
    from sync import enrolment

    enrolled = enrolment.enrol(
        server_url,
        code,
        kiosk_id=lost.kiosk_id,
        epoch=lost.epoch,
        key=keys.prepare_epoch_key(directory),
        software=SOFTWARE,
    )
    renewal.begin_epoch(directory, enrolled.epoch, bytes.fromhex(enrolled.link_hash))
    enrolment.save(enrolled, directory / ENROLMENT_FILE)
    return enrolled


def _enrol(options: argparse.Namespace, directory: Path) -> int:
    server, code = invitation_in(options.link or "") or (options.server, options.code)
    if not (server and code):
        sys.stderr.write("Give --server and --code, or --link with what the picture says.\n")
        return 2
    directory.mkdir(parents=True, exist_ok=True)
    if is_overheard(server):
        sys.stderr.write(
            f"Warning: {server} is not https. Whoever listens on the way can read the "
            "code, and later the token.\n"
        )
    enrolled = enrol_kiosk(directory, server, code)
    waits = "" if enrolled.status == "approved" else " A coordinator must approve it first."
    sys.stdout.write(f"This kiosk belongs to {enrolled.shop.name}.{waits}\n")
    return 0
