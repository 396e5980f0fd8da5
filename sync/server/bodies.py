"""Request bodies: read up to a limit, unpacked up to a limit, decoded into messages."""

from __future__ import annotations

import zlib
from typing import NamedTuple, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from kiosk.domain.errors import WireError
from sync import wire
from sync.server.problems import ProblemError

_GZIP = 31
"""zlib's window bits for the gzip format."""

T = TypeVar("T")


class Body(NamedTuple):
    """What was sent, perhaps packed; ``encoding`` as the header says."""

    data: bytes
    encoding: str
    size_bytes_max: int

    def unpacked(self) -> bytes:
        """What was meant.

        Raises:
            ProblemError: ``too_large`` before more than the limit is held, ``bad_message``.
        """
        if self.encoding == "identity":
            return self.data
        if self.encoding != "gzip":
            raise ProblemError(
                "bad_message", f"Content-Encoding {self.encoding!r} is not known; use gzip."
            )
        return _unpacked(self.data, self.size_bytes_max)


async def read_body(request: Request, size_bytes_max: int) -> bytes:
    """A request's body, unpacked when it says gzip.

    Raises:
        ProblemError: ``too_large`` before more than the limit is held, ``bad_message``.
    """
    return (await receive_body(request, size_bytes_max)).unpacked()


async def receive_body(request: Request, size_bytes_max: int) -> Body:
    """A request's body as it comes, to be unpacked elsewhere.

    Raises:
        ProblemError: as :func:`read_body`.
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
    return Body(bytes(packed), encoding, size_bytes_max)


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
