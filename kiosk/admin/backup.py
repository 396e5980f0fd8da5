"""Backups to a USB stick and back, and the journal as a file for the centre."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.admin.background import Meter
from kiosk.admin.backup_state import (
    BackupPort,
    BackupRow,
    BackupState,
    Busy,
    LastRestore,
    MadeBackup,
    Outcome,
    Question,
    StageProgress,
    Task,
)
from kiosk.admin.desk import Desk
from kiosk.admin.ports import Place, Room
from kiosk.domain.errors import N_, AdalError

ROWS = 3
"""Backups on one page of the list."""

_Seen = tuple[tuple[Place, ...], bool, LastRestore | None]


class BackupDesk(Desk[BackupState]):
    """One piece of work at a time; it goes on when the page goes off."""

    def __init__(self, room: Room) -> None:
        super().__init__(room, BackupState())
        self._found: tuple[MadeBackup, ...] = ()
        self._checked: set[Path] = set()
        self._stop = threading.Event()

    @property
    def _backups(self) -> BackupPort:
        port: BackupPort = self.room.service("backup")
        return port

    def open(self, argument: object = None) -> None:
        """Looks for sticks."""
        self.show(outcome=None, asking=None)
        self.look()

    def look(self) -> None:
        """Looks for sticks again, and for backups on the one that is chosen."""
        if self.state.busy is None:
            self.show(is_looking=True)
            self.room.work(self._look_for_places, self._found_places)

    def back(self) -> None:
        """The page before."""
        self.room.back()

    # --- where ---

    def choose_place(self, index: int) -> None:
        """Another stick."""
        if self.state.busy is None and index != self.state.place:
            self.show(place=index, chosen=-1, page=0, outcome=None)
            self._look_for_backups()

    def choose_backup(self, index: int) -> None:
        """One of the backups on the list."""
        if self.state.busy is None:
            self.show(chosen=index, outcome=None)

    def turn(self, pages: int) -> None:
        """So many pages of the list on, or back."""
        self.show(page=self.state.page + pages, chosen=-1)
        self._list()

    def _look_for_places(self) -> _Seen:
        backups = self._backups
        places = tuple(self.room.places())
        return places, backups.is_restore_waiting(), backups.take_last_restore()

    def _found_places(self, found: _Seen) -> None:
        places, waits, last = found
        if last is not None:
            told = Outcome(Task.RESTORED, ok=last.done, message=last.message, trouble=last.trouble)
            self.show(outcome=told)
        before = self.state.here
        kept = [i for i, place in enumerate(places) if before and place.path == before.path]
        index = kept[0] if kept else (0 if places else -1)
        self.show(places=places, place=index, is_looking=False, restore_waits=waits)
        self._look_for_backups()

    def _look_for_backups(self) -> None:
        here = self.state.here
        if here is None:
            self._found_backups(())
            return
        backups = self._backups
        self.room.work(lambda: tuple(backups.find(here.path)), self._found_backups)

    def _found_backups(self, found: tuple[MadeBackup, ...]) -> None:
        self._found = found
        self._list()

    def _list(self) -> None:
        pages = max(1, -(-len(self._found) // ROWS))
        page = min(max(self.state.page, 0), pages - 1)
        rows = tuple(
            BackupRow(x.folder.name, x.made_ms, x.kiosk_id, x.entries, x.folder in self._checked)
            for x in self._found[page * ROWS :][:ROWS]
        )
        chosen = self.state.chosen if self.state.chosen < len(rows) else -1
        self.show(rows=rows, page=page, pages=pages, chosen=chosen)

    @property
    def _picked(self) -> MadeBackup | None:
        index = self.state.page * ROWS + self.state.chosen
        return self._found[index] if self.state.chosen >= 0 and index < len(self._found) else None

    # --- work ---

    def make(self) -> None:
        """Makes a backup at the place that is chosen."""
        here, backups, now_ms = self.state.here, self._backups, self.room.now_ms()
        if here is not None and self.state.busy is None:
            self._begin(Task.MAKE, lambda on: backups.make(here.path, now_ms, on), self._made)

    def check(self) -> None:
        """Reads the chosen backup back."""
        picked, backups = self._picked, self._backups
        if picked is not None and self.state.busy is None:
            self._begin(Task.CHECK, lambda on: backups.check(picked.folder, on), self._was_checked)

    def export(self) -> None:
        """Writes the journal as a file for the centre."""
        here, backups, now_ms = self.state.here, self._backups, self.room.now_ms()
        if here is None or self.state.busy is not None:
            return
        self._begin(
            Task.EXPORT,
            lambda on: backups.export_journal(
                here.path, now_ms, lambda done, total: on("entries", done / max(total, 1))
            ),
            lambda path: self._ended(Outcome(Task.EXPORT, ok=True, name=path.name)),
        )

    def stop(self) -> None:
        """Stops what is being done; nothing half is left."""
        if self.state.busy is not None:
            self._stop.set()
            self.show(busy=Busy(self.state.busy.task, is_stopping=True))

    # --- restore ---

    def ask_to_restore(self) -> None:
        """The first question."""
        if self._picked is not None and self.state.busy is None:
            self.show(asking=Question.SURE, outcome=None)

    def answer_no(self) -> None:
        """Everything stays as it is."""
        self.show(asking=None)

    def answer_yes(self) -> None:
        """The second question; after that one the work."""
        if self.state.asking is Question.SURE:
            self.show(asking=Question.REALLY)
        elif self.state.asking is Question.REALLY:
            self.show(asking=None)
            self._stage_restore()

    def call_off_restore(self) -> None:
        """The backup that waits for the next start stays where it is."""
        backups = self._backups
        self.room.work(backups.call_off_restore, lambda _nothing: self.look())

    def restart(self) -> None:
        """Restarts the program, which puts the backup in place."""
        self.room.service("power").restart_program()

    def _stage_restore(self) -> None:
        picked, backups, now_ms = self._picked, self._backups, self.room.now_ms()
        if picked is not None:
            self._begin(
                Task.RESTORE,
                lambda on: backups.stage_restore(picked.folder, now_ms, on),
                lambda _standing: self._staged(picked),
            )

    # --- inside ---

    def _begin(
        self, task: Task, job: Callable[[StageProgress], Any], done: Callable[[Any], None]
    ) -> None:
        self._stop.clear()
        self.show(busy=Busy(task), outcome=None, asking=None)
        self.room.work(
            lambda: job(self._progress(task)), done, lambda error: self._failed(task, error)
        )

    def _progress(self, task: Task) -> StageProgress:
        """Called in the working thread; stops the work when somebody asked for that."""
        stage = ""
        meter = Meter(self.room, lambda share: self._went_on(task, stage, share))

        def went_on(now: Any, share: float) -> None:
            nonlocal stage
            stage = str(now)
            if self._stop.is_set():
                raise StoppedError("Stopped; nothing was written.")
            meter.shared(share)

        return went_on

    def _went_on(self, task: Task, stage: str, share: float) -> None:
        busy = self.state.busy
        if busy is not None and not busy.is_stopping:
            self.show(busy=Busy(task, stage, share))

    def _made(self, backup: MadeBackup) -> None:
        self._checked.add(backup.folder)  # making one includes reading it back
        self._ended(Outcome(Task.MAKE, ok=True, name=backup.folder.name, entries=backup.entries))

    def _was_checked(self, backup: MadeBackup) -> None:
        self._checked.add(backup.folder)
        self._ended(Outcome(Task.CHECK, ok=True, name=backup.folder.name, entries=backup.entries))

    def _staged(self, backup: MadeBackup) -> None:
        self._ended(Outcome(Task.RESTORE, ok=True, name=backup.folder.name))

    def _failed(self, task: Task, error: AdalError) -> None:
        message = "" if isinstance(error, StoppedError) else str(error)
        trouble = str(getattr(error, "trouble", ""))
        self._ended(Outcome(task, ok=False, message=message, trouble=trouble, error=error))

    def _ended(self, outcome: Outcome) -> None:
        self.show(busy=None, outcome=outcome)
        self.look()


class StoppedError(AdalError):
    """A volunteer stopped the work."""

    advice = N_("Stopped. Nothing half is left behind.")
