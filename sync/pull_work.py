"""A download under way: the file, and what is noted beside it so that it can go on."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kiosk.domain.errors import WireError
from sync import pull_files, wire
from sync.tables import TABLES


class State(msgspec.Struct):
    """How far a file is good.

    ``held``: chain → the last entry that was looked at. ``size_bytes`` of the file that the state
    stands beside. ``rows`` of the whole file. ``complete``: only its name is missing. ``columns``:
    none in what a program wrote that knew fewer of them.
    """

    server: str
    query: dict[str, str]
    held: dict[str, int]
    size_bytes: int
    rows: int
    complete: bool = False
    columns: list[str] = []


@dataclass(frozen=True, slots=True)
class Question:
    """What to take: a table, of which shop or region, since when (see :func:`sync.pull.since`)."""

    what: str = "sales"
    since: dict[str, str] = field(default_factory=dict)
    only: dict[str, str] = field(default_factory=dict)
    is_more: bool = False

    @property
    def query(self) -> dict[str, str]:
        """As it is compared with an earlier one; to add what is new, since when is no matter."""
        return {"what": self.what, **self.only, **({} if self.is_more else self.since)}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a download brought: rows now, and rows of the file."""

    new_rows: int
    rows: int


class Work:
    """A file under way, and what is noted beside it."""

    def __init__(self, server: str, asked: Question, out: Path) -> None:
        self._kind = pull_files.kind_of(out)
        self._table = TABLES[asked.what]
        self._out = out
        self._asked = asked
        self._server = server
        self._part = out.with_name(f"{out.name}.part")
        self._part_state = out.with_name(f"{out.name}.part.state")
        self._out_state = out.with_name(f"{out.name}.state")
        self._file: Any = None
        self._start_rows = 0
        self._is_worth_keeping = False
        self.state = State(server, asked.query, {}, 0, 0, columns=list(self._table.names))

    def begin(self) -> None:
        """Goes on where an earlier try stopped, or begins anew, or after what the file has."""
        self._adopt_finished()
        earlier = _read(self._part_state)
        base = self._base() if self._asked.is_more else None
        if earlier is not None and self._goes_on(earlier):
            self.state = earlier
            self._is_worth_keeping = True
        elif base is not None:
            self.state = base
            self._copy_base()
        else:
            self._part.write_bytes(b"")
        self._start_rows = base.rows if base else 0
        self._file = self._part.open("r+b")
        self._file.truncate(self.state.size_bytes)
        self._file.seek(self.state.size_bytes)

    def add(self, rows: list[dict[str, Any]], chain: str, seq: int) -> None:
        """Rows of a page, and how far that chain is good now."""
        if rows:
            self._file.write(
                self._kind.lines(rows, self._table, is_first=not self.state.size_bytes)
            )
            self._file.flush()
        self.state.held[chain] = seq
        self.state.rows += len(rows)
        self.state.size_bytes = self._file.tell()
        _note(self._part_state, self.state)
        self._is_worth_keeping = True

    def give_up(self) -> None:
        """Leaves what came for the next try; a try that brought nothing leaves nothing."""
        self._file.close()
        if not self._is_worth_keeping:
            self._part.unlink(missing_ok=True)
            self._part_state.unlink(missing_ok=True)

    def finish(self) -> Taken:
        """The file takes its place; what was there stays until then."""
        self._file.close()
        fresh = self._kind.assemble(self._part, self._out, self._table, is_more=self._asked.is_more)
        self.state.size_bytes = fresh.stat().st_size
        self.state.complete = True
        _note(self._part_state, self.state)
        fresh.replace(self._out)
        self._part.unlink(missing_ok=True)
        self._part_state.replace(self._out_state)
        return Taken(self.state.rows - self._start_rows, self.state.rows)

    def _adopt_finished(self) -> None:
        """After a stop between the file's taking its place and its state's."""
        state = _read(self._part_state)
        if state is None or not state.complete:
            return
        if not self._kind.pending(self._part, self._out).exists():
            self._part.unlink(missing_ok=True)
            self._part_state.replace(self._out_state)

    def _base(self) -> State | None:
        """What the file has, to which the new is added; None when there is no file yet."""
        if not self._out.exists():
            return None
        state = _read(self._out_state)
        if state is None:
            raise WireError(
                f"{self._out} has no {self._out_state.name} beside it that says how far it goes; "
                "name another file, or take it anew with --since 1."
            )
        if state.server != self._server:
            raise WireError(
                f"{self._out} came from {state.server}; name another file for this one."
            )
        if not _answers(state, self._asked):
            raise WireError(f"{self._out} holds another table or shop; name another file.")
        if self._out.stat().st_size != state.size_bytes:
            raise WireError(
                f"{self._out} was changed since it was taken; name another file, or take it anew "
                "with --since 1."
            )
        if not self._fits(state):
            raise WireError(
                f"{self._out} was taken by a program that knew other columns; name another file, or "
                "take it anew with --since 1."
            )
        return state

    def _fits(self, state: State) -> bool:
        """Whether rows can follow those that are there."""
        return not self._kind.has_columns or state.columns == list(self._table.names)

    def _copy_base(self) -> None:
        self.state.complete = False
        self.state.query = self._asked.query
        self.state.columns = list(self._table.names)
        if self._kind.adds_at_the_end:
            shutil.copyfile(self._out, self._part)
        else:
            self._part.write_bytes(b"")
            self.state.size_bytes = 0

    def _goes_on(self, earlier: State) -> bool:
        """Whether an unfinished download is of this question, from this very server."""
        with contextlib.suppress(FileNotFoundError):
            return (
                earlier.server == self._server
                and earlier.query == self._asked.query
                and not earlier.complete
                and self._fits(earlier)
                and self._part.stat().st_size >= earlier.size_bytes
            )
        return False


def _answers(state: State, asked: Question) -> bool:
    kept = {k: v for k, v in state.query.items() if k not in ("since_day", "since_seq")}
    return kept == asked.query


def _read(path: Path) -> State | None:
    try:
        return wire.decode(path.read_bytes(), State)
    except (FileNotFoundError, WireError):
        return None


def _note(path: Path, state: State) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(msgspec.json.encode(state))
    fresh.replace(path)
