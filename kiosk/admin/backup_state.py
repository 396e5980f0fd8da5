"""What the backups' page shows, and what it needs of the kiosk around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from kiosk.admin.ports import Place
from kiosk.domain.errors import AdalError


class MadeBackup(Protocol):
    """A backup on a medium, as its manifest describes it."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    @property
    def kiosk_id(self) -> str:
        """Whose it is."""

    @property
    def made_ms(self) -> int:
        """When it was made, UTC."""

    @property
    def entries(self) -> int:
        """Entries of its journal."""


class LastRestore(Protocol):
    """What came of a restore at the program's start."""

    @property
    def done(self) -> bool:
        """Whether the backup is in place."""

    @property
    def message(self) -> str:
        """Why it is not."""

    @property
    def trouble(self) -> str:
        """What was wrong, if it is one of the everyday troubles."""


StageProgress = Callable[[Any, float], None]


class BackupPort(Protocol):
    """The service ``backup``: :class:`kiosk.backup.service.BackupService`. For ``room.work``."""

    def find(self, place: Path) -> Sequence[MadeBackup]:
        """The backups in a place, newest first."""

    def make(self, place: Path, now_ms: int, progress: StageProgress) -> MadeBackup:
        """Makes one and reads it back."""

    def check(self, folder: Path, progress: StageProgress) -> MadeBackup:
        """Reads one back."""

    def export_journal(
        self, place: Path, now_ms: int, progress: Callable[[int, int], None]
    ) -> Path:
        """Writes the journal as a file."""

    def stage_restore(self, folder: Path, now_ms: int, progress: StageProgress) -> Any:
        """Asks for a restore at the next start."""

    def is_restore_waiting(self) -> bool:
        """Whether one waits."""

    def call_off_restore(self) -> None:
        """Forgets it."""

    def take_last_restore(self) -> LastRestore | None:
        """What came of the last one, told once."""


class Task(StrEnum):
    """What is being done."""

    MAKE = "make"
    CHECK = "check"
    EXPORT = "export"
    RESTORE = "restore"
    RESTORED = "restored"
    """Done at the program's start, told afterwards."""


class Question(StrEnum):
    """Asked twice, because a restore puts the kiosk's present data aside."""

    SURE = "sure"
    REALLY = "really"


@dataclass(frozen=True, slots=True)
class Busy:
    """Work under way; ``stage`` is a step of it, ``share`` of that step is done."""

    task: Task
    stage: str = ""
    share: float = 0.0
    is_stopping: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last work ended; ``name`` is what was made.

    ``trouble`` is what was wrong if it is one of the everyday ones, ``message`` says it whole;
    ``error`` is what it came of, where it was not the program's start that restored.
    """

    task: Task
    ok: bool
    name: str = ""
    entries: int = 0
    message: str = ""
    trouble: str = ""
    error: AdalError | None = None


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup that was found; ``is_checked``: it was read back since the page came on."""

    name: str
    made_ms: int
    kiosk_id: str
    entries: int
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class BackupState:
    """What the page shows. ``place`` and ``chosen`` are indexes, -1 for none.

    ``chosen`` is of :attr:`rows`, the backups of the page of the list.
    """

    places: tuple[Place, ...] = ()
    is_looking: bool = True
    place: int = -1
    rows: tuple[BackupRow, ...] = ()
    page: int = 0
    pages: int = 1
    chosen: int = -1
    busy: Busy | None = None
    outcome: Outcome | None = None
    asking: Question | None = None
    restore_waits: bool = False

    @property
    def here(self) -> Place | None:
        """The place that is chosen."""
        return self.places[self.place] if 0 <= self.place < len(self.places) else None
