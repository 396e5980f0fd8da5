"""``adal-sync rollups``: are the centre's sums what the journals say?"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sync.cli.bars import counting_bar
from sync.cli.common import DONE, WRONG, add_database_options, add_parser, database_url, show
from sync.server import migrate
from sync.server.rollups import rebuild
from sync.server.store import Store


def add_commands(subparsers: Any) -> None:
    """Adds rollups check and rollups rebuild."""
    summary = "compare the centre's sums with the journals, or make them again"
    parser = subparsers.add_parser("rollups", help=summary, description=summary)
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, what in (
        (
            "check",
            rollups_check,
            "compare every sum with the raw entries; exit code 1 if one is off",
        ),
        ("rebuild", rollups_rebuild, "make every sum again from the raw entries"),
    ):
        one = add_parser(group, name, run, what, f"  adal-sync rollups {name}")
        add_database_options(one)


def rollups_check(options: argparse.Namespace) -> int:
    """Compares."""
    with _opened(options) as store, _progress(options, store, "Comparing") as progress:
        found = rebuild.check(store, progress)
        entries = store.read(rebuild.entries_in_all)
    wrong = dict(Counter(one.table for one in found))
    examples = [asdict(one) for one in found[: rebuild.EXAMPLES_MAX]]
    lines = [f"{x.table} {x.key}: {x.kept} is kept, {x.should_be} is right" for x in found]
    text = "\n".join(lines[: rebuild.EXAMPLES_MAX]) or f"All sums fit the {entries} entries."
    if found:
        text += "\nMake them again: adal-sync rollups rebuild"
    show(options, {"entries": entries, "wrong": wrong, "examples": examples}, text)
    return WRONG if found else DONE


def rollups_rebuild(options: argparse.Namespace) -> int:
    """Makes the sums again."""
    with _opened(options) as store, _progress(options, store, "Adding up") as progress:
        rebuild.rebuild(store, progress)
        entries = store.read(rebuild.entries_in_all)
    show(options, {"entries": entries}, f"The sums of {entries} entries are made again.")
    return DONE


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[Store]:
    store = Store(database_url(options))
    try:
        migrate.upgrade(store)
        yield store
    finally:
        store.close()


@contextmanager
def _progress(options: argparse.Namespace, store: Store, what: str) -> Iterator[rebuild.Progress]:
    """A bar on the terminal; nothing for programs."""
    with counting_bar(options) as bar:
        task = bar.add_task(what, total=store.read(rebuild.entries_in_all))
        yield lambda count: bar.advance(task, count)
