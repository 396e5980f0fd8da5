"""A desk: the logic behind one page. Events come in as method calls, a frozen state goes out.

All methods are called in the screens' thread. What takes long is handed to ``room.work``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from kiosk.admin.ports import Room
from kiosk.scan_event import ScanEvent

S = TypeVar("S")
Watcher = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Said:
    """Something to tell the volunteer once; the view has the words for ``note``."""

    note: StrEnum
    values: Mapping[str, object] = field(default_factory=dict)


class Desk(Generic[S]):
    """One page's logic; made when the page is first opened, kept while a volunteer is in."""

    takes_scans = False
    """Whether a scanned code means something here; elsewhere the office says that it does not."""

    def __init__(self, room: Room, state: S) -> None:
        self.room = room
        self._state = state
        self._watcher: Watcher | None = None
        self._listener: Callable[[Said], None] | None = None

    @property
    def state(self) -> S:
        """What the page shows now."""
        return self._state

    def watch(self, watcher: Watcher | None, listener: Callable[[Said], None] | None) -> None:
        """Calls ``watcher(state)`` after each change and ``listener(said)`` for each saying."""
        self._watcher, self._listener = watcher, listener

    def open(self, argument: object = None) -> None:
        """The page comes on; ``argument`` is what :meth:`Room.go` was given."""

    def close(self) -> None:
        """The page goes off; whatever runs for it stops."""

    def may_leave(self) -> bool:
        """Whether the volunteer may go out now; False when the page asks him something first."""
        return True

    def scanned(self, event: ScanEvent) -> None:
        """A code was read by camera or USB scanner while the page is on."""

    def show(self, **changes: object) -> None:
        """The state with these changes, handed to the view."""
        self._state = replace(self._state, **changes)  # type: ignore[type-var]
        if self._watcher is not None:
            self._watcher(self._state)

    def say(self, note: StrEnum, **values: object) -> None:
        """Tells the volunteer something once, in a line that goes away by itself."""
        if self._listener is not None:
            self._listener(Said(note, values))
