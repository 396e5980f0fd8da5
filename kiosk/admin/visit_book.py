"""The visit under way, on disk: a power cut loses neither a step nor what was typed.

Two files, because they promise different things. ``visit.json`` says whose visit it is, which
steps are done and which form comes next: written rarely, and on the disk before the call returns.
``visit-drafts.json`` holds what is being typed: written at every touch, so it must be quick. It
survives a killed program at once, and a power cut once the machine has written it out (ext4:
within 5 s). A torn draft can never harm the steps.

A draft belongs to one form; when that form is handed in, the draft means nothing any more.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from kiosk.admin.pages import Step
from kiosk.admin.ports import Room
from kiosk.disk import sync_directory
from kiosk.domain.errors import N_, AdalError
from kiosk.whole_file import write_whole

log = logging.getLogger(__name__)

VISIT_FILE: Final = "visit.json"
DRAFTS_FILE: Final = "visit-drafts.json"
OLD_AFTER_MS: Final = 24 * 3_600_000
"""A visit that was begun longer ago was probably forgotten: somebody should say what it is."""

D = TypeVar("D", bound=msgspec.Struct)
S = TypeVar("S", bound=msgspec.Struct)


class VisitError(AdalError):
    """A form that belongs to no visit."""

    advice = N_("No visit is open. Begin one on the first page.")


class StepState(StrEnum):
    """How far a step is."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class _Visit(msgspec.Struct):
    """``visit.json``; ``serials``: how many forms of a step were handed in."""

    visit_id: str
    by: str
    begun_ms: int
    states: dict[Step, StepState] = {}
    serials: dict[Step, int] = {}

    def form_id(self, step: Step) -> str:
        return f"{self.visit_id}-{step.value}-{self.serials.get(step, 0) + 1}"


class _Draft(msgspec.Struct):
    """What was typed into one form."""

    form_id: str
    typed: msgspec.Raw


class _Drafts(msgspec.Struct):
    """``visit-drafts.json``."""

    drafts: dict[Step, _Draft] = {}


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _new_id() -> str:
    return uuid.uuid4().hex


class VisitFile:
    """The visit in the kiosk's directory; implements :class:`kiosk.admin.ports.VisitBook`."""

    def __init__(
        self,
        directory: Path,
        *,
        now_ms: Callable[[], int] = _wall_ms,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self._directory = directory
        self._now_ms = now_ms
        self._new_id = new_id
        self._visit = _read(directory / VISIT_FILE, _Visit)
        self._drafts = _read(directory / DRAFTS_FILE, _Drafts) or _Drafts()

    # --- which visit ---

    @property
    def is_open(self) -> bool:
        """Whether a visit was begun and not finished."""
        return self._visit is not None

    @property
    def is_old(self) -> bool:
        """Whether the open visit was begun so long ago that it was probably forgotten."""
        return self._visit is not None and self._now_ms() - self._visit.begun_ms > OLD_AFTER_MS

    @property
    def visit_id(self) -> str:
        """The open visit's id, with which the ids of its forms begin; empty without a visit."""
        return self._visit.visit_id if self._visit else ""

    @property
    def by(self) -> str:
        """Who began it; another volunteer may go on with it."""
        return self._visit.by if self._visit else ""

    @property
    def begun_ms(self) -> int:
        """When it was begun, UTC; 0 without a visit."""
        return self._visit.begun_ms if self._visit else 0

    @property
    def steps(self) -> tuple[tuple[Step, StepState], ...]:
        """All steps in their order; all open without a visit."""
        return tuple((step, self._state_of(step)) for step in Step)

    def next_after(self, step: Step | None = None) -> Step | None:
        """The first open step after that one, or of all; None when there is none."""
        rest = list(Step) if step is None else list(Step)[list(Step).index(step) + 1 :]
        return next((s for s in rest if self._state_of(s) is StepState.OPEN), None)

    def begin(self, by: str) -> None:
        """Begins a visit; one that is open goes on."""
        if self._visit is None:
            self._begin(by)

    def begin_anew(self, by: str) -> None:
        """Begins a visit; one that is open is left as it stands, with its drafts forgotten."""
        self._begin(by)

    def finish(self) -> None:
        """The volunteer goes; the next one begins another visit."""
        self._visit = None
        self._drafts = _Drafts()
        with self._best_effort():
            (self._directory / DRAFTS_FILE).unlink(missing_ok=True)
            (self._directory / VISIT_FILE).unlink(missing_ok=True)
            sync_directory(self._directory)

    # --- its steps ---

    def draft(self, step: Step, kind: type[D]) -> D | None:
        """What was typed in this step and not handed in yet.

        One that this version of the program cannot read is nothing.
        """
        kept = self._drafts.drafts.get(step)
        if self._visit is None or kept is None or kept.form_id != self._visit.form_id(step):
            return None
        try:
            return msgspec.json.decode(kept.typed, type=kind)
        except (msgspec.MsgspecError, ValueError, AdalError):
            log.warning("What was typed in %s cannot be read; the step starts empty.", step.value)
            return None

    def keep(self, step: Step, draft: msgspec.Struct) -> None:
        """Keeps what was typed; quick enough to be called at every touch."""
        if self._visit is None:
            return
        typed = msgspec.Raw(msgspec.json.encode(draft))
        self._drafts.drafts[step] = _Draft(self._visit.form_id(step), typed)
        try:
            _write(self._directory / DRAFTS_FILE, self._drafts)
        except OSError as error:
            # It is in memory; what is handed in goes to the journal, which says if it cannot.
            log.warning("what was typed in %s is not kept: %s", step, error)

    def form_id(self, step: Step) -> str:
        """The id of the entry that this step will write next: the same until it is handed in.

        Raises:
            VisitError: when no visit is open.
        """
        if self._visit is None:
            raise VisitError("No visit is open; begin one on the first page.")
        return self._visit.form_id(step)

    def done(self, step: Step) -> None:
        """The step's entry is on disk: its draft is forgotten, its next form has a new id."""
        if self._visit is None:
            return
        self._visit.serials[step] = self._visit.serials.get(step, 0) + 1
        self._settle(step, StepState.DONE)

    def skip(self, step: Step) -> None:
        """Left out this time; its draft is forgotten. What was handed in before stays done."""
        if self._visit is None:
            return
        handed_in = self._visit.serials.get(step, 0) > 0
        self._settle(step, StepState.DONE if handed_in else StepState.SKIPPED)

    # --- on disk ---

    def _begin(self, by: str) -> None:
        self._visit = _Visit(self._new_id(), by, self._now_ms())
        self._drafts = _Drafts()
        with self._best_effort():
            _write(self._directory / VISIT_FILE, self._visit, durable=True)

    def _settle(self, step: Step, state: StepState) -> None:
        assert self._visit is not None, "the callers looked"
        self._visit.states[step] = state
        dropped = self._drafts.drafts.pop(step, None)
        with self._best_effort():
            _write(self._directory / VISIT_FILE, self._visit, durable=True)
            if dropped is not None:
                _write(self._directory / DRAFTS_FILE, self._drafts)

    @contextmanager
    def _best_effort(self) -> Iterator[None]:
        """A full disk must not end the kiosk. What is in memory goes on, and after a power cut an
        older file is safe: a form that reached the journal is found there by its id."""
        try:
            yield
        except OSError as error:
            log.error("the visit is not kept on the disk: %s", error)  # noqa: TRY400

    def _state_of(self, step: Step) -> StepState:
        return StepState.OPEN if self._visit is None else self._visit.states.get(step, _OPEN)


_OPEN: Final = StepState.OPEN


def visit_file_of(room: Room) -> VisitFile:
    """The room's visit with all that its first and last page ask of it."""
    assert isinstance(room.visit, VisitFile), "the office keeps its visit in a file"
    return room.visit


def _read(path: Path, kind: type[S]) -> S | None:
    """What the file holds; one that cannot be read is set aside and nothing is known."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        aside = path.with_suffix(".broken.json")
        log.warning("%s cannot be read and is set aside as %s: %s", path.name, aside.name, error)
        path.replace(aside)
        return None


def _write(path: Path, content: msgspec.Struct, *, durable: bool = False) -> None:
    """Puts the file in place whole; when ``durable`` it is on the disk on return."""
    encoded = msgspec.json.encode(content)
    if durable:
        write_whole(path, encoded)
        return
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(encoded)
    new.replace(path)
