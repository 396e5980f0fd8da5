"""Request bodies: read up to a limit, unpacked up to a limit, decoded into messages."""

from __future__ import annotations

import zlib
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from kiosk.domain.errors import WireError
from sync import wire
from sync.server.problems import ProblemError

_GZIP = 31
"""zlib's window bits for the gzip format."""

T = TypeVar("T")


async def read_body(request: Request, size_bytes_max: int) -> bytes:
    """A request's body, unpacked when it says gzip.

    Raises:
        ProblemError: ``too_large`` before more than the limit is held, ``bad_message``.
    """
    packed = bytearray()
    try:
        async for chunk in request.stream():
            packed += chunk
            if len(packed) > size_bytes_max:
                raise _too_large(size_bytes_max)
    except ClientDisconnect as error:
        raise ProblemError("bad_message", "The message broke off; send it again.") from error
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "identity":
        return bytes(packed)
    if encoding != "gzip":
        raise ProblemError("bad_message", f"Content-Encoding {encoding!r} is not known; use gzip.")
    return _unpacked(bytes(packed), size_bytes_max)


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """A message from a body.

    Raises:
        ProblemError: ``bad_message``.
    """
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError("bad_message", f"This message cannot be read: {error}") from error
    except WireError as error:
        raise ProblemError("bad_message", str(error)) from error


def _unpacked(packed: bytes, size_bytes_max: int) -> bytes:
    """Unpacks no more than the limit, whatever a small bomb would grow to."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, size_bytes_max + 1)
    except zlib.error as error:
        raise ProblemError("bad_message", "The message is not gzip.") from error
    if len(body) > size_bytes_max:
        raise _too_large(size_bytes_max)
    if not unpacker.eof:
        raise ProblemError("bad_message", "The message broke off; send it again.")
    return body


def _too_large(size_bytes_max: int) -> ProblemError:
    return ProblemError("too_large", f"The message has more than {size_bytes_max} bytes.")


BATCH_DECODER = msgspec.json.Decoder(wire.Batch)
ENROL_DECODER = msgspec.json.Decoder(wire.EnrolRequest)
SUGGESTION_DECODER = msgspec.json.Decoder(wire.SuggestionText)
