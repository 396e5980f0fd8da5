"""``adal-sync backup`` and ``adal-sync restore``: the centre's whole state as one file."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from sync.cli.common import DONE, WRONG, add_database_options, add_parser, database_url, show
from sync.server.backup import BackupError, files
from sync.server.backup.make import keep_newest, make_backup
from sync.server.backup.manifest import Manifest
from sync.server.backup.restore import drill, restore
from sync.server.settings import wall_clock_ms
from sync.server.store import Store


def add_commands(subparsers: Any) -> None:
    """Adds backup and restore."""
    parser = add_parser(
        subparsers,
        "backup",
        backup,
        "save the centre's whole state as one file, while it runs",
        "  adal-sync backup --out /var/backups/adal --keep 14\n\n"
        "Whoever has the file can speak for the centre: encrypt it before it leaves the machine.",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where it goes")
    parser.add_argument(
        "--keep", type=_count, metavar="N", help="afterwards remove all backups but the newest N"
    )
    add_database_options(parser)
    parser = add_parser(
        subparsers,
        "restore",
        put_back,
        "put a backup in place, and prove that it is what was saved",
        "  adal-sync restore adal-centre-20261121T211000Z.tar            into an empty database\n"
        "  adal-sync restore adal-centre-20261121T211000Z.tar --over     stop the server first\n"
        "  adal-sync restore adal-centre-20261121T211000Z.tar --check    reads the file alone\n"
        "  adal-sync restore /var/backups/adal --drill                   the newest, thrown away\n\n"
        "exit code 1 when it is not what was saved",
    )
    parser.add_argument("file", type=Path, help="the backup, or a folder for the newest in it")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--over", action="store_true", help="replace what is there")
    how.add_argument(
        "--drill",
        action="store_true",
        help="restore into a scratch database, check every entry there, throw it away",
    )
    how.add_argument("--check", action="store_true", help="only read it and its SHA-256")
    add_database_options(parser)


def backup(options: argparse.Namespace) -> int:
    """Makes one."""
    try:
        with closing(Store(database_url(options))) as store:
            out, manifest = make_backup(store, options.out, wall_clock_ms())
    except DBAPIError as error:
        raise BackupError(
            f"The database cannot be read: {error.orig}. Restore the last backup if it is damaged."
        ) from error
    removed = keep_newest(options.out, options.keep) if options.keep else []
    show(
        options,
        _fields(out, manifest) | {"removed": [path.name for path in removed]},
        f"{out}: {_words(manifest)}, read back."
        + (f" {len(removed)} older ones removed." if removed else ""),
    )
    return DONE


def put_back(options: argparse.Namespace) -> int:
    """Restores, or shows that it could be done."""
    file = _newest(options.file)
    if options.check:
        manifest = files.check(file)
        show(options, _fields(file, manifest), f"{file}: {_words(manifest)}, every byte is there.")
        return DONE
    if options.drill:
        manifest, wrong = drill(file, database_url(options))
        text = "\n  ".join(wrong) if wrong else "restored, checked and thrown away again: all well"
        fields = _fields(file, manifest) | {"ok": not wrong, "wrong": wrong}
        show(options, fields, f"{file}: {_words(manifest)}\n  {text}")
        return WRONG if wrong else DONE
    manifest, kept = restore(file, database_url(options), over=options.over, now_ms=wall_clock_ms())
    aside = f" What stood there is {kept}." if kept else ""
    show(
        options,
        _fields(file, manifest) | {"kept": str(kept) if kept else None},
        f"{_words(manifest)} are back, as they were.{aside} Kiosks send what is missing.",
    )
    return DONE


def _newest(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("adal-centre-*.tar"))
    if not found:
        raise BackupError(f"{path} holds no backup; make one: adal-sync backup --out {path}")
    return found[-1]


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _fields(file: Path, manifest: Manifest) -> dict[str, Any]:
    return {
        "file": str(file),
        "made_ms": manifest.made_ms,
        "database": manifest.database,
        "size_bytes": manifest.dump.size_bytes,
        "sha256": manifest.dump.sha256,
        "revision": manifest.contents.revision,
        "entries": manifest.contents.tables.get("entry", 0),
        "journals": len(manifest.contents.journals),
        "tables": manifest.contents.tables,
    }


def _words(manifest: Manifest) -> str:
    tables = manifest.contents.tables
    return (
        f"{tables.get('shop', 0)} shops, {len(manifest.contents.journals)} journals, "
        f"{tables.get('entry', 0)} entries"
    )
