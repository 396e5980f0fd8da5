"""Putting a backup back: staged and checked while the kiosk runs, carried out at its next start.

:func:`stage` copies a backup beside the kiosk's data and checks the copy; from then on the stick
is not needed. :func:`carry_out_request`, called before the journal is opened, moves what is there
aside into ``before-…`` and the copy into its place. Nothing is ever overwritten or deleted, and
every move is a renaming that a power cut leaves done or undone, so the next start goes on where
this one ended.

The folder itself stays: it may be a mount point, whose parent the kiosk must not write.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from kiosk import keys, local_settings
from kiosk.backup import STAGE_FOLDER
from kiosk.backup import manifest as manifests
from kiosk.backup.check import Meter, Progress, Stage, check_journal, require_same, silent
from kiosk.backup.files import copy_file, in_words, remove_folder, require_room
from kiosk.backup.make import WORK_FOLDER
from kiosk.backup.manifest import Backup, BackupError, Manifest, Trouble
from kiosk.backup.renewal import RENEWAL_FILE, ask_for_epoch
from kiosk.backup.standing import HARMLESS, Standing, require_harmless, standing
from kiosk.catalogue import FILE_NAME, PREVIOUS_NAME, SUMS_NAME, CatalogueStore
from kiosk.config import check_config
from kiosk.disk import sync_directory
from kiosk.domain.errors import ConfigError
from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.facts import ENROLMENT_FILE

_log = logging.getLogger(__name__)

ASIDE_PREFIX = "before-"
RESULT_FILE = "restore-result.json"

_READY = "ready.json"
"""In the staging folder: the copy is whole and was checked. Without it there is no request."""
_MOVING = "moving.json"
"""The plan that is being carried out; from here on there is no way back, only forward."""
_FILES = "files"

STAYS = (
    keys.LOCK_FILE,
    STAGE_FOLDER,
    WORK_FOLDER,
    RESULT_FILE,
    f"{ASIDE_PREFIX}*",
    "exports",
    "volunteers.json",
    "setup.json",
)
"""What is not of the journal, or must go on: who can get in now can get in afterwards."""
_OWN_NAME = (keys.IDENTITY_FILE, "*.key", ENROLMENT_FILE)
"""The right to go on with the journal."""

Mover = Callable[[Path, Path], None]


class Ready(msgspec.Struct, frozen=True):
    """A restore that waits for the program's next start."""

    manifest: Manifest
    forced: bool
    asked_ms: int


class _Plan(msgspec.Struct, frozen=True):
    aside: str
    keeps_name: bool
    manifest: Manifest
    has_sums: bool = False
    """Of the catalogue, made here: no manifest names them."""


class Result(msgspec.Struct, frozen=True):
    """What came of a restore; ``must_enrol``: the kiosk cannot sell before it is enrolled again."""

    done: bool
    message: str
    must_enrol: bool = False
    trouble: str = ""


def stage(
    directory: Path,
    folder: Path,
    *,
    now_ms: int,
    force: bool = False,
    progress: Progress = silent,
) -> Standing:
    """Copies a backup beside the kiosk's data, checks the copy, and asks for the restore.

    Raises:
        BackupError: when the backup is not in order, or would lose newer or foreign entries
            and ``force`` is not given. Nothing was changed then.
    """
    backup = manifests.read(folder)
    staging = directory / STAGE_FOLDER
    if (staging / _MOVING).exists():
        raise BackupError("An earlier restore is not finished. Restart the program first.")
    remove_folder(staging)
    try:
        with in_words(directory):
            directory.mkdir(parents=True, exist_ok=True)
            require_room(directory, backup.manifest.size_bytes)
            (staging / _FILES).mkdir(parents=True, mode=0o700)
        _copy_checked(backup, staging / _FILES, progress)
        check_journal(backup.manifest, staging / _FILES, progress)
        _require_settings(staging / _FILES)
        found = standing(directory, backup.manifest, staging / _FILES)
        if not force:
            require_harmless(found)
        keys.write_file(
            staging / _READY, msgspec.json.encode(Ready(backup.manifest, force, now_ms))
        )
    except BaseException:
        remove_folder(staging)
        raise
    return found


def waiting(directory: Path) -> Ready | None:
    """The restore that waits for the next start, if any."""
    try:
        return msgspec.json.decode((directory / STAGE_FOLDER / _READY).read_bytes(), type=Ready)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def call_off(directory: Path) -> None:
    """Forgets a restore that waits; one that has begun goes on."""
    staging = directory / STAGE_FOLDER
    if not (staging / _MOVING).exists():
        (staging / _READY).unlink(missing_ok=True)
        remove_folder(staging)


def last_result(directory: Path) -> Result | None:
    """What came of the last restore at this kiosk."""
    try:
        return msgspec.json.decode((directory / RESULT_FILE).read_bytes(), type=Result)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def carry_out_request(directory: Path, move: Mover = os.replace) -> Result | None:
    """Carries out the restore that waits, or goes on with one that a power cut ended.

    Call it at the program's start, before the journal is opened.

    Args:
        directory: the kiosk's data.
        move: renames a file or folder; for tests that pull the plug.

    Returns:
        What came of it, also kept for :func:`last_result`; None when nothing was asked for.

    Raises:
        JournalError: when another program has the journal open.
        BackupError: when the disk refuses; the next start tries again.
    """
    staging = directory / STAGE_FOLDER
    if not staging.is_dir():
        return None
    lock = keys.lock_directory(directory)
    try:
        with in_words(directory):
            return _carried_out(directory, staging, move)
    finally:
        os.close(lock)


def _carried_out(directory: Path, staging: Path, move: Mover) -> Result | None:
    plan = _plan_begun(staging)
    if plan is None:
        ready = waiting(directory)
        if ready is None:  # a copy that a power cut ended: nobody was told that it was there
            remove_folder(staging)
            return None
        found = standing(directory, ready.manifest, staging / _FILES)
        if found not in HARMLESS and not ready.forced:
            remove_folder(staging)
            return _told(directory, _refused(found))
        if found is Standing.SAME:
            _keep_own_products(staging / _FILES)
        else:
            _note_sums(staging / _FILES, ready.manifest)
        plan = _begun(directory, staging, ready, keeps_name=found is Standing.SAME)
    _move_aside(directory, plan, move)
    _move_in(directory, staging, plan, move)
    if not plan.keeps_name:
        ask_for_epoch(directory, plan.manifest.kiosk_id, plan.manifest.epoch)
    result = _told(directory, _finished(directory, plan))
    (staging / _MOVING).unlink()
    remove_folder(staging)
    return result


def _keep_own_products(files: Path) -> None:
    """With the very journal that is here already, its products are here too.

    Others would be prices that no entry tells of, under a key that goes on signing.
    """
    for name in (FILE_NAME, PREVIOUS_NAME):
        (files / name).unlink(missing_ok=True)


def _note_sums(files: Path, manifest: Manifest) -> None:
    """Backups hold no sums of the catalogue's files, but their manifest knows what they must be.

    Without them a price that flips on the disk afterwards would be believed.
    """
    sums = [one.sha256 for one in manifest.files if one.path in (FILE_NAME, PREVIOUS_NAME)]
    if sums:
        CatalogueStore(files).note_as_they_came(sums)


def _require_settings(files: Path) -> None:
    """Settings that stop the program's start must not come in: nobody could put them right."""
    try:
        check_config(local_settings.load(files), f"The backup's {local_settings.FILE_NAME}")
    except ConfigError as error:
        raise BackupError(f"{error} Use another backup.", Trouble.DAMAGED) from error


def _copy_checked(backup: Backup, target: Path, progress: Progress) -> None:
    moved = Meter(progress, Stage.COPY, backup.manifest.size_bytes).counter()
    for record in backup.manifest.files:
        path = backup.folder / record.path
        with in_words(backup.folder):
            found = copy_file(path, target / record.path, record.path, moved)
        require_same(found, record, path)
        (target / record.path).chmod(0o600)


def _plan_begun(staging: Path) -> _Plan | None:
    try:
        return msgspec.json.decode((staging / _MOVING).read_bytes(), type=_Plan)
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupError(
            f"{staging / _MOVING} is damaged ({error}). Keep the whole folder and tell the "
            "coordinator."
        ) from error


def _begun(directory: Path, staging: Path, ready: Ready, *, keeps_name: bool) -> _Plan:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ready.asked_ms)
    name = f"{ASIDE_PREFIX}{moment.astimezone(KAZAKHSTAN):%Y%m%d-%H%M%S}"
    number, aside = 1, name
    while (directory / aside).exists():
        number += 1
        aside = f"{name}-{number}"
    has_sums = (staging / _FILES / SUMS_NAME).exists()
    plan = _Plan(aside, keeps_name, ready.manifest, has_sums)
    keys.write_file(staging / _MOVING, msgspec.json.encode(plan))
    return plan


def _move_aside(directory: Path, plan: _Plan, move: Mover) -> None:
    """Everything that was there; a file that is already the restored one is left alone.

    Which those are shows in the staging folder: what is no longer there has been moved in.
    """
    aside = directory / plan.aside
    aside.mkdir(mode=0o700, exist_ok=True)
    restored = {Path(file.path).parts[0] for file in plan.manifest.files}
    restored |= {SUMS_NAME} if plan.has_sums else set()
    staged = {path.name for path in (directory / STAGE_FOLDER / _FILES).iterdir()}
    moved_in = restored - staged
    own = (*_OWN_NAME, SUMS_NAME) if plan.keeps_name else ()
    stays = (*STAYS, plan.aside, RENEWAL_FILE, *own)
    for path in sorted(directory.iterdir()):
        if path.name not in moved_in and not any(path.match(pattern) for pattern in stays):
            move(path, aside / path.name)
    sync_directory(aside)
    sync_directory(directory)


def _move_in(directory: Path, staging: Path, plan: _Plan, move: Mover) -> None:
    for path in sorted((staging / _FILES).iterdir()):
        move(path, directory / path.name)
    sync_directory(directory)


def _refused(found: Standing) -> Result:
    try:
        require_harmless(found)
    except BackupError as error:
        return Result(done=False, message=str(error), trouble=error.trouble)
    raise AssertionError(found)


def _finished(directory: Path, plan: _Plan) -> Result:
    aside = directory / plan.aside
    if not any(aside.iterdir()):  # a new disk: there was nothing to put aside
        aside.rmdir()
        kept = ""
    else:
        kept = f" What was there is in {aside}."
    if plan.keeps_name:
        return Result(True, f"The backup is in place.{kept}")
    return Result(
        True,
        f"The backup is in place.{kept} Enrol the kiosk again before it sells: "
        "`python -m kiosk enrol`. It may not go on under its old key.",
        must_enrol=True,
    )


def _told(directory: Path, result: Result) -> Result:
    keys.write_file(directory / RESULT_FILE, msgspec.json.encode(result))
    (_log.info if result.done else _log.warning)("%s", result.message)
    return result
