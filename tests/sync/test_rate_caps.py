"""How much one sender may ask, on the real server: a flood is told to wait, a backlog drains."""

import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sync import wire
from sync.centre import Centre, NoAnswer
from sync.cli.caps import add_options, cap, caps_of
from sync.client import Hooks, State, SyncStatus, Uploader, UploaderSettings
from sync.proof import make_enrol_request
from sync.server.rate_caps import Cap, Caps, Meter
from tests.ports import free_port
from tests.sync.harness import MemoryJournal, RunningServer, migrated_sqlite_url, wait_until

FAR = "203.0.113.9"
ELSEWHERE = "203.0.113.10"
ENROL = f"{wire.API}/enrol"
MARK = f"{wire.API}/mark"


@pytest.fixture
def capped(tmp_path: Path) -> Iterator[RunningServer]:
    """A centre that lets little pass: 4 of a token, 6 of an address, 3 wrong codes."""
    server = RunningServer(migrated_sqlite_url(tmp_path))
    caps = Caps(token=Cap(4, 0.01), address=Cap(6, 0.01), wrong_codes=Cap(3, 0.01))
    server.settings = replace(server.settings, caps=caps)
    server.start()
    server.add_shop()
    yield server
    server.stop()
    server.store.close()


def asked(server: RunningServer, path: str, sender: str, token: str = "") -> httpx.Response:
    """One question, as a proxy before the centre passes it on."""
    headers = {"X-Forwarded-For": sender}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.get(server.url + path, headers=headers)


def test_an_address_that_floods_is_told_to_wait_and_another_one_is_not(
    capped: RunningServer,
) -> None:
    codes = [asked(capped, "/healthz", FAR).status_code for _ in range(8)]
    assert codes == [200] * 6 + [429] * 2
    assert asked(capped, "/healthz", ELSEWHERE).status_code == 200
    refused = asked(capped, MARK, FAR)
    assert int(refused.headers["Retry-After"]) > 0
    assert wire.decode(refused.content, wire.Problem).code == "too_many"
    assert "default-src" in refused.headers["Content-Security-Policy"]


def test_a_network_of_ipv6_counts_as_one_address(capped: RunningServer) -> None:
    codes = [asked(capped, "/healthz", f"2001:db8::{n:x}").status_code for n in range(1, 9)]
    assert codes[-1] == 429
    assert asked(capped, "/healthz", "2001:db8:1::1").status_code == 200


def test_a_token_is_counted_wherever_it_comes_from(capped: RunningServer) -> None:
    codes = [
        asked(capped, MARK, f"203.0.113.{n}", "0123456789abcdef.1.x").status_code for n in range(5)
    ]
    assert codes == [401] * 4 + [429]
    assert asked(capped, MARK, ELSEWHERE, "0123456789abcdef.1.y").status_code == 401


def test_wrong_one_time_codes_are_counted_and_right_ones_are_not(capped: RunningServer) -> None:
    def tried(code: str, sender: str) -> str:
        journal = MemoryJournal()
        with Centre(capped.url) as centre:
            centre._http.headers["X-Forwarded-For"] = sender
            request = make_enrol_request(
                code, journal.identity.kiosk_id, 1, journal.identity.key, "adal test"
            )
            try:
                return centre.enrol(request).status
            except NoAnswer as error:
                return "wait" if error.retry_after_s else str(error)
            except Exception as error:
                return getattr(error, "code", repr(error))

    codes = [tried(capped.code(), ELSEWHERE) for _ in range(4)]
    assert codes == ["approved"] * 4
    assert [tried("7KQ2-M8XP", FAR) for _ in range(4)] == ["code_unknown"] * 3 + ["wait"]
    assert tried(capped.code(), FAR) == "wait"


def test_this_machines_own_programs_are_not_capped(capped: RunningServer) -> None:
    codes = {httpx.get(f"{capped.url}/healthz").status_code for _ in range(20)}
    assert codes == {200}


def test_a_kiosk_waits_as_it_is_told_and_its_backlog_drains(
    capped: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    capped.stop()
    caps = Caps(token=Cap(4, 2), address=Cap(1000, 100))
    capped.settings = replace(capped.settings, caps=caps)
    capped.start()
    journal = MemoryJournal()
    journal.add_sales(1000)
    given = capped.enrol(journal)
    connect = Centre.__init__

    def from_afar(centre: Centre, *args: object, **more: object) -> None:
        connect(centre, *args, **more)
        centre._http.headers["X-Forwarded-For"] = FAR

    monkeypatch.setattr(Centre, "__init__", from_afar)
    told: list[SyncStatus] = []
    settings = UploaderSettings(backoff_s_min=0.05, backoff_s_max=30)
    uploader = Uploader(journal, given, settings, Hooks(on_status=told.append))
    uploader.start()
    try:
        wait_until(lambda: uploader.status.state is State.IN_STEP)
        assert uploader.backlog == 0
        assert any("Too many requests" in status.last_error for status in told)
    finally:
        uploader.stop()


def test_what_is_remembered_of_senders_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.server.rate_caps.SENDERS_MAX", 3)
    meter = Meter(Cap(1, 0.001), lambda: 0.0)
    for sender in "abcd":
        meter.take(sender)
    assert meter.wait_s("d") > 0
    assert meter.wait_s("a") == 0
    assert len(meter._left) == 3


def test_a_sender_comes_to_his_own_again_while_he_rests() -> None:
    now = [0.0]
    meter = Meter(Cap(10, 2), lambda: now[0])
    for _ in range(10):
        meter.take("kiosk")
    assert meter.wait_s("kiosk") == 3  # half of ten, at two a second
    now[0] = 0.5
    assert meter.wait_s("kiosk") == 0
    now[0] = 1000.0
    for _ in range(10):
        assert meter.wait_s("kiosk") == 0
        meter.take("kiosk")
    assert meter.wait_s("kiosk") > 0


@pytest.fixture
def started_with_caps(tmp_path: Path) -> Iterator[str]:
    """The real program, told on its command line how much an address may ask."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    words = ("serve", "--port", str(port), "--behind-tls", "--db", migrated_sqlite_url(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", "sync", *words, "--cap-address", "3:0.01"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: process.poll() is None and _answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_the_caps_can_be_told_on_the_command_line(started_with_caps: str) -> None:
    def ask(sender: str) -> int:
        said = {"X-Forwarded-For": sender}
        return httpx.get(f"{started_with_caps}/healthz", headers=said).status_code

    assert [ask(FAR) for _ in range(5)] == [200] * 3 + [429] * 2
    assert ask(ELSEWHERE) == 200


def test_a_cap_is_written_as_two_numbers_and_never_shuts_everybody_out() -> None:
    assert cap("600:10") == Cap(600, 10)
    assert cap("20:0.033") == Cap(20, 0.033)
    for text in ("", "600", "600:", "0:10", "600:0", "600:0.0", "-1:10", "600:-1", "1e9:1", "６:1"):
        with pytest.raises(ArgumentTypeError, match="no cap"):
            cap(text)


def test_caps_that_are_not_told_are_the_usual_ones() -> None:
    parser = ArgumentParser()
    add_options(parser)
    assert caps_of(parser.parse_args([])) == Caps()
    told = caps_of(parser.parse_args(["--cap-token", "5:1", "--cap-wrong-codes", "2:0.5"]))
    assert told == Caps(token=Cap(5, 1), wrong_codes=Cap(2, 0.5))
