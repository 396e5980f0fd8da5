"""Who may do what: kiosk tokens, access tokens and one-time codes; only hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.proof import normal_code
from sync.server.marks import EpochKey
from sync.server.problems import ProblemError
from sync.server.schema import access_token, kiosk_epoch
from sync.wire import EpochMark

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L or U: codes are read aloud and typed."""
CODE_LENGTH = 8
_TOKEN_SIZE_BYTES = 32
_BEARER = "bearer "

APPROVED, PENDING, REVOKED, REPLACED = "approved", "pending", "revoked", "replaced"
SUSPENDED = "suspended"
"""Gets nothing new, but what it sends is taken: its sales happened, whatever the doubt is about."""
SENDING = (APPROVED, SUSPENDED)
SHUT_OUT = (REVOKED, REPLACED)
"""Their key may be in other hands: nothing of theirs goes into a journal any more."""
TELLING = (*SENDING, *SHUT_OUT)
"""Whose entries are kept, in the journal or, of one that was shut out, in quarantine."""
STATUSES = (APPROVED, PENDING, SUSPENDED, REVOKED, REPLACED)

_STATUS_PROBLEMS = {
    PENDING: ("kiosk_pending", "A coordinator has not approved this kiosk yet."),
    SUSPENDED: (
        "kiosk_suspended",
        "A coordinator suspended this kiosk: it may send, and gets nothing new for now.",
    ),
    REVOKED: ("kiosk_revoked", "This kiosk was shut out by a coordinator; enrol it again."),
    REPLACED: ("kiosk_replaced", "This kiosk was enrolled again with another key; use that one."),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A kiosk that proved who it is: its shop, its name, the epoch of its token, its status."""

    shop_id: int
    kiosk_id: str
    epoch: int
    status: str = APPROVED


@dataclass(frozen=True, slots=True)
class EpochOfCaller:
    """An epoch that a caller may write, and the key it is signed with."""

    key: EpochKey
    public_key: bytes


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a random secret; random enough to need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_code() -> str:
    """A one-time code such as ``K7QF-93MD``: 39 bits, good for minutes."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def code_hash(code: str) -> bytes:
    """What is kept of a one-time code."""
    return secret_hash(normal_code(code))


def new_kiosk_token(kiosk_id: str, epoch: int) -> str:
    """``kiosk.epoch.secret``: it says which row to look up, so no index over secrets exists."""
    return f"{kiosk_id}.{epoch}.{secrets.token_urlsafe(_TOKEN_SIZE_BYTES)}"


def new_access_token() -> str:
    """A coordinator's token for reading."""
    return f"read.{secrets.token_urlsafe(_TOKEN_SIZE_BYTES)}"


def bearer(header: str | None) -> str:
    """The token in an Authorization header.

    Raises:
        ProblemError: ``token_missing``.
    """
    if header is None or not header.lower().startswith(_BEARER):
        raise ProblemError("token_missing", "Send the token as: Authorization: Bearer …")
    return header[len(_BEARER) :].strip()


def kiosk_of(connection: Connection, token: str) -> Caller:
    """The approved kiosk that a token belongs to: it may send, and be given what is new.

    Raises:
        ProblemError: ``token_unknown``, or why an enrolled kiosk is refused now.
    """
    return _caller(connection, token, (APPROVED,))


def kiosk_that_sends(connection: Connection, token: str) -> Caller:
    """The kiosk that a token belongs to, approved or suspended: what it tells is evidence.

    Raises:
        ProblemError: as :func:`kiosk_of`.
    """
    return _caller(connection, token, SENDING)


def kiosk_that_tells(connection: Connection, token: str) -> Caller:
    """The kiosk that a token belongs to, also one that was shut out or replaced: its status says so.

    Raises:
        ProblemError: as :func:`kiosk_of`.
    """
    return _caller(connection, token, TELLING)


def _caller(connection: Connection, token: str, statuses: tuple[str, ...]) -> Caller:
    kiosk_id, epoch = named_in(token)
    row = connection.execute(
        select(kiosk_epoch.c.shop_id, kiosk_epoch.c.token_hash, kiosk_epoch.c.status).where(
            kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.epoch == epoch
        )
    ).one_or_none()
    if row is None:
        raise unknown_token()
    require_proof(token, row.token_hash, row.status, statuses)
    return Caller(row.shop_id, kiosk_id, epoch, row.status)


def require_proof(token: str, token_hash: bytes, status: str, statuses: tuple[str, ...]) -> None:
    """Lets a kiosk's token pass that is the one given out, while its epoch may do what it asks.

    Raises:
        ProblemError: as :func:`kiosk_of`.
    """
    if not hmac.compare_digest(token_hash, secret_hash(token)):
        raise unknown_token()
    if status not in statuses:
        raise refusal(status)


def refusal(status: str, mark: EpochMark | None = None) -> ProblemError:
    """Why a kiosk of that status is refused."""
    return ProblemError(*_STATUS_PROBLEMS[status], mark=mark)


def epoch_of(connection: Connection, caller: Caller, kiosk_id: str, epoch: int) -> EpochOfCaller:
    """The epoch that a batch names, if the caller may write it: his own or an earlier one.

    Raises:
        ProblemError: ``kiosk_other``.
    """
    row = None
    if kiosk_id == caller.kiosk_id and epoch <= caller.epoch:
        row = connection.execute(
            select(kiosk_epoch.c.shop_id, kiosk_epoch.c.public_key).where(
                kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.epoch == epoch
            )
        ).one_or_none()
    if row is None:
        raise ProblemError(
            "kiosk_other", f"This token may not write epoch {epoch} of kiosk {kiosk_id}."
        )
    return EpochOfCaller(EpochKey(row.shop_id, kiosk_id, epoch), row.public_key)


def require_reader(connection: Connection, token: str) -> None:
    """Lets a coordinator's token pass.

    Raises:
        ProblemError: ``token_unknown``.
    """
    found = connection.execute(
        select(access_token.c.name).where(
            access_token.c.token_hash == secret_hash(token), access_token.c.revoked_ms.is_(None)
        )
    ).one_or_none()
    if found is None:
        raise unknown_token()


def named_in(token: str) -> tuple[str, int]:
    """Kiosk and epoch that a token says it belongs to; raises ProblemError ``token_unknown``."""
    kiosk_id, _, rest = token.partition(".")
    digits, _, _secret = rest.partition(".")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise unknown_token()
    return kiosk_id, int(digits)


def unknown_token() -> ProblemError:
    """What a stranger is told, whatever he tried."""
    return ProblemError(
        "token_unknown",
        "This token is not known here. A kiosk enrols again; for reading make a new one: adal-sync token add.",
    )
