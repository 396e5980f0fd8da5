"""Commands beside the server: enrol and push a kiosk, take sales home, check a journal."""

from __future__ import annotations

import argparse
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kiosk.domain.errors import SyncError, WireError
from sync import enrolment, journalfile
from sync.centre import Centre
from sync.cli import pull
from sync.cli.common import DONE, WRONG, add_parser, show
from sync.cli.kept import Kept, add_options
from sync.session import Session
from sync.wire import decode

ENROLMENT_FILE = "enrolment.json"
SOFTWARE = "adal 0.1.0"
_FAULTS_SHOWN_MAX = 20


def add_commands(subparsers: Any) -> None:
    """Adds enrol, push, pull and verify."""
    _add_enrol(subparsers)
    _add_push(subparsers)
    pull.add_commands(subparsers)
    _add_verify(subparsers)


class _Identity(msgspec.Struct, frozen=True):
    """What ``identity.json`` in a kiosk's folder says."""

    kiosk_id: str
    epoch: int
    key_file: str


def enrol(options: argparse.Namespace) -> int:
    """Enrols the kiosk whose folder is given."""
    folder: Path = options.data
    identity, key = _read_identity(folder)
    if _is_overheard(options.server):
        print(
            f"Warning: {options.server} is not https. Whoever listens on the way can read the "
            "code, and later the token.",
            file=sys.stderr,
        )
    given = enrolment.enrol(
        options.server,
        options.code,
        kiosk_id=identity.kiosk_id,
        epoch=identity.epoch,
        key=key,
        software=SOFTWARE,
    )
    enrolment.save(given, folder / ENROLMENT_FILE)
    waits = "" if given.status == "approved" else "; a coordinator must approve it now"
    show(
        options,
        {
            "kiosk_id": given.kiosk_id,
            "epoch": given.epoch,
            "shop": given.shop.slug,
            "status": given.status,
        },
        f"Kiosk {given.kiosk_id} belongs to {given.shop.name}{waits}.",
    )
    return DONE


def push(options: argparse.Namespace) -> int:
    """Sends a journal that came as a file."""
    given = enrolment.load(options.enrolment)
    if given is None:
        raise SyncError(f"{options.enrolment} is not there; enrol the kiosk first.")
    journal = journalfile.FileJournal([x.entry for x in journalfile.read_file(options.file)])
    with pull.Bar("sending") as advance, Centre(given.server_url, given.token) as centre:
        sent = 0

        def acked(_epoch: int, _seq: int) -> None:
            nonlocal sent
            sent += 1
            advance(sent, None)

        session = Session(journal, centre, on_acked=acked)
        mark = session.ask_mark()
        session.push_all(mark)
    head = journal.head()
    show(
        options,
        {"epoch": head.epoch, "seq": head.seq, "head_hash": head.hash.hex(), "batches": sent},
        f"The centre has everything up to entry {head.epoch}/{head.seq}.",
    )
    return DONE


def verify(options: argparse.Namespace) -> int:
    """Checks an exported journal."""
    keys = dict(map(_key_of, options.key))
    kept = Kept(options)
    with options.file.open("rb") if options.file != Path("-") else sys.stdin.buffer as file:
        lines = kept.watch(journalfile.read_lines(file, str(options.file)))
        reports = list(journalfile.verify(lines, keys))
    faults = [fault for report in reports for fault in report.faults]
    text = "\n".join([*map(_describe, reports), *map(_describe_fault, faults[:_FAULTS_SHOWN_MAX])])
    if len(faults) > _FAULTS_SHOWN_MAX:
        text += f"\n  and {len(faults) - _FAULTS_SHOWN_MAX} more"
    against = kept.faults()
    text += "".join(f"\n  {fault}" for fault in against)
    show(
        options,
        {
            "ok": not faults and not against and bool(reports),
            "entries": sum(report.entries for report in reports),
            "epochs": [
                {
                    "kiosk_id": report.kiosk_id,
                    "epoch": report.epoch,
                    "seq": report.head.seq,
                    "head_hash": report.head.hash.hex(),
                    "signed": report.signed,
                    "key_known": report.key_known,
                }
                for report in reports
            ],
            "faults": msgspec.to_builtins(faults),
            "checkpoint_faults": against,
        },
        text or "The file holds no entries.",
    )
    return DONE if reports and not faults and not against else WRONG


def _read_identity(folder: Path) -> tuple[_Identity, Ed25519PrivateKey]:
    path = folder / "identity.json"
    try:
        identity = decode(path.read_bytes(), _Identity)
        key_path = folder / Path(identity.key_file).name
        key = load_pem_private_key(key_path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SyncError(
            f"{error.filename} is not there; start the kiosk once, it makes its own key."
        ) from error
    except (OSError, WireError, ValueError) as error:
        raise SyncError(f"The kiosk's identity in {folder} cannot be read: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SyncError(f"{key_path} holds no Ed25519 key.")
    return identity, key


def _is_overheard(address: str) -> bool:
    """Whether code and token would go unencrypted to another machine."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname in (None, "localhost"):
        return False
    try:
        return not ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


def _key_of(text: str) -> tuple[int, bytes]:
    epoch, _, digits = text.rpartition(":")
    try:
        key = bytes.fromhex(digits)
        number = int(epoch or "1")
    except ValueError:
        key, number = b"", 0
    if len(key) != 32 or number < 1:
        raise WireError(f"--key {text!r}: write EPOCH:HEX with 64 hex digits.")
    return number, key


def _describe(report: journalfile.EpochReport) -> str:
    signed = {
        None: "no key at hand, signatures not checked",
        True: "all signed" if report.key_known else "all signed by the key that the file names",
        False: "NOT ALL SIGNED",
    }[report.signed]
    state = "CHANGED OR BROKEN" if report.faults else "unbroken"
    return (
        f"kiosk {report.kiosk_id}, epoch {report.epoch}: entries {report.first_seq} to "
        f"{report.head.seq}, {state}, {signed}; head {report.head.hash.hex()[:12]}"
    )


def _describe_fault(fault: Any) -> str:
    return f"  entry {fault.epoch}/{fault.seq} {fault.what}"


def _add_enrol(subparsers: Any) -> None:
    parser = add_parser(
        subparsers,
        "enrol",
        enrol,
        "enrol a kiosk with a one-time code",
        "  adal-sync enrol --server https://centre.example --code K7QF-93MD --data kiosk-folder",
    )
    parser.add_argument("--server", required=True, metavar="URL", help="the central server")
    parser.add_argument("--code", required=True, help="one-time code, from adal-sync enrol-code")
    parser.add_argument(
        "--data", required=True, type=Path, metavar="DIR", help="the kiosk's data folder"
    )


def _add_push(subparsers: Any) -> None:
    parser = add_parser(
        subparsers,
        "push",
        push,
        "send a journal that was exported to a file",
        "  adal-kiosk journal export --out journal.jsonl\n"
        "  adal-sync push journal.jsonl --enrolment enrolment.json",
    )
    parser.add_argument("file", type=Path, help="lines of JSON, from adal-kiosk journal export")
    parser.add_argument(
        "--enrolment", required=True, type=Path, metavar="FILE", help="the kiosk's enrolment.json"
    )


def _add_verify(subparsers: Any) -> None:
    parser = add_parser(
        subparsers,
        "verify",
        verify,
        "check an exported journal, with no network and no server",
        "  adal-sync verify journal.jsonl\n"
        "  adal-sync verify journal.jsonl --key 2:HEX        exit code 1 when anything is wrong\n"
        "  adal-sync verify journal.jsonl --checkpoint 47.json",
    )
    parser.add_argument("file", type=Path, help="lines of JSON; - reads them from a pipe")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="EPOCH:HEX",
        help="public key of an epoch, known from elsewhere; may be given several times",
    )
    add_options(parser)
