"""The server's routes as anybody may call them, and the pages that people see."""

import gzip
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import func, select, text, update

from kiosk.domain.entries import CashCount, HelpCall, UnknownScan
from sync import proof, wire
from sync.enrolment import Enrolment
from sync.server import access, admin
from sync.server.schema import enrol_code, entry
from sync.server.texts import choose_language
from tests.sync.harness import (
    MemoryJournal,
    RunningServer,
    new_identity,
    running,
    sale,
    sqlite_url,
)
from tests.sync.test_upload import push
from tests.web.people import logged_in

SERVER_FOLDER = Path(__file__).parents[2] / "sync/server"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that leave it as it was."""
    with running(sqlite_url(tmp_path_factory.mktemp("shared"))) as server:
        server.add_shop()
        yield server


@pytest.fixture
def shared(shared_server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_server.url, timeout=60) as client:
        yield client


@pytest.fixture
def http(sqlite_server: RunningServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sqlite_server.url, timeout=60) as client:
        yield client


def token_of(given: Enrolment) -> dict[str, str]:
    return {"Authorization": f"Bearer {given.token}"}


def problem_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, wire.decode(response.content, wire.Problem).code


def a_batch() -> bytes:
    journal = MemoryJournal()
    journal.add_sales(1)
    return msgspec.json.encode(wire.make_batch(journal.entries, 1))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token_missing"),
        ("Basic eDp5", "token_missing"),
        ("Bearer x", "token_unknown"),
        ("Bearer 0123456789abcdef.1.wrong", "token_unknown"),
        ("Bearer x.99999999999999999999.y", "token_unknown"),
        ("Bearer x.²3.y", "token_unknown"),
    ],
)
@pytest.mark.parametrize("path", ["/mark", "/journal", "/catalogue", "/suggestions", "/sales"])
def test_nobody_gets_in_without_a_token(
    shared: httpx.Client, path: str, header: str | None, code: str
) -> None:
    method = "POST" if path in ("/journal", "/suggestions") else "GET"
    headers = {} if header is None else {"Authorization": header.encode()}
    response = shared.request(method, wire.API + path, headers=headers, content=a_batch())
    assert problem_of(response) == (401, code)


def test_a_kiosks_token_reads_no_sales_and_a_readers_token_writes_none(
    sqlite_server: RunningServer, http: httpx.Client
) -> None:
    given = sqlite_server.enrol(MemoryJournal())
    reader = sqlite_server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    assert http.get(f"{wire.API}/sales", headers=token_of(given)).status_code == 401
    headers = {"Authorization": f"Bearer {reader}"}
    assert http.get(f"{wire.API}/sales", headers=headers).status_code == 200
    assert http.get(f"{wire.API}/mark", headers=headers).status_code == 401
    sqlite_server.store.write(lambda c: admin.revoke_token(c, name="pc", now_ms=2))
    assert http.get(f"{wire.API}/sales", headers=headers).status_code == 401


def test_no_secret_is_kept_as_such(sqlite_server: RunningServer) -> None:
    code = sqlite_server.code()
    given = sqlite_server.enrol(MemoryJournal(), code=code)
    reader = sqlite_server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    sqlite_server.stop()
    sqlite_server.store.close()
    database = Path(str(sqlite_server.store.url.database))
    kept = b"".join(path.read_bytes() for path in database.parent.glob("adal.db*"))
    for secret in (code, proof.normal_code(code), given.token, reader):
        assert secret.encode() not in kept
        assert secret.rpartition(".")[2].encode() not in kept


MESSAGES = {
    "empty": b"",
    "no JSON": b"hello",
    "deep": b"[" * 200_000,
    "other message": b'{"code":"x"}',
    "no entries": re.sub(rb'"entries":\[.*\]', b'"entries":[]', a_batch()),
    "number too large": a_batch().replace(b'"epoch":1', b'"epoch":99999999999999999999'),
    "epoch zero": a_batch().replace(b'"epoch":1', b'"epoch":0'),
    "short hash": re.sub(rb'"hash":"[^"]*"', b'"hash":"AAAA"', a_batch()),
    "not UTF-8": a_batch().replace(b"checkout", b"\xff\xfe"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_that_is_none_is_refused_in_the_agreed_form(
    shared_server: RunningServer, shared: httpx.Client, name: str
) -> None:
    headers = token_of(shared_server.enrol(MemoryJournal()))
    response = shared.post(f"{wire.API}/journal", headers=headers, content=MESSAGES[name])
    assert problem_of(response) == (400, "bad_message")


def test_what_is_too_large_packed_or_unpacked_is_refused(
    shared_server: RunningServer, shared: httpx.Client
) -> None:
    headers = token_of(shared_server.enrol(MemoryJournal()))
    url = f"{wire.API}/journal"
    plain = shared.post(url, headers=headers, content=b" " * (wire.BATCH_SIZE_BYTES_MAX + 1))
    assert problem_of(plain) == (413, "too_large")
    bomb = gzip.compress(b" " * 200_000_000, 9)
    headers["Content-Encoding"] = "gzip"
    assert problem_of(shared.post(url, headers=headers, content=bomb)) == (413, "too_large")
    cut = gzip.compress(a_batch())[:-9]
    assert problem_of(shared.post(url, headers=headers, content=cut)) == (400, "bad_message")
    assert problem_of(shared.post(url, headers=headers, content=b"no gzip")) == (400, "bad_message")
    headers["Content-Encoding"] = "br"
    assert problem_of(shared.post(url, headers=headers, content=a_batch())) == (400, "bad_message")


def enrol_raw(http: httpx.Client, request: wire.EnrolRequest) -> httpx.Response:
    return http.post(f"{wire.API}/enrol", content=msgspec.json.encode(request))


def test_a_code_is_good_once_for_one_key_and_a_quarter_of_an_hour(
    shared_server: RunningServer, shared: httpx.Client
) -> None:
    def request(code: str) -> wire.EnrolRequest:
        who = new_identity()
        return proof.make_enrol_request(code, who.kiosk_id, 1, who.key, "adal")

    code = shared_server.code()
    assert enrol_raw(shared, request(code.lower().replace("-", " "))).status_code == 200
    assert problem_of(enrol_raw(shared, request(code))) == (403, "code_unknown")
    late = shared_server.code()
    shared_server.store.write(
        lambda c: c.execute(
            update(enrol_code)
            .where(enrol_code.c.code_hash == access.code_hash(late))
            .values(expires_ms=shared_server.settings.now_ms())
        )
    )
    assert problem_of(enrol_raw(shared, request(late))) == (403, "code_unknown")
    assert problem_of(enrol_raw(shared, request("AAAA-AAAA"))) == (403, "code_unknown")


def test_a_refused_enrolment_does_not_spend_the_code(
    shared_server: RunningServer, shared: httpx.Client
) -> None:
    code, who = shared_server.code(), new_identity()
    foreign = proof.make_enrol_request(code, "0" * 16, 1, who.key, "adal")
    assert problem_of(enrol_raw(shared, foreign)) == (422, "kiosk_name")
    unsigned = msgspec.structs.replace(foreign, kiosk_id=who.kiosk_id)
    assert problem_of(enrol_raw(shared, unsigned)) == (400, "bad_message")
    good = proof.make_enrol_request(code, who.kiosk_id, 1, who.key, "adal")
    assert enrol_raw(shared, good).status_code == 200


def test_a_code_of_another_shop_takes_no_kiosk_over_without_a_person(
    sqlite_server: RunningServer,
) -> None:
    server, journal = sqlite_server, MemoryJournal()
    server.add_shop("other-shop")
    first = server.enrol(journal)
    journal.add_sales(2)
    push(journal, first)
    moved = server.enrol(
        journal, key=new_identity().key, code=server.code(slug="other-shop", auto_approve=True)
    )
    assert moved.status == "pending"
    journal.add_sales(1)
    push(journal, first)
    server.store.write(lambda c: admin.approve(c, journal.identity.kiosk_id))
    rows = server.store.read(admin.kiosks)
    assert [(r.shop, r.epoch, r.status, r.entries) for r in rows] == [
        ("aktau-tsc", 1, "replaced", 3),
        ("other-shop", 2, "approved", 0),
    ]


def test_health_is_well_and_says_when_the_database_is_not(
    sqlite_server: RunningServer, http: httpx.Client
) -> None:
    assert http.get("/healthz").json()["status"] == "ok"
    sqlite_server.store.write(
        lambda c: c.execute(text("UPDATE alembic_version SET version_num = 'old'"))
    )
    assert http.get("/healthz").status_code == 503


def test_a_database_that_went_away_gives_503_and_a_wait(
    sqlite_server: RunningServer, http: httpx.Client
) -> None:
    given = sqlite_server.enrol(MemoryJournal())
    sqlite_server.store.write(lambda c: c.execute(text("ALTER TABLE kiosk_epoch RENAME TO gone")))
    response = http.get(f"{wire.API}/mark", headers=token_of(given))
    assert problem_of(response) == (503, "unavailable")
    assert int(response.headers["retry-after"]) > 0


def test_the_interface_lists_every_body_schema(shared: httpx.Client) -> None:
    document = shared.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    body = document["paths"]["/api/v1/journal"]["post"]["requestBody"]["content"]
    assert body["application/json"]["schema"] == {"$ref": "#/components/schemas/Batch"}
    assert set(schemas["Batch"]["properties"]) >= {"kiosk_id", "epoch", "first_seq", "entries"}
    assert schemas["EntryMessage"]["required"] == ["hash", "signature"]
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert named <= set(schemas)
    assert set(document["paths"]) >= {f"{wire.API}/{name}" for name in ("journal", "mark", "sales")}


@pytest.mark.parametrize("path", ["/", "/docs", "/login"])
def test_no_page_asks_another_host_for_anything(shared: httpx.Client, path: str) -> None:
    response = shared.get(path)
    assert response.status_code == 200
    assert re.findall(r"""(?:src|href)=["'](?!/|\?|#)[^"']*""", response.text) == []
    assert "<script>" not in response.text
    assert "style=" not in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for address in re.findall(r"""(?:src|href)=["'](/static[^"']*)""", response.text):
        assert shared.get(address).status_code == 200, address


def test_our_own_static_files_and_templates_name_no_host() -> None:
    files = [*SERVER_FOLDER.glob("pages/*.html"), *SERVER_FOLDER.glob("static/*.*")]
    assert len(files) >= 6
    for path in files:
        hosts = set(re.findall(r"https?://[\w.-]+", path.read_text("utf-8")))
        assert hosts <= {"http://www.w3.org"}, path  # SVG's namespace is a name, not an address
    css = (SERVER_FOLDER / "static/swagger-ui/swagger-ui.css").read_text("utf-8")
    assert re.findall(r"url\((?!data:|[\"']?data:)", css) == []


@pytest.mark.parametrize(
    ("asked", "accept", "language"),
    [
        (None, "", "kk"),
        ("ru", "en", "ru"),
        ("xx", "en-GB,en;q=0.9", "en"),
        (None, "de, ru;q=0.5, en;q=0.7", "en"),
        (None, "ru;q=oops, kk;q=0.1", "kk"),
    ],
)
def test_the_page_speaks_the_language_asked_for(
    asked: str | None, accept: str, language: str
) -> None:
    assert choose_language([asked], accept) == language


def test_the_first_page_shows_what_came_and_what_needs_a_person(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    now_ms = server.settings.now_ms()
    journal.add(sale(1, 250, 4), now_ms)
    journal.add(HelpCall("basket", "kk"), now_ms)
    journal.add(UnknownScan("4600051000057", "EAN-13", "04600051000057"), now_ms)
    journal.add(UnknownScan("<b>bad</b>", "QR", None), now_ms)
    push(journal, given)
    person = logged_in(server)
    page = person.get("/overview?lang=ru").text
    assert 'lang="ru"' in page
    assert "1\u00a0000\u00a0₸" in page
    assert "Вызовы волонтёра: 1" in page
    assert "4600051000057" in page
    assert "<b>bad" not in page
    assert "На связи" in page
    journal.add(CashCount({"n500": 1}, "volunteer"), now_ms)
    push(journal, given)
    assert "Вызовы волонтёра: 1" not in person.get("/overview?lang=ru").text


def test_the_page_of_an_empty_server_says_so(sqlite_server: RunningServer) -> None:
    sqlite_server.store.write(lambda c: c.execute(text("DELETE FROM shop")))
    assert "No shops yet" in httpx.get(f"{sqlite_server.url}/?lang=en").text


def test_a_fork_and_an_unreadable_entry_are_seen_on_the_page(server: RunningServer) -> None:
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add_sales(2)
    journal.add_payload(b'{"type":"from the future","v":1}')
    push(journal, given)
    copied = journal.copy()
    copied.entries.pop()
    copied.add(HelpCall("start", "kk"))
    with pytest.raises(Exception, match="enrol"):
        push(copied, given)
    page = logged_in(server).get("/overview?lang=en").text
    assert "two branches" in page
    assert "Entries set aside: 1" in page
    assert "Entries not readable yet: 1" in page
    assert (
        server.store.read(lambda c: c.execute(select(func.count()).select_from(entry)).scalar())
        == 3
    )


def test_a_server_looks_for_alarms_and_makes_checkpoints_while_it_runs(tmp_path: Path) -> None:
    server = RunningServer(sqlite_url(tmp_path))
    server.settings = replace(server.settings, works_alone=True)
    server.start()
    try:
        names = {thread.name for thread in threading.enumerate()}
        assert {"alarms", "checkpoints"} <= names
    finally:
        server.stop()
        server.store.close()
    assert "alarms" not in {thread.name for thread in threading.enumerate()}
