"""``python -m kiosk backup TO`` and ``python -m kiosk restore FROM``.

Exit codes: 0 done, 1 not done.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from kiosk import keys
from kiosk.backup.check import Progress, Stage, check
from kiosk.backup.make import make_backup
from kiosk.backup.manifest import Backup, BackupError, keep_newest
from kiosk.backup.restore import call_off, carry_out_request, stage
from kiosk.clock import system_wall_ms
from kiosk.domain.errors import AdalError
from kiosk.facts import SOFTWARE

DONE, FAILED = 0, 1

_BACKUP_EXAMPLES = """what is in it: journal, products, settings, pictures; never a key, a token or a PIN.
The kiosk may run meanwhile. The copy is read back from the medium before it counts.

examples:
  python -m kiosk backup /media/stick
  python -m kiosk backup /media/stick --json
  python -m kiosk backup /var/backups/adal-kiosk --keep 7

exit codes: 0 made and read back, 1 not made
"""
_RESTORE_EXAMPLES = """Stop the kiosk first. What is in place is moved aside, never overwritten. The signing key is
in no backup, so the kiosk must be enrolled again afterwards (python -m kiosk enrol), unless the
journal in place ends with the same entry.

examples:
  python -m kiosk restore /media/stick/adal-backup-0123456789abcdef-20261121-180000 --check
  python -m kiosk restore /media/stick/adal-backup-0123456789abcdef-20261121-180000

exit codes: 0 done, 1 nothing was changed
"""
_WORDS = {
    Stage.SNAPSHOT: "Taking the journal",
    Stage.COPY: "Copying",
    Stage.READ_BACK: "Reading back",
    Stage.ENTRIES: "Checking entries",
}


def add_command(subparsers: Any, directory: Path) -> None:
    """Adds ``backup`` and ``restore``; ``directory`` is the kiosk's data."""
    parser = _parser(subparsers, "backup", "copy this kiosk's data to a stick", _BACKUP_EXAMPLES)
    parser.add_argument("to", type=Path, metavar="TO", help="a folder on the stick")
    parser.add_argument(
        "--keep",
        type=_at_least_one,
        metavar="N",
        help="of this kiosk's backups there, only so many",
    )
    parser.set_defaults(run=lambda options: _run(_backup, options, directory))
    parser = _parser(subparsers, "restore", "put a backup back", _RESTORE_EXAMPLES)
    parser.add_argument("source", type=Path, metavar="FROM", help="a folder adal-backup-…")
    parser.add_argument("--check", action="store_true", help="only read it and compare its hashes")
    parser.add_argument(
        "--force",
        action="store_true",
        help="even where newer entries or another kiosk's are put aside",
    )
    parser.set_defaults(run=lambda options: _run(_restore, options, directory))


def _parser(subparsers: Any, name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    return parser


def _run(command: Any, options: argparse.Namespace, directory: Path) -> int:
    """Runs a command; what it cannot do it says in one line."""
    try:
        fields, words = command(options, directory)
    except AdalError as error:
        if options.json:
            _json({"ok": False, "error": str(error)})
        else:
            sys.stderr.write(f"{error}\n")
        return FAILED
    if options.json:
        _json({"ok": True, **fields})
    else:
        sys.stdout.write(f"{words}\n")
    return DONE


def _backup(options: argparse.Namespace, directory: Path) -> tuple[dict[str, Any], str]:
    with _bar() as progress:
        made = make_backup(
            directory, options.to, now_ms=system_wall_ms(), software=SOFTWARE, progress=progress
        )
    if options.keep is not None:
        keep_newest(options.to, made.kiosk_id, options.keep)
    return _fields(made), f"{_in_words(made)} It was read back and is as it should be."


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _restore(options: argparse.Namespace, directory: Path) -> tuple[dict[str, Any], str]:
    if options.check:
        with _bar() as progress:
            backup = check(options.source, progress)
        return _fields(backup), f"{_in_words(backup)} It is as it was written."
    os.close(keys.lock_directory(directory))  # a kiosk that runs: said before anything is copied
    with _bar() as progress:
        found = stage(
            directory,
            options.source,
            now_ms=system_wall_ms(),
            force=options.force,
            progress=progress,
        )
    try:
        result = carry_out_request(directory)
    except AdalError:
        # Else the kiosk's next start would carry out, days later, what was reported as not done.
        call_off(directory)
        raise
    if result is None or not result.done:
        raise BackupError("Nothing was restored." if result is None else result.message)
    fields = {"standing": found, "message": result.message, "must_enrol": result.must_enrol}
    return fields, result.message


def _fields(backup: Backup) -> dict[str, Any]:
    manifest = backup.manifest
    return {
        "folder": str(backup.folder),
        "kiosk_id": manifest.kiosk_id,
        "entries": manifest.entries,
        "head": {"epoch": manifest.epoch, "seq": manifest.seq, "hash": manifest.head_hash},
        "files": len(manifest.files),
        "bytes": manifest.size_bytes,
    }


def _in_words(backup: Backup) -> str:
    return (
        f"{backup.folder}: kiosk {backup.kiosk_id}, {backup.entries} entries, "
        f"{len(backup.manifest.files)} files."
    )


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    """A bar on the error stream, for people only; the answer stays clean."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, share: bar.update(task, description=_WORDS[stage], completed=share)


def _json(fields: dict[str, Any]) -> None:
    sys.stdout.write(f"{msgspec.json.encode(fields).decode()}\n")
