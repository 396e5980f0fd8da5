"""Alarms go out: by mail through a real SMTP server, to a real webhook, and to nobody else."""

import hashlib
import hmac
import ipaddress
import json
import re
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import BinaryIO

import pytest
from sqlalchemy import select, update

from kiosk.domain.entries import CashCount, HelpCall
from kiosk.domain.errors import ConfigError
from sync.server.accounts.roles import Role, Scope
from sync.server.alarms import delivery, webhook
from sync.server.alarms.service import LEASE_MS, Watch, watching
from sync.server.alarms.settings import AlarmSettings, SmtpServer, read_settings
from sync.server.alarms.webhook import SendError, is_public
from sync.server.schema import account
from sync.server.schema.alarms import alarm_channel, alarm_outbox
from tests.listeners import Listener
from tests.sync.harness import (
    MemoryJournal,
    OneAnswerServer,
    RunningServer,
    read_request,
    wait_until,
)
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in

MINUTE_MS = 60_000


class SmtpSink(Listener):
    """A small SMTP server of our own: keeps what it is given; refuses when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.refuse = False

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            self._take_mail(stream)

    def _take_mail(self, stream: BinaryIO) -> None:
        def say(line: str) -> None:
            stream.write(line.encode() + b"\r\n")
            stream.flush()

        say("220 sink")
        while line := stream.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                say("354 go on")
                body = b""
                while (part := stream.readline()) != b".\r\n":
                    body += part.removeprefix(b".") if part.startswith(b"..") else part
                mail = message_from_bytes(body, _class=EmailMessage, policy=default)
                self.mails.append(mail)
                say("250 kept")
            elif word == b"QUIT":
                say("221 bye")
                return
            elif self.refuse and word == b"MAIL":
                say("451 not now")
            else:
                say("250 good")


class Receiver(Listener):
    """A webhook's other end."""

    def __init__(self) -> None:
        super().__init__()
        self.url += "/hook?x=1"
        self.requests: list[bytes] = []

    def _talk(self, connection: socket.socket) -> None:
        self.requests.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


class Clock:
    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def watch_of(server: RunningServer, sink: SmtpSink | None, clock: Clock) -> Watch:
    smtp = SmtpServer("127.0.0.1", sink.port) if sink else None
    settings = AlarmSettings(smtp, "adal@example.kz", "https://adal.example.kz", True)
    return Watch(server.store, settings, clock)


def wish(**more: object) -> dict[str, object]:
    return {"channel": "mail", "target": "me@example.kz", "severity": "1", "language": "en"} | more


def add_channel(server: RunningServer, person: Browser, **fields: object) -> str:
    """Adds a channel on its page; gives the webhook's secret, empty for mail."""
    person.get("/overview/channels?lang=en")
    answer = person.post("/overview/channels", **wish(**fields))
    assert answer.status_code == 200, answer.text
    found = re.search(r'<code class="link">([^<]+)</code>', answer.text)
    return found[1] if found else ""


def call(server: RunningServer, at_ms: int, slug: str = "aktau-tsc") -> MemoryJournal:
    journal = MemoryJournal()
    given = server.enrol(journal, code=server.code(slug=slug))
    journal.add(HelpCall("basket", "kk"), at_ms)
    push(journal, given)
    return journal


def test_a_call_for_a_volunteer_goes_out_by_mail_once_and_its_end_later(
    server: RunningServer, sink: SmtpSink
) -> None:
    clock = Clock(server.settings.now_ms())
    add_channel(server, logged_in(server))
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add(HelpCall("basket", "kk"), clock())
    push(journal, given)
    watch = watch_of(server, sink, clock)
    assert watch.run_once()
    [mail] = sink.mails
    assert mail["To"] == "me@example.kz"
    assert mail["Subject"] == "Adal: Calls for a volunteer, Ақтау ХҚКО"
    text = mail.get_content()
    assert "aktau-tsc" in text
    assert "https://adal.example.kz/overview" in text
    watch.run_once()
    clock.now_ms += 11 * MINUTE_MS
    watch.run_once()
    assert len(sink.mails) == 1
    journal.add(CashCount({"n500": 1}, "volunteer"), clock())
    push(journal, given)
    watch.run_once()
    assert len(sink.mails) == 2
    assert "Settled" in sink.mails[1].get_content()
    assert sink.mails[1]["Message-ID"] != mail["Message-ID"]


def test_many_alarms_in_ten_minutes_are_one_mail(server: RunningServer, sink: SmtpSink) -> None:
    clock = Clock(server.settings.now_ms())
    add_channel(server, logged_in(server))
    watch = watch_of(server, sink, clock)
    for number in range(3):
        server.add_shop(f"shop-{number}")
        call(server, clock(), f"shop-{number}")
        watch.run_once()
        clock.now_ms += MINUTE_MS
    assert len(sink.mails) == 1
    clock.now_ms += delivery.PAUSE_MS
    watch.run_once()
    assert len(sink.mails) == 2
    assert "(+1)" in sink.mails[1]["Subject"]
    text = sink.mails[1].get_content()
    assert "shop-1" in text
    assert "shop-2" in text
    assert "shop-0" not in text


def test_a_mail_server_that_is_away_is_tried_again_later_and_later(
    server: RunningServer, sink: SmtpSink
) -> None:
    clock = Clock(server.settings.now_ms())
    person = logged_in(server)
    add_channel(server, person)
    sink.refuse = True
    call(server, clock())
    watch = watch_of(server, sink, clock)
    watch.run_once()
    row = server.store.read(lambda c: c.execute(select(alarm_channel)).one())
    assert (row.failures, sink.mails) == (1, [])
    assert row.next_ms > clock()
    assert "did not take it" in person.get("/overview/channels?lang=en").text
    sink.refuse = False
    watch.run_once()
    assert sink.mails == []
    clock.now_ms = row.next_ms
    watch.run_once()
    assert len(sink.mails) == 1
    row = server.store.read(lambda c: c.execute(select(alarm_channel)).one())
    assert (row.failures, row.trouble) == (0, "")
    limits = [max(delivery.backoff_ms(n) for _ in range(200)) for n in (1, 4, 30)]
    assert limits[0] < limits[1] < limits[2] <= delivery.RETRY_MS_MAX + delivery.RETRY_MS


def test_a_webhook_gets_json_that_is_signed(server: RunningServer, receiver: Receiver) -> None:
    clock = Clock(server.settings.now_ms())
    secret = add_channel_allowed(server, receiver.url)
    journal = call(server, clock())
    watch_of(server, None, clock).run_once()
    [request] = receiver.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?x=1 HTTP/1.1")
    given = re.search(rb"Adal-Signature: t=(\d+),v1=([0-9a-f]{64})", head)
    mac = hmac.new(secret.encode(), given[1] + b"." + body, hashlib.sha256).hexdigest()
    assert mac.encode() == given[2]
    [told] = json.loads(body)["alarms"]
    assert (told["kind"], told["what"], told["shop"]) == ("help", "opened", "aktau-tsc")
    assert told["kiosk_id"] == journal.identity.kiosk_id


def add_channel_allowed(server: RunningServer, url: str) -> str:
    """As on a server that allows webhooks into its own network."""
    from sync.server.alarms import channels
    from sync.server.alarms.channels import ChannelKind, Wish
    from sync.server.alarms.kinds import Severity
    from tests.web.test_login import _person

    person = _person(server, logged_in(server))
    made = Wish(ChannelKind.WEBHOOK, url, frozenset(), Severity.NOTICE, Scope(), "kk")
    return server.store.write(
        lambda c: channels.add(c, person, made, server.settings.now_ms(), private_webhooks=True)
    )[1]


def test_a_webhook_never_leads_into_our_own_network(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"):
        with pytest.raises(SendError):
            webhook.post(f"https://{host}:{port}/", b"{}", "s", now_ms=1)
    with pytest.raises(SendError, match="not_https"):
        webhook.post(receiver.url, b"{}", "s", now_ms=1)
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.168.0.1", False),
        ("224.0.0.1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_what_counts_as_the_open_internet(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


def test_a_receiver_that_sends_us_elsewhere_is_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with OneAnswerServer(answer) as there, pytest.raises(SendError, match="302"):
        webhook.post(there.url, b"{}", "s", now_ms=1, private=True)


def test_a_receiver_that_answers_a_letter_at_a_time_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook, "DEADLINE_S", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            while True:
                try:
                    connection.sendall(b"H")
                except OSError:
                    return
                time.sleep(0.05)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    began = time.monotonic()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with listener, pytest.raises(SendError, match="not_reachable"):
        webhook.post(url, b"{}", "s", now_ms=1, private=True)
    assert time.monotonic() - began < 8
    thread.join(5)


def test_strange_bytes_in_forms_and_addresses_are_refused_and_break_nothing(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    person.get("/overview/channels?lang=en")
    nul = "\x00"
    kept = {"shop": f"a{nul}", "kind": f"h{nul}", "key": nul, "note": nul}
    assert person.post("/overview/acknowledge", **kept).status_code == 404
    assert person.get("/overview?kind=%00&by=%00").status_code == 200
    assert person.post("/overview/channels/%00/remove").status_code == 404
    assert person.post("/overview/channels", **wish(place=f"region:4{nul}")).status_code == 404
    assert person.post("/overview/channels", **wish(place="region:99")).status_code == 404
    assert server.store.read(lambda c: c.execute(select(alarm_channel)).all()) == []
    person.post("/overview/channels", **wish(target=f"a{nul}@b.kz"))
    (channel,) = server.store.read(lambda c: c.execute(select(alarm_channel.c.target)).all())
    assert nul not in channel.target


def test_nobody_is_told_of_shops_he_cannot_see(server: RunningServer, sink: SmtpSink) -> None:
    clock = Clock(server.settings.now_ms())
    region = logged_in(server, Role.REGION, Scope("75"))
    add_channel(server, region)
    other = region.post("/overview/channels", **wish(place="shop:1"))
    assert other.status_code == 404
    assert region.post("/overview/channels", **wish(place="region:47")).status_code == 404
    call(server, clock())
    watch = watch_of(server, sink, clock)
    watch.run_once()
    assert sink.mails == []
    assert server.store.read(lambda c: c.execute(select(alarm_outbox)).all()) == []


def test_a_part_that_was_taken_away_before_the_mail_went_is_not_in_it(
    server: RunningServer, sink: SmtpSink
) -> None:
    clock = Clock(server.settings.now_ms())
    add_channel(server, logged_in(server, Role.REGION, Scope("47")))
    sink.refuse = True
    call(server, clock())
    watch = watch_of(server, sink, clock)
    watch.run_once()
    server.store.write(lambda c: c.execute(update(account).values(region_code="75")))
    sink.refuse = False
    clock.now_ms += delivery.RETRY_MS_MAX
    watch.run_once()
    assert sink.mails == []


def test_only_what_was_asked_for_goes_out(server: RunningServer, sink: SmtpSink) -> None:
    clock = Clock(server.settings.now_ms())
    person = logged_in(server)
    add_channel(server, person, kinds=["cash_gap", "coins"])
    call(server, clock())
    watch_of(server, sink, clock).run_once()
    assert sink.mails == []


def test_a_test_message_arrives_and_a_channel_can_be_taken_away(
    server: RunningServer, sink: SmtpSink
) -> None:
    clock = Clock(server.settings.now_ms())
    person, other = logged_in(server), logged_in(server, Role.REGION, Scope("47"))
    add_channel(server, person, language="ru")
    channel_id = server.store.read(
        lambda c: c.execute(select(alarm_channel.c.channel_id)).scalar_one()
    )
    assert other.post(f"/overview/channels/{channel_id}/remove").status_code == 404
    assert other.post(f"/overview/channels/{channel_id}/test").status_code == 404
    assert "me@example.kz" not in other.get("/overview/channels").text
    person.post(f"/overview/channels/{channel_id}/test")
    watch_of(server, sink, clock).run_once()
    assert len(sink.mails) == 1
    person.post(f"/overview/channels/{channel_id}/remove")
    assert "me@example.kz" not in person.get("/overview/channels").text


@pytest.mark.parametrize(
    "fields",
    [
        {"target": "no address"},
        {"target": "a@b.kz\r\nBcc: x@y.kz"},
        {"target": "a@b.kz,c@d.kz"},
        {"channel": "webhook", "target": "http://example.kz/"},
        {"channel": "webhook", "target": "https://user:pw@example.kz/"},
        {"channel": "webhook", "target": "https://"},
        {"channel": "pigeon"},
        {"severity": "9"},
        {"kinds": ["nonsense"]},
    ],
)
def test_a_channel_that_cannot_be_is_refused_in_words(
    sqlite_server: RunningServer, fields: dict[str, object]
) -> None:
    person = logged_in(sqlite_server)
    person.get("/overview/channels?lang=en")
    answer = person.post("/overview/channels", **wish(**fields))
    assert answer.status_code == 422
    assert sqlite_server.store.read(lambda c: c.execute(select(alarm_channel)).all()) == []


def test_one_worker_looks_at_a_time_and_another_takes_over_when_it_died(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(server.settings.now_ms())
    first, second = watch_of(server, None, clock), watch_of(server, None, clock)
    assert first._take_lease()
    assert not second.run_once()
    clock.now_ms += LEASE_MS + 1
    assert second.run_once()
    assert first.run_once()


def test_a_message_that_was_sent_but_not_marked_comes_again_with_the_same_id(
    server: RunningServer, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(server.settings.now_ms())
    add_channel(server, logged_in(server))
    call(server, clock())
    watch = watch_of(server, sink, clock)
    real, writes = server.store.write, []

    def dies_after_sending(work):
        writes.append(work)
        if sink.mails:
            raise RuntimeError("power cut")
        return real(work)

    monkeypatch.setattr(server.store, "write", dies_after_sending)
    with pytest.raises(RuntimeError):
        watch.run_once()
    monkeypatch.undo()
    clock.now_ms += LEASE_MS + 1
    watch_of(server, sink, clock).run_once()
    first, again = sink.mails
    assert first["Message-ID"] == again["Message-ID"]


def test_the_thread_of_a_running_server_looks_and_sends_by_itself(
    server: RunningServer, sink: SmtpSink
) -> None:
    add_channel(server, logged_in(server))
    call(server, server.settings.now_ms())
    settings = AlarmSettings(SmtpServer("127.0.0.1", sink.port), "adal@example.kz")
    with watching(server.store, settings, server.settings.now_ms):
        wait_until(lambda: len(sink.mails) == 1)
    assert [thread.name for thread in threading.enumerate()].count("alarms") == 0


def test_settings_come_from_the_environment_or_are_refused_without_showing_them() -> None:
    read = read_settings(
        {
            "ADAL_SMTP_URL": "smtps://a%40b:p%3Aw@mail.example.kz",
            "ADAL_MAIL_FROM": "adal@example.kz",
            "ADAL_PUBLIC_URL": "https://adal.example.kz/",
        }
    )
    assert read.smtp == SmtpServer("mail.example.kz", 465, True, "a@b", "p:w")
    assert read.public_url == "https://adal.example.kz"
    assert read_settings({}) == AlarmSettings()
    with pytest.raises(ConfigError) as refused:
        read_settings({"ADAL_SMTP_URL": "mail:secret@x", "ADAL_MAIL_FROM": "a@b.kz"})
    assert "secret" not in str(refused.value)
    with pytest.raises(ConfigError, match="ADAL_MAIL_FROM"):
        read_settings({"ADAL_SMTP_URL": "smtp://mail.example.kz"})


def test_a_password_never_goes_to_a_mail_server_without_tls(sink: SmtpSink) -> None:
    from sync.server.alarms import mail

    settings = AlarmSettings(SmtpServer("127.0.0.1", sink.port, False, "me", "pw"), "a@b.kz")
    made = mail.make(settings, "c@d.kz", "x", "y", message_id="1", now_ms=0)
    with pytest.raises(SendError):
        mail.send(settings, made)
    assert sink.mails == []
    assert issubclass(smtplib.SMTPException, OSError)
