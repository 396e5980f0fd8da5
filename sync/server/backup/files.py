"""The backup's file: packed, read back, unpacked."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import msgspec

from sync.server.backup import BackupError
from sync.server.backup.manifest import DUMP_FILES, FORMAT, MANIFEST_FILE, Dump, Manifest

_CHUNK_BYTES = 1024 * 1024
_MANIFEST_SIZE_BYTES_MAX = 256 * 1024 * 1024


def dump_of(path: Path, name: str) -> Dump:
    """A finished file's size and SHA-256."""
    with path.open("rb") as file:
        return Dump(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def pack(out: Path, manifest: Manifest, dump: Path) -> None:
    """Writes the backup whole or not at all, for this user's eyes, down to the disk."""
    part = out.with_name(f".{out.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                words = msgspec.json.format(msgspec.json.encode(manifest))
                _add(tar, MANIFEST_FILE, len(words), io.BytesIO(words))
                with dump.open("rb") as content:
                    _add(tar, manifest.dump.name, manifest.dump.size_bytes, content)
            file.flush()
            os.fsync(file.fileno())
        check(part)
        part.replace(out)
        sync_folder(out.parent)
    finally:
        part.unlink(missing_ok=True)


def check(path: Path) -> Manifest:
    """Reads a whole backup: is every byte what its manifest says?

    Raises:
        BackupError: when it is not, or the file is no backup.
    """
    with opened(path) as (manifest, dump):
        digest, size_bytes = hashlib.sha256(), 0
        while chunk := dump.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    if (size_bytes, digest.hexdigest()) != (manifest.dump.size_bytes, manifest.dump.sha256):
        raise BackupError(f"{path} was changed or damaged: its bytes are not what it says.")
    return manifest


def unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Writes the database's file into a folder, checked on the way; SQLite's unpacked.

    Raises:
        BackupError: as :func:`check`.
    """
    manifest = check(path)
    target = folder / manifest.dump.name.removesuffix(".gz")
    with opened(path) as (_, dump), target.open("xb") as file:
        source: IO[bytes] = dump
        if manifest.dump.name.endswith(".gz"):
            source = cast(IO[bytes], gzip.open(dump))  # noqa: SIM115  closed with the backup
        shutil.copyfileobj(source, file, _CHUNK_BYTES)
        file.flush()
        os.fsync(file.fileno())
    return manifest, target


@contextlib.contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """The manifest, and the database's file to be read.

    Raises:
        BackupError: when the file is no backup of ours, or of a newer program.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            manifest = _manifest(tar, path)
            member = tar.getmember(manifest.dump.name)
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:
                raise BackupError(f"{path} holds no database.")
            yield manifest, content
    except FileNotFoundError as error:
        raise BackupError(f"{path} is not there.") from error
    except (tarfile.TarError, KeyError, EOFError, gzip.BadGzipFile) as error:
        raise BackupError(f"{path} is no backup of the centre, or is damaged: {error}") from error


def gzipped(source: Path, target: Path) -> None:
    """Packs a file; quick rather than small."""
    with source.open("rb") as content, gzip.open(target, "wb", compresslevel=3) as packed:
        shutil.copyfileobj(content, packed, _CHUNK_BYTES)


def sync_folder(folder: Path) -> None:
    """A new name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    member = tar.getmember(MANIFEST_FILE)
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or member.size > _MANIFEST_SIZE_BYTES_MAX:
        raise BackupError(f"{path} is no backup of the centre.")
    try:
        manifest = msgspec.json.decode(content.read(), type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"{path} has a manifest that cannot be read: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{path} is of another version of the program; use that one.")
    if manifest.dump.name != DUMP_FILES.get(manifest.database):
        raise BackupError(f"{path} names a file that is not ours.")
    return manifest


def _add(tar: tarfile.TarFile, name: str, size_bytes: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, 0o600
    tar.addfile(member, content)
