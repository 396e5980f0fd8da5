"""``volunteers.json``: who may come in. Private (0600), replaced whole, never half-written.

Names stay in this file: the journal knows volunteers by their short ids alone.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.domain.errors import N_, AdalError
from kiosk.whole_file import PRIVATE, write_whole

FILE_NAME = "volunteers.json"
LOCK_NAME = "volunteers.lock"
VERSION = 1


class PinError(AdalError):
    """Something about volunteers and their PINs that cannot be done."""

    advice = N_("That did not work. Open the list of volunteers again and see who is on it.")


class PinFileError(PinError):
    """The volunteers' file cannot be read, written or trusted; nobody is let in."""

    advice = N_("The volunteers' PINs cannot be read or saved. Tell the coordinator.")


class Volunteer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One who may come in; ``pin_hash`` is an argon2id hash with its parameters and salt."""

    volunteer_id: Annotated[str, Meta(min_length=1, max_length=32)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    pin_hash: Annotated[str, Meta(pattern=r"^\$argon2id\$", max_length=300)]

    def __repr__(self) -> str:
        return f"Volunteer({self.volunteer_id}, {self.name})"


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the file. ``failures`` counts wrong PINs since the last right one."""

    volunteers: tuple[Volunteer, ...] = ()
    failures: Annotated[int, Meta(ge=0)] = 0
    next_number: Annotated[int, Meta(ge=1)] = 1
    """An id is never given twice: the journal remembers who ``v2`` was."""
    version: Annotated[int, Meta(ge=VERSION, le=VERSION)] = VERSION

    def find(self, volunteer_id: str) -> Volunteer:
        """The volunteer with that id.

        Raises:
            PinError: nobody has it.
        """
        for volunteer in self.volunteers:
            if volunteer.volunteer_id == volunteer_id:
                return volunteer
        ids = ", ".join(v.volunteer_id for v in self.volunteers) or "nobody yet"
        raise PinError(f"There is no volunteer {volunteer_id!r}. Known: {ids}.")

    def keeping(self, *fresh: Volunteer) -> Document:
        """With these in the places of those with the same ids, or at the end."""
        by_id = {v.volunteer_id: v for v in (*self.volunteers, *fresh)}
        return msgspec.structs.replace(self, volunteers=tuple(by_id.values()))

    def without(self, volunteer_id: str) -> Document:
        """Everybody but that one."""
        rest = tuple(v for v in self.volunteers if v.volunteer_id != volunteer_id)
        return msgspec.structs.replace(self, volunteers=rest)

    def counting(self, failures: int) -> Document:
        """With another number of failures."""
        return msgspec.structs.replace(self, failures=failures)


def read_document(directory: Path) -> Document:
    """What is on the disk; an empty document when there never was one.

    Raises:
        PinFileError: it is there and cannot be used.
    """
    file = directory / FILE_NAME
    try:
        document = msgspec.json.decode(file.read_bytes(), type=Document)
    except FileNotFoundError:
        return Document()
    except OSError as error:
        raise PinFileError(f"{file} cannot be read ({error.strerror}). Check the disk.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PinFileError(
            f"{file} is damaged ({error}). Restore it from a backup; or, if the volunteers' PINs "
            "may be forgotten, move it away and run: python -m kiosk volunteer add NAME"
        ) from error
    ids = [volunteer.volunteer_id for volunteer in document.volunteers]
    if len(set(ids)) < len(ids):
        raise PinFileError(f"{file} names a volunteer_id twice. Restore it from a backup.")
    return document


def write_document(directory: Path, document: Document) -> None:
    """On the disk when this returns.

    Raises:
        PinFileError: the disk refused; the old file stands.
    """
    file = directory / FILE_NAME
    content = msgspec.json.format(msgspec.json.encode(document), indent=1)
    try:
        write_whole(file, content + b"\n", mode=PRIVATE)
    except OSError as error:
        raise PinFileError(
            f"{file} cannot be written ({error.strerror}). Free some space or check the disk."
        ) from error


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One process at a time: the kiosk and an operator's command share the file.

    Raises:
        PinFileError: the directory cannot be written.
    """
    try:
        lock = (directory / LOCK_NAME).open("ab")
    except OSError as error:
        raise PinFileError(
            f"{directory / LOCK_NAME} cannot be opened ({error.strerror}). Check the disk."
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
