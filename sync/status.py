"""What the uploader tells and is told: its settings, its status, its note on what was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from kiosk.domain.errors import WireError
from sync import wire
from sync.ports import GoodsShelf, RepliesShelf, SettingsKeeper

BUILD_MS = 1_793_491_200_000
"""2026-11-01: no system that runs this program has an earlier time."""

_log = logging.getLogger(__name__)


class State(StrEnum):
    """How things stand between kiosk and centre."""

    STARTING = "starting"
    SENDING = "sending"
    IN_STEP = "in_step"
    OFFLINE = "offline"
    CLOCK_WRONG = "clock_wrong"
    PENDING = "pending"
    REFUSED = "refused"
    FORKED = "forked"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What a volunteer may see.

    ``backlog``: entries of the current epoch that the centre is not known to have.
    ``last_contact_ms``: the centre's time when it last answered; ``last_error`` in plain words.
    """

    state: State = State.STARTING
    backlog: int = 0
    last_contact_ms: int | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class UploaderSettings:
    """When to try, and how patiently.

    ``interval_s``: between contacts when all is well. ``backoff_s_min`` and ``backoff_s_max``:
    the spans that a failed contact waits at random within, doubling. ``state_path``: where the
    uploader notes what was acknowledged, for the backlog's figure after a restart.
    """

    interval_s: float = 60.0
    backoff_s_min: float = 2.0
    backoff_s_max: float = 600.0
    state_path: Path | None = None
    clock_floor_ms: int = BUILD_MS
    verify: Any = True
    software: str = "adal"


@dataclass(frozen=True, slots=True)
class Hooks:
    """Whom the uploader tells, always from its own thread.

    ``on_catalogue`` takes a new catalogue's bytes and may refuse them with CatalogueError;
    ``catalogue_version`` says which one the kiosk has; ``on_server_time`` hears the centre's
    time in milliseconds from an authenticated answer. ``goods`` keeps pictures and campaigns,
    ``replies`` those to suggestions, ``settings`` what coordinators set from afar; without them none are fetched.
    """

    on_status: Callable[[SyncStatus], object] = lambda status: None
    on_catalogue: Callable[[bytes], object] | None = None
    catalogue_version: Callable[[], int] = lambda: 0
    on_server_time: Callable[[int], object] = lambda server_ms: None
    goods: GoodsShelf | None = None
    replies: RepliesShelf | None = None
    settings: SettingsKeeper | None = None


class UploadState(msgspec.Struct, frozen=True):
    """What the centre was last known to have."""

    epoch: int = 0
    seq: int = 0
    last_contact_ms: int | None = None


def load_state(path: Path | None) -> UploadState:
    """Only a figure for the screen: whatever is wrong with the file, begin without it."""
    if path is None:
        return UploadState()
    try:
        return wire.decode(path.read_bytes(), UploadState)
    except (OSError, WireError):
        return UploadState()


def save_state(path: Path | None, state: UploadState) -> None:
    """Notes what was acknowledged; a disk that refuses costs only the figure."""
    if path is None:
        return
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_bytes(msgspec.json.encode(state))
        fresh.replace(path)
    except OSError as error:
        _log.warning("%s cannot be written: %s", path, error)
