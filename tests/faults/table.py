"""The log of whole runs, one line of JSON for each fault, and the table that is made from it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TypedDict

from tests.faults.frame import NAMES, Fault

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "docs" / "promises.jsonl"
PAGE = ROOT / "docs" / "PROMISES.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


class Line(TypedDict):
    """What one run of one fault gave; ``rounds`` 0 when it could not run."""

    fault: str
    rounds: int
    seed: int
    counts: dict[str, int]
    broken: list[str]
    skipped: list[str]
    seconds: float
    date: str
    command: str


def read(file: Path) -> dict[str, Line]:
    """The last run of each fault."""
    if not file.exists():
        return {}
    lines: list[Line] = [json.loads(text) for text in file.read_text("utf-8").splitlines()]
    return {line["fault"]: line for line in lines}


def note(file: Path, line: Line) -> None:
    """Puts a run in the place of the last one of the same fault."""
    known = read(file) | {line["fault"]: line}
    ordered = sorted(known.values(), key=lambda one: NAMES.index(one["fault"]))
    text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in ordered)
    file.write_text(text, "utf-8")


def rows(lines: dict[str, Line]) -> str:
    """The table in Markdown: every fault, with what its last whole run counted."""
    head = [
        "| what befalls | what is promised | what was run | broken | command | date |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_row(_load(name), lines.get(name)) for name in NAMES)])


def page(text: str, lines: dict[str, Line]) -> str:
    """A page whose table says what the lines say."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{rows(lines)}\n\n{END}{after}"


def write() -> None:
    """Writes the table into docs/PROMISES.md again."""
    PAGE.write_text(page(PAGE.read_text("utf-8"), read(LOG)), "utf-8")


def _row(fault: Fault, line: Line | None) -> str:
    if line is None:
        run, broken, command, date = "not run yet", "", f"./run faults {fault.name}", ""
    else:
        counted = "; ".join(f"{number:,} {what}" for what, number in line["counts"].items())
        left_out = "".join(f"; skipped: {why}" for why in line["skipped"])
        run = f"{counted} ({line['seconds']:,.0f} s){left_out}"
        broken, command, date = str(len(line["broken"])), line["command"], line["date"]
    return f"| {fault.befalls} | {fault.promise} | {run} | {broken} | `{command}` | {date} |"


def _load(name: str) -> Fault:
    fault: Fault = importlib.import_module(f"tests.faults.{name}").FAULT
    return fault
