"""Whatever answers in the centre's place, nothing but the centre's own word is taken for an Ack."""

import gzip
import random
import tracemalloc
from collections.abc import Callable

import httpx
import msgspec
import pytest

from kiosk.domain.errors import RefusedError, Unreachable
from sync import centre as centre_module
from sync import wire
from sync.centre import Centre, CentreRefusedError, NoAnswer
from sync.client import BUILD_MS, Hooks, State, SyncStatus, Uploader, UploaderSettings
from sync.enrolment import Enrolment
from sync.session import Session
from sync.wire import ShopMessage
from tests.ports import free_port, loopback
from tests.sync.harness import (
    MemoryJournal,
    OneAnswerServer,
    http_answer,
    json_answer,
    wait_until,
)

PORTAL = b"<html><body>Sign in to the free Wi-Fi</body></html>"
GOOD_HASH = "00" * 32


def enrolment_at(url: str, journal: MemoryJournal) -> Enrolment:
    shop = ShopMessage(1, "aktau-tsc", "Aktau")
    return Enrolment(url, journal.identity.kiosk_id, 1, GOOD_HASH, shop, "token", "approved", 0)


def push_once(url: str, journal: MemoryJournal) -> list[tuple[int, int]]:
    acked: list[tuple[int, int]] = []
    with Centre(url, "token") as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: acked.append((epoch, seq)))
        try:
            session.push_all(wire.Mark(journal.identity.kiosk_id, [], 0, 0))
        except (Unreachable, RefusedError):
            return acked
    return acked


def ack(seq: int, head_hash: str) -> dict[str, object]:
    return {"epoch": 1, "seq": seq, "head_hash": head_hash, "server_ms": 1}


HOSTILE: dict[str, Callable[[str], bytes]] = {
    "captive portal": lambda good: http_answer("200 OK", PORTAL, "Content-Type: text/html"),
    "portal that claims JSON": lambda good: http_answer(
        "200 OK", PORTAL, "Content-Type: application/json"
    ),
    "Ack under another type": lambda good: http_answer(
        "200 OK", msgspec.json.encode(ack(3, good)), "Content-Type: text/plain"
    ),
    "redirect": lambda good: http_answer("302 Found", b"", "Location: http://127.0.0.1:9/login"),
    "redirect that carries an Ack": lambda good: json_answer(
        "307 Temporary Redirect", ack(3, good), "Location: /elsewhere"
    ),
    "no content": lambda good: http_answer("204 No Content", b""),
    "not modified": lambda good: http_answer("304 Not Modified", b""),
    "created": lambda good: json_answer("201 Created", ack(3, good)),
    "server error with an Ack": lambda good: json_answer("500 Oops", ack(3, good)),
    "bad gateway page": lambda good: http_answer("502 Bad Gateway", PORTAL),
    "half an Ack": lambda good: json_answer("200 OK", ack(3, good))[:-20],
    "wrong head": lambda good: json_answer("200 OK", ack(3, GOOD_HASH)),
    "wrong number": lambda good: json_answer("200 OK", ack(2, good)),
    "other epoch": lambda good: json_answer("200 OK", {**ack(3, good), "epoch": 2}),
    "missing field": lambda good: json_answer("200 OK", {"epoch": 1, "seq": 3}),
    "text for a number": lambda good: json_answer("200 OK", {**ack(3, good), "seq": "3"}),
    "endless": lambda good: http_answer(
        "200 OK", b"[" * (wire.ANSWER_SIZE_BYTES_MAX + 1), "Content-Type: application/json"
    ),
    "bomb": lambda good: http_answer(
        "200 OK",
        gzip.compress(b" " * 50_000_000),
        "Content-Type: application/json",
        "Content-Encoding: gzip",
    ),
    "no HTTP at all": lambda good: b"SSH-2.0-OpenSSH_9.2\r\n",
    "nothing": lambda good: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_answer_that_is_not_the_centres_is_never_taken_for_an_ack(name: str) -> None:
    journal = MemoryJournal()
    journal.add_sales(3)
    with OneAnswerServer(HOSTILE[name](journal.head().hash.hex())) as server:
        assert push_once(server.url, journal) == []
        assert server.requests == 1


def test_the_right_answer_is_taken() -> None:
    journal = MemoryJournal()
    journal.add_sales(3)
    answer = json_answer("200 OK", ack(3, journal.head().hash.hex()))
    with OneAnswerServer(answer) as server:
        assert push_once(server.url, journal) == [(1, 3)]


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centre_module, "ANSWER_TIMEOUT_S", -1.0)
    with (
        OneAnswerServer(json_answer("200 OK", {})) as server,
        Centre(server.url) as centre,
        pytest.raises(NoAnswer, match="took more than"),
    ):
        centre.mark()


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [("30", 30.0), ("999999", 3600.0), ("-5", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)],
)
def test_retry_after_is_heard_within_reason(header: str, expected_s: float | None) -> None:
    problem = {"code": "unavailable", "message": "The centre is busy; try again later."}
    answer = json_answer("503 Service Unavailable", problem, f"Retry-After: {header}")
    with (
        OneAnswerServer(answer) as server,
        Centre(server.url) as centre,
        pytest.raises(NoAnswer, match="busy") as caught,
    ):
        centre.mark()
    assert caught.value.retry_after_s == expected_s


def test_a_reasoned_no_says_why() -> None:
    problem = {"code": "kiosk_revoked", "message": "This kiosk was shut out."}
    with (
        OneAnswerServer(json_answer("403 Forbidden", problem)) as server,
        Centre(server.url) as centre,
        pytest.raises(CentreRefusedError, match="shut out"),
    ):
        centre.mark()


@pytest.mark.parametrize("url", ["ftp://centre", "http://", "http://[::1", "centre"])
def test_an_address_that_is_none_is_said_so_and_breaks_nothing(url: str) -> None:
    journal = MemoryJournal()
    told: list[SyncStatus] = []
    uploader = Uploader(
        journal,
        enrolment_at(url, journal),
        UploaderSettings(backoff_s_min=0.01),
        Hooks(on_status=told.append),
    )
    uploader.start()
    wait_until(lambda: any(s.state in (State.OFFLINE, State.REFUSED) for s in told))
    uploader.stop()
    assert told[0].last_error


def test_a_plainly_wrong_clock_makes_https_wait_visibly() -> None:
    journal = MemoryJournal()
    journal.add_sales(2)
    now_ms = [BUILD_MS - 1]
    uploader = Uploader(
        journal,
        enrolment_at(loopback(free_port(), "https"), journal),
        UploaderSettings(backoff_s_min=0.01, backoff_s_max=0.02),
        system_ms=lambda: now_ms[0],
    )
    uploader.start()
    wait_until(lambda: uploader.status.state is State.CLOCK_WRONG)
    assert uploader.status.backlog == 2
    assert "date" in uploader.status.last_error
    now_ms[0] = BUILD_MS
    wait_until(lambda: uploader.status.state is State.OFFLINE)
    uploader.stop()


def test_waiting_spreads_out_doubles_and_has_an_end() -> None:
    journal = MemoryJournal()
    settings = UploaderSettings(backoff_s_min=2, backoff_s_max=60)
    uploader = Uploader(journal, enrolment_at("http://x", journal), settings, rng=random.Random(1))
    error = NoAnswer("away")
    for failures, span_s in ((1, 2), (2, 4), (3, 8), (6, 60), (10_000, 60)):
        waits = [uploader._wait_s(error, failures) for _ in range(300)]
        assert max(waits) <= span_s
        assert max(waits) > 0.9 * span_s
        assert min(waits) < 0.1 * span_s
    asked = NoAnswer("busy", retry_after_s=100)
    assert 100 <= uploader._wait_s(asked, 1) <= 102


def test_stopping_takes_no_longer_than_allowed_even_in_a_hanging_request() -> None:
    import socket
    import time

    journal = MemoryJournal()
    listener = socket.create_server(("127.0.0.1", 0))
    uploader = Uploader(
        journal, enrolment_at(f"http://127.0.0.1:{listener.getsockname()[1]}", journal)
    )
    uploader.start()
    connection, _ = listener.accept()
    began = time.monotonic()
    uploader.stop(timeout_s=0.2)
    assert time.monotonic() - began < 2
    connection.close()
    listener.close()
    uploader._thread.join(10)


def test_the_backlog_is_known_after_a_restart_without_any_contact(tmp_path) -> None:
    journal = MemoryJournal()
    journal.add_sales(5)
    state = tmp_path / "upload.json"
    state.write_text('{"epoch":1,"seq":4,"last_contact_ms":77}')
    settings = UploaderSettings(state_path=state, backoff_s_min=0.01)
    uploader = Uploader(journal, enrolment_at("http://127.0.0.1:9", journal), settings)
    uploader.start()
    wait_until(lambda: uploader.status.state is State.OFFLINE)
    uploader.stop()
    assert (uploader.status.backlog, uploader.status.last_contact_ms) == (1, 77)


def test_redirects_are_not_followed_by_the_library_either() -> None:
    with Centre("http://127.0.0.1:9", "t") as centre:
        assert isinstance(centre._http, httpx.Client)
        assert centre._http.follow_redirects is False


@pytest.mark.parametrize("address", ["centre.example.kz", "ftp://centre", ""])
def test_what_is_no_address_of_a_server_is_said_so(address: str) -> None:
    with pytest.raises(NoAnswer, match="write https://host"):
        Centre(address)


def test_a_small_answer_that_unpacks_to_a_huge_one_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(256 * 1024 * 1024), 9)
    packed = ("Content-Type: application/json", "Content-Encoding: gzip")
    with OneAnswerServer(http_answer("200 OK", bomb, *packed)) as other:
        tracemalloc.start()
        try:
            with Centre(other.url, "token") as centre, pytest.raises(NoAnswer, match="more than"):
                centre.mark()
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak_bytes < 4 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "gzip, gzip"])
def test_a_packing_that_nobody_asked_for_is_no_answer(encoding: str) -> None:
    packed = ("Content-Type: application/json", f"Content-Encoding: {encoding}")
    with (
        OneAnswerServer(http_answer("200 OK", b"{}", *packed)) as other,
        Centre(other.url, "token") as centre,
        pytest.raises(NoAnswer, match="nobody asked"),
    ):
        centre.mark()


def test_an_answer_that_a_proxy_packed_is_read_and_half_of_it_is_none() -> None:
    mark = gzip.compress(msgspec.json.encode(wire.Mark("0" * 16, [], 7, 1)))
    packed = ("Content-Type: application/json", "Content-Encoding: gzip")
    with (
        OneAnswerServer(http_answer("200 OK", mark, *packed)) as proxy,
        Centre(proxy.url, "token") as centre,
    ):
        assert centre.mark().catalogue_version == 7
    for content in (mark[:-9], mark[:9], b"no gzip at all"):
        with (
            OneAnswerServer(http_answer("200 OK", content, *packed)) as other,
            Centre(other.url, "token") as centre,
            pytest.raises(NoAnswer),
        ):
            centre.mark()
