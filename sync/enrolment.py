"""Belonging to a shop: asked for once with a one-time code, kept in a private file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.errors import SyncError, WireError
from sync import wire
from sync.centre import Centre, NoAnswer
from sync.proof import EarlierEpoch, make_enrol_request

__all__ = ["EarlierEpoch", "Enrolment", "enrol", "load", "save"]

_PRIVATE = 0o600


class Enrolment(msgspec.Struct, frozen=True):
    """What a kiosk needs to reach the centre, and the shop it belongs to.

    ``epoch`` and ``link_hash`` (hex) are what the centre issued for the offered key.
    """

    server_url: str
    kiosk_id: str
    epoch: int
    link_hash: str
    shop: wire.ShopMessage
    token: str
    status: str
    server_ms: int
    server_key: str = ""
    """The centre's public key, base64; empty when it enrolled before centres signed."""

    def __repr__(self) -> str:
        return f"Enrolment({self.server_url}, {self.kiosk_id}/{self.epoch}, {self.shop.slug})"


def enrol(
    server_url: str,
    code: str,
    *,
    kiosk_id: str,
    epoch: int,
    key: Ed25519PrivateKey,
    software: str,
    verify: Any = True,
    earlier: Sequence[EarlierEpoch] = (),
) -> Enrolment:
    """Enrols a kiosk; the key never leaves the device.

    Args:
        server_url: ``https://host[:port]``.
        code: the one-time code as typed.
        kiosk_id: the kiosk's name, made from its first key.
        epoch: where the kiosk stands.
        key: its first key, or a new one when it enrols again.
        software: name and version.
        verify: as httpx takes it; True checks the server's certificate.
        earlier: epochs that it has written, for a centre that lost them.

    Raises:
        RefusedError: the centre said no, and why.
        Unreachable: no answer that can be believed.
    """
    request = make_enrol_request(code, kiosk_id, epoch, key, software, earlier)
    with Centre(server_url, verify=verify, software=software) as centre:
        answer = centre.enrol(request)
    if answer.kiosk_id != kiosk_id:
        raise NoAnswer("The centre answered for another kiosk.")
    return Enrolment(
        server_url.rstrip("/"),
        answer.kiosk_id,
        answer.epoch,
        answer.link_hash,
        answer.shop,
        answer.token,
        answer.status,
        answer.server_ms,
        answer.server_key,
    )


def save(enrolment: Enrolment, path: Path) -> None:
    """Keeps an enrolment where only this user reads it; whole or not at all.

    Raises:
        SyncError: when the disk refuses.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(enrolment)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_directory(path.parent)  # the code is spent: after a power cut it could not come again
    except OSError as error:
        raise SyncError(f"{path} cannot be written ({error.strerror}); check the disk.") from error


def load(path: Path) -> Enrolment | None:
    """The enrolment kept in that file; None when there is none yet.

    Raises:
        SyncError: when the file cannot be used.
    """
    try:
        return wire.decode(path.read_bytes(), Enrolment)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SyncError(f"{path} cannot be read ({error.strerror}); check the disk.") from error
    except WireError as error:
        raise SyncError(f"{path} is damaged; enrol the kiosk again.") from error


def _sync_directory(directory: Path) -> None:
    """A renaming is on disk only when its directory is."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
