"""A journal on a stick, brought through the page by somebody who may."""

import socket
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.schema import audit, kiosk_epoch
from sync.server.web import guard, imports
from tests.sync.harness import MemoryJournal, RunningServer
from tests.sync.test_importing import written
from tests.sync.test_upload import held, push, sent
from tests.web.people import Browser, logged_in


def brought(person: Browser, path: Path, *, hx: bool = False, **fields: str) -> httpx.Response:
    person.get("/imports")
    with path.open("rb") as file:
        return person.http.post(
            "/imports",
            data={"csrf": person.csrf, **fields},
            files={"file": (path.name, file)},
            headers={"hx-request": "true"} if hx else {},
        )


@pytest.fixture
def journal(sqlite_server: RunningServer) -> MemoryJournal:
    """A kiosk of the shop, with entries that did not travel yet."""
    made = MemoryJournal()
    sqlite_server.enrol(made)
    made.add_sales(12)
    return made


def test_a_file_is_taken_in_and_stands_in_the_list(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    person = logged_in(sqlite_server, Role.REGION, Scope("47"))
    path = written(journal, tmp_path / "journal.jsonl")
    answer = brought(person, path)
    assert answer.status_code == 200
    assert "Everything is in. New: 12" in answer.text
    assert held(sqlite_server) == sent(journal)
    assert "nothing was changed" in brought(person, path).text
    assert journal.identity.kiosk_id in person.get("/imports").text


def test_a_file_larger_than_any_other_form_is_taken_in(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    """Padded lines: what counts is that more comes than other pages take."""
    person = logged_in(sqlite_server)
    path = written(journal, tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    with path.open("wb") as file:
        for line in lines:
            file.write(line.rstrip() + b" " * (guard.UPLOAD_SIZE_BYTES_MAX // 10) + b"\n")
    assert path.stat().st_size > guard.UPLOAD_SIZE_BYTES_MAX
    assert "New: 12" in brought(person, path).text


def test_what_is_too_large_is_refused_before_it_is_read(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    for path, size in (("/imports", imports.FILE_SIZE_BYTES_MAX), ("/money/bank", 2**24)):
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nCookie: adal_session="
            f"{person.http.cookies['adal_session']}\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {size + 1}\r\n\r\n"
        )
        assert _first_line(sqlite_server, head).startswith("HTTP/1.1 413 ")


def _first_line(server: RunningServer, head: str) -> str:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode())
        return connection.recv(4096).split(b"\r\n")[0].decode()


def test_nobody_brings_what_belongs_to_another_region(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    path = written(journal, tmp_path / "journal.jsonl")
    _shop_in(sqlite_server, "almaty", "75")
    stranger = logged_in(sqlite_server, Role.REGION, Scope("75"))
    answer = brought(stranger, path)
    assert "This kiosk is not known here." in answer.text
    assert "aktau-tsc" not in answer.text
    assert "Ақтау" not in answer.text
    name = journal.identity.kiosk_id
    for shop in ("almaty", "aktau-tsc"):
        answer = brought(stranger, path, shop=shop, kiosk_name=name)
        assert answer.status_code == 422
        assert "Ақтау" not in answer.text
    assert held(sqlite_server) == []
    shops = sqlite_server.store.read(
        lambda c: c.execute(select(kiosk_epoch.c.shop_id)).scalars().all()
    )
    assert shops == [1]
    brought(logged_in(sqlite_server), path)
    assert name not in stranger.get("/imports").text


def test_a_new_kiosk_is_taken_in_only_under_the_name_on_its_screen(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    journal.add_sales(3)
    path = written(journal, tmp_path / "journal.jsonl")
    name = journal.identity.kiosk_id
    person = logged_in(sqlite_server, Role.REGION, Scope("47"))
    asked = brought(person, path, hx=True)
    assert "<html" not in asked.text
    assert 'name="kiosk_name"' in asked.text
    # Who reads it off the kiosk must not be able to copy it from the page.
    assert name not in asked.text.replace(" ", "")
    refused = brought(person, path, shop="aktau-tsc", kiosk_name="0" * 16)
    assert "not the name of the kiosk" in refused.text
    assert held(sqlite_server) == []
    shown = " ".join(name[i : i + 4] for i in range(0, 16, 4)).upper()
    taken = brought(person, path, shop="aktau-tsc", kiosk_name=shown)
    assert "New: 3" in taken.text
    assert held(sqlite_server) == sent(journal)
    notes = sqlite_server.store.read(
        lambda c: c.execute(
            select(audit.c.action, audit.c.account_id).order_by(audit.c.at_ms)
        ).all()
    )
    actions = [note.action for note in notes if note.account_id is not None]
    assert actions[-2:] == ["kiosk.enrol_from_file", "journal.import"]
    enrolled = sqlite_server.enrol(journal)
    journal.add_sales(1)
    push(journal, enrolled)
    assert held(sqlite_server) == sent(journal)


def test_a_shops_lead_brings_journals_but_takes_no_kiosk_in(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    lead = logged_in(sqlite_server, Role.SHOP, Scope(None, 1))
    assert "New: 12" in brought(lead, written(journal, tmp_path / "own.jsonl")).text
    stranger = MemoryJournal()
    stranger.add_sales(1)
    path = written(stranger, tmp_path / "new.jsonl")
    assert "kiosk_name" not in brought(lead, path, hx=True).text
    answer = brought(lead, path, shop="aktau-tsc", kiosk_name=stranger.identity.kiosk_id)
    assert answer.status_code == 422
    assert len(held(sqlite_server)) == 12


def test_an_auditor_sees_what_came_and_brings_nothing(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    auditor = logged_in(sqlite_server, Role.AUDITOR, Scope("47"))
    assert 'type="file"' not in auditor.get("/imports").text
    auditor.get("/me")
    answer = auditor.http.post(
        "/imports",
        data={"csrf": auditor.csrf},
        files={"file": written(journal, tmp_path / "journal.jsonl").read_bytes()},
    )
    assert answer.status_code == 403
    assert held(sqlite_server) == []


def test_what_is_no_journal_is_refused_with_the_line_that_is_wrong(
    sqlite_server: RunningServer, journal: MemoryJournal, tmp_path: Path
) -> None:
    person = logged_in(sqlite_server)
    path = written(journal, tmp_path / "journal.jsonl")
    path.write_bytes(path.read_bytes() + b"<script>alert(1)</script>\n")
    answer = brought(person, path)
    assert answer.status_code == 422
    assert "line 13" in answer.text
    assert "<script>alert" not in answer.text
    assert str(tmp_path) not in answer.text
    assert "adal-import-" not in answer.text
    assert "Choose a file first." in person.post("/imports").text
    assert held(sqlite_server) == []
    changes = sqlite_server.store.read(
        lambda c: c.execute(
            select(func.count()).select_from(audit).where(audit.c.action == "journal.import")
        ).scalar()
    )
    assert changes == 0


def _shop_in(server: RunningServer, slug: str, region_code: str) -> None:
    server.store.write(
        lambda c: admin.add_shop(
            c, slug=slug, name=slug, region_code=region_code, cause="", now_ms=1
        )
    )
