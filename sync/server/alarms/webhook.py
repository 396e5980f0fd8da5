"""Sending to a webhook: signed, and never into our own network unless that is allowed.

The address is looked up once, judged, and then connected to as a number: looked up a second time
the name could lead elsewhere. Redirects are not followed.

Signature: header ``Adal-Signature: t=<ms>,v1=<hex>`` where hex is HMAC-SHA-256, keyed with the
channel's secret, over the ASCII digits of ``t``, a full stop, and the body. Receivers compare it
and refuse an old ``t``.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from enum import StrEnum
from urllib.parse import urlsplit

from kiosk.domain.errors import AdalError

TIMEOUT_S = 10
DEADLINE_S = 20.0
"""For all of it: who answers a letter a minute must not hold everybody's alarms up."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Trouble(StrEnum):
    """Why something could not be sent; the pages word it."""

    NO_SERVER = "no_server"
    MAIL_REFUSED = "mail_refused"
    NOT_REACHABLE = "not_reachable"
    REFUSED = "refused"
    PRIVATE = "private"
    NOT_HTTPS = "not_https"


class SendError(AdalError):
    """It could not be sent."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble.value}: {detail}" if detail else trouble.value)
        self.trouble = trouble


def signature(secret: str, body: bytes, now_ms: int) -> str:
    """The header's value; see the module's docstring."""
    signed = f"{now_ms}.".encode() + body
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={now_ms},v1={mac}"


def post(url: str, body: bytes, secret: str, *, now_ms: int, private: bool = False) -> None:
    """Sends JSON and wants any 2xx.

    Raises:
        SendError: refused, not reachable, or another answer.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    tls = parts.scheme == "https"
    if not tls and not private:
        raise SendError(Trouble.NOT_HTTPS)
    port = parts.port or (443 if tls else 80)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "adal",
        "Adal-Signature": signature(secret, body, now_ms),
        "Connection": "close",
    }
    try:
        address = _allowed_address(host, port, private=private)
        connection = _Pinned(address, host, port, tls=tls)
        deadline = threading.Timer(DEADLINE_S, connection.hang_up)
        deadline.start()
        try:
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
        finally:
            deadline.cancel()
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SendError(Trouble.NOT_REACHABLE, type(error).__name__) from error
    if not 200 <= status < 300:
        raise SendError(Trouble.REFUSED, str(status))


def is_public(address: Address) -> bool:
    """Whether an address is of the open Internet, also behind the disguises that v6 knows."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _allowed_address(host: str, port: int, *, private: bool) -> str:
    """The first address of a name; refused when any of them is not of the open Internet."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(info[4][0]) for info in found]
    if not private and not all(
        is_public(ipaddress.ip_address(address.partition("%")[0])) for address in addresses
    ):
        raise SendError(Trouble.PRIVATE)
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """Connects to a number, and with TLS wants the certificate of the name."""

    def __init__(self, address: str, host: str, port: int, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._address, self._tls = address, tls

    def hang_up(self) -> None:
        """Ends a conversation that lasts too long, from another thread."""
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """One connection."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT_S)
        if not self._tls:
            self.sock = plain
            return
        try:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
