"""``python -m kiosk journal verify | rebuild | export | show``.

Exit codes: 0 all is well, 1 something is wrong with the journal, 2 the command could not be done.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kiosk.domain import entries
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import Sale
from kiosk.domain.errors import AdalError, EntryError
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.domain.money import format_tenge
from kiosk.journal import export
from kiosk.journal.folds import Position
from kiosk.journal.rebuild import rebuild
from kiosk.journal.store import START, Reader
from kiosk.journal.verify import Report, journal_path, verify

OK, WRONG, UNABLE = 0, 1, 2

_EXAMPLES = {
    "verify": "  python -m kiosk journal verify\n  python -m kiosk journal verify --json",
    "rebuild": "  python -m kiosk journal rebuild",
    "export": (
        "  python -m kiosk journal export --out /media/stick/journal.jsonl\n"
        "  python -m kiosk journal export --since 1/250 --out - | gzip > rest.jsonl.gz"
    ),
    "show": "  python -m kiosk journal show\n  python -m kiosk journal show -n 100 --json",
}


def add_commands(subparsers: Any, default_directory: Path) -> None:
    """Adds ``journal …`` to a program's commands.

    Each command sets ``run``, a function from the parsed arguments to an exit code.
    """
    parser = subparsers.add_parser(
        "journal", help="check, rebuild, export or read this kiosk's journal"
    )
    commands = parser.add_subparsers(dest="journal_command", required=True, metavar="COMMAND")
    _add(commands, "verify", _verify, default_directory, "check every entry, signature and total")
    _add(commands, "rebuild", _rebuild, default_directory, "fold all totals anew and compare them")
    one = _add(commands, "export", _export, default_directory, "write all entries as JSON lines")
    one.add_argument("--out", required=True, metavar="FILE", help="file to write; - is the output")
    one.add_argument(
        "--since", type=_position, default=START, metavar="EPOCH/SEQ", help="only what comes after"
    )
    one = _add(commands, "show", _show, default_directory, "print the last entries in plain words")
    one.add_argument("-n", type=int, default=20, metavar="COUNT", help="how many (default 20)")


def _add(
    commands: Any,
    name: str,
    command: Callable[[argparse.Namespace], int],
    default_directory: Path,
    text: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"examples:\n{_EXAMPLES[name]}\n\nexit codes: 0 well, 1 faults, 2 not done",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=default_directory,
        metavar="DIR",
        help="the kiosk's directory (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    parser.set_defaults(run=lambda args: _run(command, args))
    return parser


def _run(command: Callable[[argparse.Namespace], int], args: argparse.Namespace) -> int:
    """Runs a command; what it cannot do it says in one line."""
    try:
        return command(args)
    except AdalError as error:
        _complain(str(error), args)
        return UNABLE


def _verify(args: argparse.Namespace) -> int:
    with _bar("Checking entries") as advance:
        report = verify(args.data, advance)
    if args.json:
        _line(_report_fields(report))
    else:
        _print_report(report)
    return OK if report.ok else WRONG


def _rebuild(args: argparse.Namespace) -> int:
    with _bar("Folding entries") as advance:
        result = rebuild(args.data, advance)
    if args.json:
        _line(
            {
                "ok": result.report.entries_ok,
                "entries": result.report.entry_count,
                "replaced": result.differences,
                "restored": result.restored,
                "entry_faults": _fault_fields(result.report),
            }
        )
    elif not result.report.entries_ok:
        _print_report(result.report)
        _say("Nothing was rebuilt: the entries themselves are not in order.")
    else:
        for difference in result.differences:
            _say(f"set right: {difference}")
        for name in result.restored:
            _say(f"put back: protection {name}")
        _say(f"The totals agree with all {result.report.entry_count} entries.")
    return OK if result.report.entries_ok else WRONG


def _export(args: argparse.Namespace) -> int:
    reader = Reader(journal_path(args.data))
    total = reader.count()
    if args.out == "-":
        export.write_to(sys.stdout.buffer, reader, args.since, lambda _count: None)
        sys.stdout.buffer.flush()
        return OK
    with _bar("Writing entries") as advance:
        count = export.write(reader, Path(args.out), args.since, lambda done: advance(done, total))
    if args.json:
        _line({"ok": True, "entries": count, "out": args.out})
    else:
        _say(f"{count} entries written to {args.out}.")
    return OK


def _show(args: argparse.Namespace) -> int:
    reader = Reader(journal_path(args.data))
    newest: deque[StoredEntry] = deque()
    for page in reader.pages_newest_first():
        newest.extendleft(page[: args.n - len(newest)])
        if len(newest) >= args.n:
            break
    for stored in newest:
        if args.json:
            _line(_entry_fields(stored))
        else:
            _say(describe(stored))
    return OK


def describe(stored: StoredEntry) -> str:
    """One entry in one line: number, time at UTC+5, receipt, type, what it says."""
    number = f"{stored.epoch}/{stored.seq:<6} {stored.receipt}"
    try:
        entry = entries.decode(stored.payload)
    except EntryError as error:
        return f"{number} unreadable: {error}"
    return f"{number} {_when(entry.stamp.at_ms)}  {entries.type_of(entry.body):<13} {_what(entry.body)}".rstrip()


def _when(at_ms: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    try:
        return moment.astimezone(KAZAKHSTAN).strftime("%Y-%m-%d %H:%M:%S")
    except OverflowError:  # the last hours of the year 9999 UTC are 10000 here
        return moment.strftime("%Y-%m-%d %H:%M:%SZ")


def _what(body: entries.Body) -> str:
    if isinstance(body, Sale):
        goods = ", ".join(f"{line.quantity} × {line.name}" for line in body.lines)
        return f"{format_tenge(body.total_tenge)} by {type(body.tender).__name__[:-6]}: {goods}"
    fields = msgspec.to_builtins(body)
    return ", ".join(
        f"{name} {_in_words(value)}" for name, value in fields.items() if name != "type"
    )


def _in_words(value: Any) -> str:
    """Counted pieces as ``n500×2 c20×3``, goods as ``24 × samsa``, anything else as it is."""
    if isinstance(value, dict):
        return " ".join(
            f"{name}×{inner}" if isinstance(inner, int) else f"{name} {inner}"
            for name, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return "; ".join(_line_in_words(line) for line in value)
    return str(value)


def _line_in_words(line: Any) -> str:
    if isinstance(line, dict) and "quantity" in line:
        return f"{line['quantity']} × {line.get('name') or line.get('product_id')}"
    return _in_words(line)


def _report_fields(report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "file": str(report.path),
        "kiosk_id": report.kiosk_id,
        "entries": report.entry_count,
        "heads": [
            {"epoch": head.epoch, "seq": head.seq, "hash": head.hash.hex()} for head in report.heads
        ],
        "damage": report.damage,
        "file_faults": report.file_faults,
        "entry_faults": _fault_fields(report),
        "fold_faults": report.fold_faults,
    }


def _fault_fields(report: Report) -> list[dict[str, Any]]:
    return [{"epoch": f.epoch, "seq": f.seq, "what": f.what} for f in report.entry_faults]


def _entry_fields(stored: StoredEntry) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(export.line_of(stored))
    with contextlib.suppress(KeyError, msgspec.DecodeError):
        fields["payload"] = msgspec.json.decode(fields["payload"])
    return fields


def _print_report(report: Report) -> None:
    for sentence in (*report.damage, *report.file_faults, *report.fold_faults):
        _say(f"fault: {sentence}")
    for fault in report.entry_faults:
        _say(f"fault: entry {fault.epoch}/{fault.seq} {fault.what}")
    for head in report.heads:
        _say(f"epoch {head.epoch}: {head.seq} entries, head {head.hash.hex()}")
    verdict = "is as it was written" if report.ok else "is NOT in order; tell the coordinator"
    _say(f"The journal of kiosk {report.kiosk_id} ({report.entry_count} entries) {verdict}.")


@contextlib.contextmanager
def _bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the error stream, so that the answer stays clean; only for people."""
    columns = (TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _position(text: str) -> Position:
    """``1/250`` → (1, 250)."""
    epoch, _, seq = text.partition("/")
    if not (epoch.isdecimal() and seq.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no entry; write EPOCH/SEQ like 1/250")
    return int(epoch), int(seq)


def _complain(text: str, args: argparse.Namespace) -> None:
    if args.json:
        _line({"ok": False, "error": text})
    else:
        sys.stderr.write(f"{text}\n")


def _line(fields: dict[str, Any]) -> None:
    _say(msgspec.json.encode(fields).decode())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
