"""How alarms leave the house; from the environment, so that a password stands in no file of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kiosk.domain.errors import ConfigError

SMTP_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Who takes our mail. ``implicit_tls``: from the first byte on; else STARTTLS if offered."""

    host: str
    port: int
    implicit_tls: bool = False
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """How alarms leave the house.

    ``smtp``: None sends no mail. ``mail_from``: the sender's address. ``public_url``: where people
    reach the pages, for links; empty for none. ``private_webhooks``: webhooks may go to addresses
    of the own network, and without TLS.
    """

    smtp: SmtpServer | None = None
    mail_from: str = ""
    public_url: str = ""
    private_webhooks: bool = False


def read_settings(environment: Mapping[str, str]) -> AlarmSettings:
    """``ADAL_SMTP_URL``, ``ADAL_MAIL_FROM``, ``ADAL_PUBLIC_URL``, ``ADAL_PRIVATE_WEBHOOKS``.

    Raises:
        ConfigError: saying which of them cannot be used.
    """
    smtp = _smtp_server(environment.get("ADAL_SMTP_URL", ""))
    mail_from = environment.get("ADAL_MAIL_FROM", "")
    if smtp is not None and "@" not in mail_from:
        raise ConfigError("ADAL_MAIL_FROM: mail needs a sender, as adal@example.kz.")
    public_url = environment.get("ADAL_PUBLIC_URL", "").rstrip("/")
    if public_url and urlsplit(public_url).scheme not in ("http", "https"):
        raise ConfigError("ADAL_PUBLIC_URL: write it like https://adal.example.kz.")
    private = environment.get("ADAL_PRIVATE_WEBHOOKS", "") == "1"
    return AlarmSettings(smtp, mail_from, public_url, private)


def _smtp_server(text: str) -> SmtpServer | None:
    if not text:
        return None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        url, port = urlsplit(""), None
    if url.scheme not in SMTP_PORTS or not url.hostname:
        # Never shown back: it may hold a password.
        raise ConfigError("ADAL_SMTP_URL: write it like smtp://user:password@mail.example.kz:587.")
    return SmtpServer(
        url.hostname,
        port or SMTP_PORTS[url.scheme],
        url.scheme == "smtps",
        unquote(url.username or ""),
        unquote(url.password or ""),
    )
