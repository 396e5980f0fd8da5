"""What a person reads who mistyped an address, or may not do something: a page, in his language."""

from __future__ import annotations

import httpx
import pytest

from sync.server.accounts.roles import Role, Scope
from sync.server.store import Store
from tests.sync.harness import SLUG, RunningServer
from tests.web.people import logged_in


@pytest.mark.parametrize("path", ["/nowhere", "/kiosks/nowhere/at/all", "/shops/nowhere"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_address_that_is_none_is_a_page_in_the_readers_language(
    sqlite_server: RunningServer, path: str, language: str
) -> None:
    person = logged_in(sqlite_server)
    answer = person.http.get(f"{path}?lang={language}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in answer.text
    if language != "en":
        assert "There is" not in answer.text


def test_programs_get_their_problems_as_json(sqlite_server: RunningServer) -> None:
    answer = httpx.get(f"{sqlite_server.url}/api/v1/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_who_may_not_do_something_reads_why_in_his_language(sqlite_server: RunningServer) -> None:
    lead = logged_in(sqlite_server, Role.SHOP, Scope("47", 1))
    lead.get("/overview?lang=ru")
    answer = lead.post("/kiosks/shops/new", slug="x", name="x", region_code="47")
    assert answer.status_code == 403
    assert "office does this" not in answer.text


def test_a_stumble_and_a_busy_database_say_so_on_a_page_and_show_nothing_inside(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = logged_in(sqlite_server)

    def stumble(*_: object) -> None:
        raise RuntimeError("/a/secret/path")

    monkeypatch.setattr(Store, "read", stumble)
    answer = person.http.get(f"/shops/{SLUG}?lang=en")
    assert answer.status_code == 500
    assert "stumbled" in answer.text
    assert "secret" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_nul_in_an_address_or_a_form_is_no_stumble(server: RunningServer) -> None:
    person = logged_in(server)
    assert person.get(f"/suggestions/{SLUG}/%00/%00").status_code == 404
    assert person.post("/catalogue/campaigns/%00/end").status_code == 404
    assert person.post("/exports/tokens/revoke", name="a\0b").status_code == 404
    answer = httpx.post(f"{server.url}/login", data={"email": "a\0b", "password": "x"})
    assert answer.status_code == 401
