"""Handing a mail to the SMTP server that the centre was given."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from kiosk.domain.ledger import KAZAKHSTAN
from sync.server.alarms.settings import AlarmSettings, SmtpServer
from sync.server.alarms.webhook import SendError, Trouble

TIMEOUT_S = 20


def make(
    settings: AlarmSettings, to: str, subject: str, text: str, *, message_id: str, now_ms: int
) -> EmailMessage:
    """A mail of plain text; the same ``message_id`` again is the same mail again."""
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = to
    mail["Subject"] = " ".join(subject.split())
    at = datetime.fromtimestamp(0, KAZAKHSTAN) + timedelta(milliseconds=now_ms)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}@{settings.mail_from.rpartition('@')[2]}>"
    # So that no out-of-office answers come back.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


def send(settings: AlarmSettings, mail: EmailMessage) -> None:
    """Hands the mail over.

    Raises:
        SendError: no server was given, it is not reachable, or it refuses.
    """
    if settings.smtp is None:
        raise SendError(Trouble.NO_SERVER)
    try:
        with _connected(settings.smtp) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise SendError(Trouble.MAIL_REFUSED, type(error).__name__) from error


def _connected(to: SmtpServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if to.implicit_tls:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            to.host, to.port, timeout=TIMEOUT_S, context=context
        )
    else:
        server = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT_S)
    try:
        server.ehlo_or_helo_if_needed()
        if not to.implicit_tls and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif to.user and not to.implicit_tls:
            raise smtplib.SMTPException("a password goes only over TLS")
        if to.user:
            server.login(to.user, to.password)
    except BaseException:
        server.close()
        raise
    return server
