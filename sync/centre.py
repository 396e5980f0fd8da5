"""The central server as a kiosk sees it: one method per route, and nothing believed unread.

Answers are taken only as JSON of the agreed form, up to a size and a time; a captive portal's
page, a redirect or half an answer is :class:`Unreachable`, never an answer.
"""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import httpx
import msgspec

from kiosk.domain.errors import RefusedError, Unreachable, WireError
from sync import wire
from sync.replies import REPLIES_SIZE_BYTES_MAX, RepliesDocument

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
ANSWER_TIMEOUT_S = 120.0
"""For a whole answer, however slowly it drips."""
RETRY_AFTER_S_MAX = 3600.0
PICTURE_TYPE = "image/png"
_GZIP_LEVEL = 6
_GZIP_WINDOW_BITS = 31
"""zlib's way of naming the gzip format."""
_RETRY_STATUSES = frozenset({408, 425, 429})

T = TypeVar("T")


class _Answer(NamedTuple):
    """An answer of the agreed form; status 200 or 304."""

    status: int
    data: bytes
    headers: httpx.Headers


class CentreRefusedError(RefusedError):
    """The centre's refusal, with its problem."""

    def __init__(self, problem: wire.Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem

    @property
    def code(self) -> str:
        """The problem's name for programs."""
        return self.problem.code


class NoAnswer(Unreachable):
    """No answer that can be believed; ``retry_after_s`` when the centre named a wait."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Centre:
    """A connection to the central server; for one thread."""

    def __init__(
        self, server_url: str, token: str = "", *, verify: Any = True, software: str = "adal"
    ) -> None:
        headers = {
            "User-Agent": software,
            "Accept": wire.JSON_TYPE,
            "Accept-Encoding": "gzip",
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            if not server_url.lower().startswith(("http://", "https://")):
                raise ValueError("no address of a server")
            self._http = httpx.Client(
                base_url=server_url.rstrip("/") + wire.API,
                headers=headers,
                timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                follow_redirects=False,
                verify=verify,
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise NoAnswer(f"{server_url!r} is no server address; write https://host.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()

    def enrol(self, request: wire.EnrolRequest) -> wire.EnrolAnswer:
        """Asks to belong to a shop."""
        return self._message("POST", "/enrol", wire.EnrolAnswer, body=request)

    def mark(self, have: int = 0) -> wire.Mark:
        """What the centre holds of this kiosk, which has catalogue version ``have``."""
        params = {"have": str(have)} if have else None
        return self._message("GET", "/mark", wire.Mark, params=params)

    def push(self, batch: wire.Batch) -> wire.Ack:
        """Sends entries; whoever calls compares the head."""
        return self._message("POST", "/journal", wire.Ack, body=batch)

    def suggestion(self, text: wire.SuggestionText) -> wire.Received:
        """Sends what a shopper wrote."""
        return self._message("POST", "/suggestions", wire.Received, body=text)

    def catalogue(self, version: int) -> bytes | None:
        """The newest catalogue's bytes, checked to be one; None when ``version`` is it."""
        found = self.signed_catalogue(version)
        return None if found is None else found[0]

    def signed_catalogue(self, version: int) -> tuple[bytes, str] | None:
        """The same with the centre's signature in base64; "" from a centre that signs nothing."""
        answer = self._exchange(
            "GET",
            "/catalogue",
            headers={"If-None-Match": f'"{version}"'},
            size_bytes_max=wire.CATALOGUE_SIZE_BYTES_MAX,
        )
        if answer.status == 304:
            return None
        _decoded(answer.data, wire.CatalogueDocument)
        return answer.data, answer.headers.get(wire.SIGNATURE_HEADER, "")

    def picture(self, sha256: str) -> bytes:
        """A picture's bytes, checked to be the ones that are named so."""
        answer = self._exchange(
            "GET",
            f"/pictures/{sha256}",
            size_bytes_max=wire.PICTURE_SIZE_BYTES_MAX,
            media_type=PICTURE_TYPE,
        )
        if hashlib.sha256(answer.data).hexdigest() != sha256:
            raise NoAnswer("Another picture came than the one that was asked for.")
        return answer.data

    def campaigns(self) -> bytes:
        """The shop's campaigns as they came, checked to be some."""
        answer = self._exchange("GET", "/campaigns", size_bytes_max=wire.CAMPAIGNS_SIZE_BYTES_MAX)
        _decoded(answer.data, wire.CampaignsDocument)
        return answer.data

    def replies(self, tag: str) -> bytes | None:
        """The replies to the shop's suggestions as they came; None when ``tag`` names them."""
        answer = self._exchange(
            "GET",
            "/replies",
            headers={"If-None-Match": f'"{tag}"'},
            size_bytes_max=REPLIES_SIZE_BYTES_MAX,
        )
        if answer.status == 304:
            return None
        _decoded(answer.data, RepliesDocument)
        return answer.data

    def signed_settings(self, version: int, report: dict[str, str]) -> tuple[bytes, str] | None:
        """The newest settings' bytes and signature; None when ``version`` is the newest.

        ``report``: what the kiosk tells of those it has, as the route's parameters.
        """
        answer = self._exchange(
            "GET",
            "/settings",
            headers={"If-None-Match": f'"{version}"'},
            params={"have": str(version), **report},
        )
        if answer.status == 304:
            return None
        return answer.data, answer.headers.get(wire.SIGNATURE_HEADER, "")

    def sales(self, params: dict[str, str]) -> bytes:
        """One page of sales as JSON; see the export route."""
        return self._exchange(
            "GET", "/sales", params=params, size_bytes_max=wire.CATALOGUE_SIZE_BYTES_MAX
        ).data

    def _message(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: msgspec.Struct | None = None,
        params: dict[str, str] | None = None,
    ) -> T:
        content, headers = None, {}
        if body is not None:
            # Level 6 of gzip: 200 sales shrink from 66 to 13 kB.
            content = gzip.compress(msgspec.json.encode(body), _GZIP_LEVEL, mtime=0)
            headers = {"Content-Type": wire.JSON_TYPE, "Content-Encoding": "gzip"}
        answer = self._exchange(method, path, content=content, headers=headers, params=params)
        if answer.status != 200:
            raise NoAnswer(f"The centre answered {answer.status} where only 200 makes sense.")
        return _decoded(answer.data, kind)

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        size_bytes_max: int = wire.ANSWER_SIZE_BYTES_MAX,
        media_type: str = wire.JSON_TYPE,
    ) -> _Answer:
        """One request, answered in the agreed form; a refusal is JSON whatever was asked for."""
        try:
            with self._http.stream(
                method, path, content=content, headers=headers, params=params
            ) as response:
                data = _read(response, size_bytes_max)
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error) as error:
            raise NoAnswer(f"No connection to the centre ({_plain(error)}).") from error
        if response.status_code == 304:
            return _Answer(304, b"", response.headers)
        expected = media_type if response.status_code == 200 else wire.JSON_TYPE
        if response.headers.get("content-type", "").partition(";")[0].strip() != expected:
            raise NoAnswer(
                f"Something else answered in the centre's place (HTTP {response.status_code}); "
                "a Wi-Fi sign-in page perhaps.",
                _retry_after_s(response),
            )
        if response.status_code == 200:
            return _Answer(200, data, response.headers)
        raise _refusal(response, data)


def _read(response: httpx.Response, size_bytes_max: int) -> bytes:
    """An answer's bytes, unpacked here: httpx would unpack a small bomb whole before we see it."""
    give_up_at = time.monotonic() + ANSWER_TIMEOUT_S
    unpacker = _unpacker(response)
    data = bytearray()
    for chunk in response.iter_raw():
        data += unpacker.decompress(chunk, size_bytes_max + 1 - len(data)) if unpacker else chunk
        if len(data) > size_bytes_max:
            raise NoAnswer(f"The answer has more than {size_bytes_max} bytes.")
        if time.monotonic() > give_up_at:
            raise NoAnswer(f"The answer took more than {ANSWER_TIMEOUT_S:.0f} s.")
    if unpacker and response.num_bytes_downloaded and not unpacker.eof:
        raise NoAnswer("The answer broke off.")
    return bytes(data)


def _unpacker(response: httpx.Response) -> Any:
    """What takes an answer out of its packing; None for one that is not packed.

    Only gzip was asked for: a proxy before the centre may pack with it.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "gzip":
        return zlib.decompressobj(_GZIP_WINDOW_BITS)
    if encoding != "identity":
        raise NoAnswer(f"The answer is packed with {encoding!r}, which nobody asked for.")
    return None


def _refusal(response: httpx.Response, data: bytes) -> CentreRefusedError | NoAnswer:
    """What a status other than 200 means: a reasoned no, or try again later."""
    problem = None
    try:
        problem = wire.decode(data, wire.Problem)
    except WireError:
        pass
    status = response.status_code
    if problem is None or status >= 500 or status in _RETRY_STATUSES:
        said = problem.message if problem else f"The centre answered HTTP {status}."
        return NoAnswer(said, _retry_after_s(response))
    return CentreRefusedError(problem)


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        return wire.decode(data, kind)
    except WireError as error:
        raise NoAnswer(f"The answer cannot be read. {error}") from error


def _retry_after_s(response: httpx.Response) -> float | None:
    """Seconds from Retry-After, capped; a date is not taken, since no clock is trusted."""
    text = response.headers.get("retry-after", "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return min(float(text[:9]), RETRY_AFTER_S_MAX)


def _plain(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    return str(error) or type(error).__name__
