"""``adal-kiosk doctor``.

Exit codes: 0 the kiosk can sell, 1 something is wrong, 2 wrong words.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from kiosk.config import Config
from kiosk.doctor import devices, machine, program, shop
from kiosk.doctor.finding import Finding, Verdict, good, wrong

EXAMPLES = """examples:
  adal-kiosk doctor                  everything
  adal-kiosk doctor --program        only what was installed; no shop, no camera is touched
  adal-kiosk doctor --json           for a script

exit codes: 0 it can sell (lines with ! want a look), 1 something is wrong
"""

_SIGNS = {Verdict.GOOD: "[green]✓[/]", Verdict.LOOK: "[yellow]![/]", Verdict.WRONG: "[red]✗[/]"}


def add_command(
    subparsers: Any,
    config: Config,
    directory: Path,
    root: Path,
    *,
    harden: Callable[[], None],
    upload_state: str,
    trouble: str,
) -> None:
    """Adds ``doctor``.

    Args:
        directory: where the journal lies.
        root: where kiosk.kv and assets lie.
        harden: keeps Kivy from reading the command line, and must come before it is loaded.
        upload_state: the file beside the journal that says how far sending is.
        trouble: why the settings could not be read; then those of ``config`` are the defaults.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor",
        help="look at everything the kiosk needs, and say what to do",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--program", action="store_true", help="only what was installed")
    parser.add_argument("--json", action="store_true", help="one line of JSON on the output")

    def findings(options: argparse.Namespace) -> Iterator[Finding]:
        logging.disable(logging.INFO)  # a library that greets is not a finding
        harden()
        yield from program.findings(root)
        yield _settings(trouble)
        if options.program:
            return
        yield from machine.findings(directory)
        yield from devices.findings(config, is_running=shop.is_running(directory))
        yield from shop.findings(config, directory, upload_state=upload_state)

    parser.set_defaults(run=lambda options: _run(options, findings(options)))


def _settings(trouble: str) -> Finding:
    if trouble:
        return wrong("settings", trouble, "The kiosk does not start before that is mended.")
    return good("settings", "can be read")


def _run(options: argparse.Namespace, findings: Iterator[Finding]) -> int:
    if options.json:
        found = list(findings)
        sys.stdout.write(msgspec.json.encode([asdict(one) for one in found]).decode() + "\n")
    else:
        with Console(stderr=True).status("Looking …"):
            found = list(findings)
        _print(found)
    return int(any(one.verdict is Verdict.WRONG for one in found))


def _print(found: list[Finding]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        table.add_row(_SIGNS[one.verdict], one.name, _in_words(one))
    console = Console(highlight=False)
    console.print(table)
    counts = Counter(one.verdict for one in found)
    console.print(_summary(counts[Verdict.WRONG], counts[Verdict.LOOK]))


def _in_words(one: Finding) -> str:
    """Markup of rich; what comes from the machine is escaped."""
    from rich.markup import escape

    return escape(one.says) + (f"\n[bold]{escape(one.do)}[/]" if one.do else "")


def _summary(wrong_count: int, look_count: int) -> str:
    if wrong_count:
        return f"\nTo mend before the shop opens: {wrong_count}. To look at: {look_count}."
    if look_count:
        return f"\nThe kiosk can sell. To look at: {look_count}."
    return "\nAll is well."
