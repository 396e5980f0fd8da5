"""Coming in: password, second factor, invitations, and what keeps others out."""

import httpx
import pyotp
import pytest
from sqlalchemy import func, select

from kiosk.domain.errors import ConfigError
from sync.server.accounts import people, second_factor
from sync.server.accounts.people import Invitation
from sync.server.accounts.roles import Person, Role, Scope, check_scope
from sync.server.accounts.throttle import FREE_FAILURES, WAIT_MS_MAX
from sync.server.schema import account, audit, session
from tests.sync.harness import RunningServer
from tests.web.people import PASSWORD, Browser, logged_in, make_person


def test_a_page_of_coordinators_leads_a_stranger_to_the_login_and_back(
    sqlite_server: RunningServer,
) -> None:
    answer = httpx.get(f"{sqlite_server.url}/overview?lang=ru")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/overview%3Flang%3Dru"
    person = make_person(sqlite_server)
    person.log_in()
    assert person.show_code().url.path == "/overview"


def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(
    sqlite_server: RunningServer,
) -> None:
    person = make_person(sqlite_server)
    wrong = person.log_in("not the password at all")
    stranger = Browser(sqlite_server, "nobody@example.kz", "")
    unknown = stranger.log_in()
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(person.email, "") == unknown.text.replace(stranger.email, "")


def test_guessing_gets_slower_and_the_right_password_has_to_wait_too(
    server: RunningServer,
) -> None:
    person = make_person(server)
    for _ in range(FREE_FAILURES):
        assert person.log_in("a wrong password").status_code == 401
    held = person.log_in()
    assert held.status_code == 429
    assert "секунд" in held.text
    assert WAIT_MS_MAX == 15 * 60_000


def test_without_the_second_step_everything_can_be_seen_and_nothing_changed(
    sqlite_server: RunningServer,
) -> None:
    person = make_person(sqlite_server)
    person.log_in()
    assert person.get("/overview").status_code == 200
    refused = person.http.post(
        "/people/invite",
        data={"csrf": person.csrf, "email": "a@example.kz", "role": "national"},
        follow_redirects=False,
    )
    assert refused.headers["location"].startswith("/login/code")


def test_a_code_is_good_once_and_only_near_its_time() -> None:
    secret = second_factor.new_secret()
    now_ms = 1_795_000_000_000
    code = pyotp.TOTP(secret).at(now_ms // 1000)
    step = second_factor.matching_step(secret, code, now_ms, None)
    assert step is not None
    assert second_factor.matching_step(secret, code, now_ms, step) is None
    assert second_factor.matching_step(secret, code, now_ms + 30_000, None) == step
    assert second_factor.matching_step(secret, code, now_ms + 120_000, None) is None
    for nonsense in ("", "12345", "abcdef", "１２３４５６"):
        assert second_factor.matching_step(secret, nonsense, now_ms, None) is None


def test_a_new_account_sets_its_second_step_up_with_its_first_code(server: RunningServer) -> None:
    admin = logged_in(server)
    token = server.store.write(
        lambda connection: people.invite(
            connection,
            _person(server, admin),
            Invitation("lead@example.kz", Role.SHOP, Scope(shop_id=1)),
            server.settings.now_ms(),
        )
    )
    guest = Browser(server, "lead@example.kz", "")
    assert "lead@example.kz" in guest.get(f"/join/{token}").text
    weak = guest.post(f"/join/{token}", name="Ерлан", password="short")
    assert weak.status_code == 422
    guest.get(f"/join/{token}")
    set_up = guest.post(f"/join/{token}", name="Ерлан", password=PASSWORD)
    assert set_up.url.path == "/login/code"
    secret = server.store.read(
        lambda c: c.execute(
            select(account.c.totp_secret).where(account.c.email == "lead@example.kz")
        ).scalar_one()
    )
    assert secret in set_up.text
    guest.csrf = set_up.text.split('name="csrf" value="')[1].split('"')[0]
    guest._secret = secret
    assert guest.show_code().url.path == "/overview"
    used = guest.get(f"/join/{token}")
    assert used.status_code == 404
    actions = server.store.read(lambda c: set(c.execute(select(audit.c.action)).scalars()))
    assert actions == {"person.invite", "person.join"}


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.NATIONAL, Scope("47")),
        (Role.REGION, Scope()),
        (Role.SHOP, Scope("47")),
        (Role.AUDITOR, Scope(shop_id=1)),
    ],
)
def test_a_role_over_a_part_that_does_not_fit_it_cannot_be(role: Role, scope: Scope) -> None:
    with pytest.raises(ConfigError, match=role.value):
        check_scope(role, scope)


def test_nobody_gives_away_more_than_he_has(sqlite_server: RunningServer) -> None:
    region = _person(sqlite_server, logged_in(sqlite_server, Role.REGION, Scope("47")))
    assert region.may_invite(Role.SHOP, Scope(shop_id=1))
    assert not region.may_invite(Role.REGION, Scope("47"))
    assert not region.may_invite(Role.AUDITOR, Scope())
    lead = _person(sqlite_server, logged_in(sqlite_server, Role.SHOP, Scope(shop_id=1)))
    assert not lead.may_invite(Role.SHOP, Scope(shop_id=1))
    auditor = _person(sqlite_server, logged_in(sqlite_server, Role.AUDITOR))
    assert not auditor.may_invite(Role.AUDITOR, Scope())
    with pytest.raises(Exception, match="not yours"):
        sqlite_server.store.write(
            lambda connection: people.invite(
                connection, region, Invitation("x@example.kz", Role.AUDITOR, Scope("75")), 0
            )
        )


def test_a_form_from_another_site_or_without_its_token_changes_nothing(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    without = person.http.post("/logout", data={"csrf": "made up"})
    assert without.status_code == 403
    foreign = person.http.post(
        "/logout", data={"csrf": person.csrf}, headers={"sec-fetch-site": "cross-site"}
    )
    assert foreign.status_code == 403
    assert person.get("/overview").url.path == "/overview"
    assert person.post("/logout").url.path == "/"
    assert person.get("/overview").url.path == "/login"


@pytest.mark.parametrize(
    "go_on", ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1"]
)
def test_logging_in_never_leads_to_another_site(sqlite_server: RunningServer, go_on: str) -> None:
    person = logged_in(sqlite_server, Role.AUDITOR)
    answer = person.http.get("/login", params={"next": go_on}, follow_redirects=False)
    assert answer.headers["location"] == "/overview"


def test_a_person_who_was_shut_out_is_out_at_once(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    now_ms = sqlite_server.settings.now_ms()
    sqlite_server.store.write(
        lambda c: people.disable(c, _person(sqlite_server, person).account_id, now_ms)
    )
    assert person.get("/overview").url.path == "/login"
    assert person.log_in().status_code == 401
    count = select(func.count()).select_from(session)
    assert sqlite_server.store.read(lambda c: c.execute(count).scalar()) == 0


def _person(server: RunningServer, browser: Browser) -> Person:
    from sync.server.accounts.sessions import person_of
    from sync.server.web.guard import COOKIE

    found = person_of(server.store, browser.http.cookies[COOKIE], server.settings.now_ms())
    assert found is not None
    return found
