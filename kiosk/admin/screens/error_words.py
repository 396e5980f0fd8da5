"""What an error says on a screen: what to do, in the volunteer's language, then its technical part.

The sentence is the disk's where a disk or stick refused, for that is what a volunteer can mend;
else the error class's own ``advice``. The technical part is for whoever is called afterwards: a file
and the system's name of the refusal, or the error's own English words. The log has all of it.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kiosk.admin.desk import Said
from kiosk.domain.errors import AdalError
from kiosk.screens.tr import tr
from kiosk.sheets.faults import SheetError, sentence

DETAIL_LENGTH_MAX = 120
"""What is longer would be too small to be read in the line it stands in."""

_FULL = frozenset({"ENOSPC", "EDQUOT", "SQLITE_FULL"})
_LOCKED = frozenset({"EROFS", "EACCES", "EPERM"})
_GONE = frozenset({"EIO", "ENODEV", "ENXIO", "ENOTCONN"})


def told(error: BaseException) -> str:
    """What to do, and beneath it what a technician asks for."""
    detail = detail_of(error)
    return f"{sentence_of(error)}\n{detail}" if detail else sentence_of(error)


def in_words(said: Said) -> Said:
    """The same with every error in it as its words."""
    values = {
        name: told(value) if isinstance(value, BaseException) else value
        for name, value in said.values.items()
    }
    return Said(said.note, values)


def sentence_of(error: BaseException) -> str:
    """What to do, in the current language."""
    _ = tr._
    name = _refusal_of(error)[0]
    if name in _FULL:
        return _("There is no room left on the disk or stick. Delete something there.")
    if name in _LOCKED:
        return _(
            "The disk or stick cannot be written. Look for a lock on the stick; if it is the "
            "kiosk's disk, tell the coordinator."
        )
    if name in _GONE:
        return _(
            "The disk or stick does not answer. Put the stick in again; if it is the kiosk's disk, "
            "tell the coordinator."
        )
    if isinstance(error, SheetError):
        return sentence(error.wrong, error.values, _)
    return _(error.advice if isinstance(error, AdalError) else AdalError.advice)


def detail_of(error: BaseException) -> str:
    """``goods.csv: ENOSPC``, or what the error says of itself, shortened."""
    name, file = _refusal_of(error)
    if name:
        return f"{file}: {name}" if file else name
    return "" if isinstance(error, SheetError) else shortened(str(error))


def shortened(text: str) -> str:
    """Words that may hold a file's name of any bytes, no longer than a line can take."""
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    return text if len(text) <= DETAIL_LENGTH_MAX else f"{text[:DETAIL_LENGTH_MAX]}…"


def _refusal_of(error: BaseException) -> tuple[str, str]:
    """The system's or the database's name for what it refused, and the file; or two empty ones."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and (name := errno.errorcode.get(cause.errno or 0)):
            file = cause.filename if isinstance(cause.filename, str) else ""
            return name, shortened(Path(file).name)
        if isinstance(cause, sqlite3.Error) and hasattr(cause, "sqlite_errorcode"):
            return _sqlite_name(cause), ""
    return "", ""


def _sqlite_name(error: sqlite3.Error) -> str:
    """The name of the primary code: ``SQLITE_IOERR`` of ``SQLITE_IOERR_WRITE``."""
    return "_".join(error.sqlite_errorname.split("_")[:2])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it was made of, from the outside inwards."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__
