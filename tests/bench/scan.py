"""Reads labelled photographs with four engines: read, wrong, and how long each took.

DIR holds one folder per set and ``labels.csv`` with ``file,symbology,text``; the text of a retail
code is its GTIN-14. Only one core is used, and every picture is grey and in memory before the clock
runs. A photograph is *read* when its labelled code is among the answers, *wrong* when a retail code
that is not its label is. Times are of photographs that were read.

Catalogues of 300 are drawn from ``--seed``: all labelled codes, and near-twins of them (one digit and
the check digit changed, or the same first eight digits) to fill up. ``taken_out``: for every
photograph its own code is taken out and 20 near-twins of it are put in, three draws; whatever is
accepted then is wrong.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.bench.scan_catalogues import full_catalogue, without_its_code
from tests.bench.scan_photos import RETAIL, Photo, load_photos
from tests.bench.scan_readers import READERS, OursReader, Reader
from tests.bench.scan_tally import Tally

DRAWS = 3
OURS = "ours"
WITH_CATALOGUE = "ours_catalogue"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="photographs and labels.csv")
    parser.add_argument("--seed", type=int, default=1, help="draws the catalogues (default 1)")
    parser.add_argument("--first-stage", action="store_true", help="ours without stage 2")
    parser.add_argument("--only", action="append", metavar="SET", help="only this set; repeatable")
    parser.add_argument("--quick", action="store_true", help="leave out the taken-out draws")
    parser.add_argument("--misses", action="store_true", help="name what was missed or wrong")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Rows per set and in all, then the refusals."""
    photos = load_photos(args.directory, args.only)
    second = not args.first_stage
    catalogue = full_catalogue([p.gtin14 for p in photos if p.gtin14], args.seed)
    readers: dict[str, Reader] = {name: make() for name, make in READERS.items()}
    readers[OURS] = OursReader(None, second_stage=second)
    readers[WITH_CATALOGUE] = OursReader(catalogue, second_stage=second)
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        tallies = _tallies(photos, readers, progress)
        refused = {} if args.quick else _taken_out(photos, args.seed, second, progress)
    rows = _rows(photos, tallies)
    if not args.json:
        _print(rows)
    if args.misses:
        _print_misses(tallies, console)
    return {
        "sets": rows,
        "retail": rows["retail"],
        "catalogue": len(catalogue),
        "false_reads": _false_reads(photos, tallies),
        **refused,
    }


def _tallies(
    photos: list[Photo], readers: dict[str, Reader], progress: Progress
) -> dict[str, Tally]:
    """Every reader over every photograph; readers take turns, so that noise hits them alike."""
    tallies = {name: Tally() for name in readers}
    for photo in progress.track(photos, description="Reading"):
        for name, reader in readers.items():
            tallies[name].take(photo, reader)
    return tallies


def _rows(photos: list[Photo], tallies: dict[str, Tally]) -> dict[str, Any]:
    groups = {name: [p for p in photos if p.set_name == name] for name in _set_names(photos)}
    groups["retail"] = [photo for photo in photos if photo.symbology == RETAIL]
    groups["all"] = photos
    return {
        group: {name: tally.row(members) for name, tally in tallies.items()}
        for group, members in groups.items()
        if members
    }


def _set_names(photos: list[Photo]) -> list[str]:
    return list(dict.fromkeys(photo.set_name for photo in photos))


def _false_reads(photos: list[Photo], tallies: dict[str, Tally]) -> dict[str, Any]:
    """Retail codes that were read where there is none."""
    without = [photo for photo in photos if photo.gtin14 is None]
    counts: dict[str, Any] = {name: tally.wrong(without) for name, tally in tallies.items()}
    return {"pictures": len(without), **counts}


def _taken_out(photos: list[Photo], seed: int, second: bool, progress: Progress) -> dict[str, Any]:
    """How often something is accepted although the true code is not in the catalogue."""
    retail = [photo for photo in photos if photo.gtin14]
    codes = [photo.gtin14 or "" for photo in retail]
    tasks = [(photo, draw) for draw in range(DRAWS) for photo in retail]
    reader = OursReader(None, second_stage=second)
    accepted = []
    for photo, draw in progress.track(tasks, description="True code taken out"):
        reader.use(without_its_code(photo.gtin14 or "", codes, seed + draw))
        if reader(photo.grey):
            accepted.append(photo.file)
    return {"taken_out": {"tries": len(tasks), "accepted": len(accepted), "files": accepted}}


def _print(rows: dict[str, Any]) -> None:
    names = list(next(iter(rows.values())))
    table = Table("set", *names, title="read/wrong of all · median, p95 ms")
    for group, row in rows.items():
        cells = [
            f"{r['read']}/{r['wrong']} of {r['total']}\n{r['median_ms']}, {r['p95_ms']}"
            for r in row.values()
        ]
        table.add_row(group, *cells)
    Console().print(table)


def _print_misses(tallies: dict[str, Tally], console: Console) -> None:
    for name in (OURS, WITH_CATALOGUE):
        for miss in tallies[name].misses():
            console.print(f"{name}: {miss}", highlight=False)
