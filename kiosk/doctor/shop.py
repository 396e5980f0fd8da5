"""Is the shop in order: settings, volunteers, journal, and the way to its centre?"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.admin.pin_file import read_document
from kiosk.clock import system_wall_ms
from kiosk.config import Config
from kiosk.doctor.finding import Finding, good, look, wrong
from kiosk.domain.errors import AdalError, JournalError, Unreachable
from kiosk.facts import ENROLMENT_FILE
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader
from kiosk.keys import LOCK_FILE
from kiosk.machine_facts import Network, can_resolve, read_facts
from sync import enrolment
from sync.enrolment import Enrolment
from sync.reach import reach
from sync.status import load_state

CLOCK_OFF_MAX_S = 60
_QUIET_DAYS = 2
_DAY_MS = 86_400_000
_PRIVATE = 0o077
_FIRST_START = "It is made at the first start."


def is_running(directory: Path) -> bool:
    """Whether a program has the journal in that folder now."""
    try:
        descriptor = os.open(directory / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def findings(config: Config, directory: Path, *, upload_state: str) -> Iterator[Finding]:
    """Args: upload_state: the file beside the journal that says how far sending is."""
    yield _journal(directory)
    yield _private(directory)
    yield _volunteers(directory)
    network = read_facts(directory if directory.is_dir() else Path("/")).network
    yield _network(network)
    yield from _centre(config, directory, directory / upload_state, network)


# --- what lies on the disk ---


def _journal(directory: Path) -> Finding:
    path = directory / JOURNAL_FILE
    if not path.is_file():
        return look("journal", f"none yet in {directory}", _FIRST_START)
    try:
        reader = Reader(path)
        faults = [*reader.damage(), *reader.faults()]
        count = reader.count()
    except JournalError as error:
        faults, count = [str(error)], 0
    if faults:
        return wrong(
            "journal",
            "; ".join(faults),
            "Copy the whole folder to a stick before anything else, then: "
            "adal-kiosk journal verify. OPERATIONS.md, Backup and restore.",
        )
    return good("journal", f"entries: {count}")


def _private(directory: Path) -> Finding:
    """Keys, tokens and PINs are for this user alone."""
    names = [*directory.glob("*.key"), *directory.glob("*key*.pem"), directory / ENROLMENT_FILE]
    names.append(directory / "volunteers.json")
    open_to_others = [p.name for p in names if p.is_file() and p.stat().st_mode & _PRIVATE]
    if open_to_others:
        return wrong(
            "private files",
            f"others can read {', '.join(open_to_others)}",
            f"chmod 600 {' '.join(str(directory / name) for name in open_to_others)}",
        )
    return good("private files", "for this user alone")


def _volunteers(directory: Path) -> Finding:
    try:
        count = len(read_document(directory).volunteers)
    except AdalError as error:
        return wrong("volunteers", str(error), "adal-kiosk volunteer --help")
    if not count:
        return look(
            "volunteers",
            "none: nobody can come into the back room",
            'The first start asks for one; or: adal-kiosk volunteer add "Name".',
        )
    return good("volunteers", str(count))


# --- the way to the centre ---


def _network(network: Network) -> Finding:
    addresses = [f"{one.name} {one.address}" for one in network.interfaces if one.address]
    if not network.has_route:
        return look(
            "network",
            "no way out of the building",
            "Sales wait here. Connect a cable, or Wi-Fi by nmtui; without any: "
            "bring the journal on a stick (OPERATIONS.md, Shops without a network).",
        )
    return good("network", ", ".join(addresses) or "connected")


def _centre(config: Config, directory: Path, state: Path, network: Network) -> Iterator[Finding]:
    try:
        enrolled = enrolment.load(directory / ENROLMENT_FILE)
    except AdalError as error:
        yield wrong("centre", str(error), "Enrol again with a new code: adal-kiosk enrol --help")
        return
    if enrolled is None:
        yield look("centre", "not enrolled: sales are kept here", "adal-kiosk enrol --help")
        return
    yield _backlog(state)
    if network.has_route:
        yield _reached(config.sync.server_url or enrolled.server_url, enrolled)


def _backlog(state: Path) -> Finding:
    last_ms = load_state(state).last_contact_ms
    if not last_ms:
        return look("last contact", "never", "Start the kiosk and wait a minute.")
    days = (system_wall_ms() - last_ms) // _DAY_MS
    if days >= _QUIET_DAYS:
        return look("last contact", f"{days} days ago", "See the lines network and centre.")
    return good("last contact", "today" if days < 1 else "yesterday")


def _reached(url: str, enrolled: Enrolment) -> Finding:
    name = f"{enrolled.shop.name} at {url}"
    host = urlsplit(url).hostname or ""
    if not can_resolve(host):
        return look("centre", f"{host} is not known to the network", "Check the name servers.")
    try:
        reached = reach(url)
    except Unreachable as error:
        return look("centre", f"{name}: {error}", "Sales wait here; call the coordinator's office.")
    if not reached.is_well:
        return look(
            "centre",
            f"{name}: something else answered, or it is being mended",
            "Where a network wants a log-in first, give it one; else wait.",
        )
    ahead_s = reached.clock_ahead_s
    if abs(ahead_s) > CLOCK_OFF_MAX_S:
        way = "ahead" if ahead_s > 0 else "behind"
        return look(
            "centre",
            f"{name} answers; this clock is {abs(ahead_s):.0f} s {way}",
            "timedatectl set-ntp true. Reports are corrected by the centre's time.",
        )
    return good("centre", f"{name} answers")
