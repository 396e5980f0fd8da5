"""``setup.json``: how far the first start has come, so that a power cut does not begin it anew."""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.admin.pins import PinBook
from kiosk.domain.errors import ConfigError
from kiosk.whole_file import write_whole

log = logging.getLogger(__name__)

FILE_NAME = "setup.json"


class SetupStep(StrEnum):
    """The steps of the first start, in their order."""

    LANGUAGE = "language"
    NAME = "name"
    CAUSE = "cause"
    VOLUNTEER = "volunteer"
    PIN = "pin"
    CAMERA = "camera"
    ENROL = "enrol"
    DONE = "done"


class Progress(msgspec.Struct, frozen=True):
    """The step to go on with; ``is_finished`` once and for all."""

    step: SetupStep = SetupStep.LANGUAGE
    is_finished: bool = False


def read_progress(directory: Path) -> Progress | None:
    """Where the first start stands; None when it was never begun, or cannot be read."""
    file = directory / FILE_NAME
    try:
        return msgspec.json.decode(file.read_bytes(), type=Progress)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s).", file, error)
        return None


def keep_progress(directory: Path, progress: Progress) -> None:
    """On disk when this returns.

    Raises:
        ConfigError: the disk refused.
    """
    file = directory / FILE_NAME
    try:
        write_whole(file, msgspec.json.encode(progress))
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be written ({error.strerror}). Free some space or check the disk."
        ) from error


def needs_setup(directory: Path, pins: PinBook) -> bool:
    """Whether the kiosk starts with the set-up: nobody has a PIN yet.

    Once there is one, the rest waits for a volunteer who is in (:class:`SetupDesk`). A kiosk that was set up and lost its volunteers' file does not: or whoever stands before it
    could make himself its volunteer.
    """
    progress = read_progress(directory)
    return not pins.is_set_up and (progress is None or not progress.is_finished)
