"""``adal-sync import``: journals that came on a stick, for shops without a network."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from kiosk.domain.errors import ConfigError, WireError
from sync.cli.bars import counting_bar
from sync.cli.common import DONE, WRONG, add_database_options, add_parser, database_url, show
from sync.server import migrate
from sync.server.importing import enrolling, source, taking
from sync.server.importing.known import known_journals
from sync.server.importing.source import Found, JournalId
from sync.server.importing.taking import Outcome, Result
from sync.server.settings import wall_clock_ms
from sync.server.store import Store

Survey = dict[JournalId, Found]


def add_commands(subparsers: Any) -> None:
    """Adds import."""
    parser = add_parser(
        subparsers,
        "import",
        import_files,
        "take in journals that came on a stick",
        "  adal-sync import /media/stick/journal.jsonl\n"
        "  adal-sync import /media/stick/adal-backup-0123456789abcdef-20261121\n"
        "  adal-sync import journal.jsonl --enrol aktau-tsc     a kiosk that never had a network\n\n"
        "A file may be brought again and again; what is here already changes nothing.\n"
        "exit code 0: all of it is in; 1: something was refused, kept aside or is missing",
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="from adal-kiosk journal export, or a kiosk's backup folder",
    )
    parser.add_argument(
        "--enrol",
        metavar="SHOP",
        help="take the file's kiosk in for this shop, with the key in the file",
    )
    parser.add_argument(
        "--kiosk-name",
        metavar="HEX",
        help="the name on the kiosk's glass, for scripts; else it is asked for",
    )
    add_database_options(parser)


def import_files(options: argparse.Namespace) -> int:
    """Takes files in, one after the other."""
    store = Store(database_url(options))
    try:
        migrate.upgrade(store)
        # All files are looked at before the first is taken in.
        surveys = [(path, source.survey(path)) for path in options.files]
        if options.enrol:
            _enrol(options, store, surveys)
        results = [(path, _take(options, store, path, found)) for path, found in surveys]
    except DBAPIError as error:
        place = store.url.render_as_string(hide_password=True)
        raise ConfigError(f"The database {place} cannot be used: {error.orig}") from error
    finally:
        store.close()
    is_whole = all(result.is_whole for _, result in results)
    show(options, _fields(results, is_whole), _words(results))
    return DONE if is_whole else WRONG


def _take(options: argparse.Namespace, store: Store, path: Path, found: Survey) -> Result:
    total = sum(one.entries for one in found.values())
    with _bar(options, path.name, total) as advance:
        return taking.take_file(
            store, path, found, person=None, now_ms=wall_clock_ms, progress=advance
        )


def _enrol(options: argparse.Namespace, store: Store, surveys: list[tuple[Path, Survey]]) -> None:
    """Takes the one unknown kiosk of the files in, once somebody confirmed its name."""
    every = {name for _, found in surveys for name in found}
    known = store.read(lambda connection: known_journals(connection, every, None))
    strangers = sorted({name.kiosk_id for name in every} - {name.kiosk_id for name in known})
    if not strangers:
        return
    if len(strangers) > 1:
        raise WireError(f"The files hold {len(strangers)} unknown kiosks; bring them one by one.")
    [kiosk_id] = strangers
    holding = [pair for pair in surveys if any(name.kiosk_id == kiosk_id for name in pair[1])]
    path, found = next((x for x in holding if JournalId(kiosk_id, 1) in x[1]), holding[0])
    public_key = enrolling.named_key(found, kiosk_id)
    enrolling.require_signed(path, kiosk_id, public_key)
    _confirm(options, kiosk_id)
    now_ms = wall_clock_ms()
    store.write(
        lambda connection: enrolling.enrol_from_file(
            connection,
            None,
            slug=options.enrol,
            kiosk_id=kiosk_id,
            public_key=public_key,
            now_ms=now_ms,
        )
    )


def _confirm(options: argparse.Namespace, kiosk_id: str) -> None:
    """The file cannot vouch for itself: a person compares it with the kiosk's own screen.

    Raises:
        ConfigError: when the names differ, or nobody is there to ask.
    """
    answer = options.kiosk_name
    if answer is None:
        if not sys.stdin.isatty():
            raise ConfigError(
                f"The file is of kiosk {enrolling.hidden(kiosk_id)}, not known here. Read its whole "
                "name on its own screen, under Machine, and give it with --kiosk-name."
            )
        print(
            "A kiosk that is not known here. Its own screen shows its name under Machine.",
            file=sys.stderr,
        )
        answer = input(f"Type that name (it begins with {enrolling.hidden(kiosk_id)}): ")
    if enrolling.typed(answer) != kiosk_id:
        raise ConfigError("That is not the kiosk whose journal this is; nothing was changed.")


@contextmanager
def _bar(options: argparse.Namespace, what: str, total: int) -> Iterator[taking.Progress]:
    with counting_bar(options) as bar, _stopped_between_runs() as go_on:
        task = bar.add_task(what, total=total)

        def advance(count: int) -> None:
            bar.advance(task, count)
            go_on()

        yield advance


@contextmanager
def _stopped_between_runs() -> Iterator[Callable[[], None]]:
    """Ctrl+C ends the work where nothing is half done: in the middle of a transaction it could
    leave the one connection that writes in nobody's hands. A second one ends it at once.
    """
    asked: list[int] = []

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    def go_on() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield go_on
    finally:
        signal.signal(signal.SIGINT, before)


def _fields(results: list[tuple[Path, Result]], is_whole: bool) -> dict[str, Any]:
    return {
        "ok": is_whole,
        "files": [
            {
                "file": str(path),
                "journals": [asdict(one) | {"left": one.left} for one in result.outcomes],
            }
            for path, result in results
        ],
    }


def _words(results: list[tuple[Path, Result]]) -> str:
    return "\n".join(
        line for path, result in results for line in [f"{path}:", *map(_line, result.outcomes)]
    )


def _line(one: Outcome) -> str:
    text = (
        f"  kiosk {one.kiosk_id}, epoch {one.epoch}"
        + (f", {one.shop}" if one.shop else "")
        + f": {one.new} new, {one.held} here already"
        + (f", {one.aside} KEPT ASIDE" if one.aside else "")
        + (f", {one.left} not taken in" if one.left else "")
    )
    if not one.problem:
        return f"{text}; the centre has it up to entry {one.seq}"
    advice = ""
    if one.problem == taking.UNKNOWN:
        advice = "\n    If it never had a network, take it in: --enrol SHOP"
    return f"{text}\n    {one.message}{advice}"
