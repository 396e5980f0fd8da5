"""What everybody sees without logging in, and what nobody may work out from it."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from kiosk.domain.ledger import day_of
from sync.server import admin
from sync.server.money.earned import earned_by_shop
from sync.server.public import cache, fresh
from sync.server.public.figures import Figures, figures, last_sunday, stretch_end
from sync.server.schema import shop
from sync.server.web import public
from sync.server.web.page import now_ms
from tests.sync.harness import SLUG, RunningServer
from tests.web.shop_life import DAY_MS, ShopLife

ELSEWHERE = "almaty-college"
MONDAY = date(2026, 11, 2)
WEEK = timedelta(days=7)


def live(server: RunningServer, slug: str = SLUG, *, visits: int = 4, weeks_ago: int = 2) -> None:
    """So many counted visits in one week that is over, 1,000 ₸ of water sold before each."""
    monday = last_sunday(day_of(server.settings.now_ms())) + timedelta(days=1) - weeks_ago * WEEK
    ago = (day_of(server.settings.now_ms()) - monday).days
    life = ShopLife(server.settings.now_ms() - ago * DAY_MS)
    for number in range(visits):
        for _ in range(5 if number else 0):
            life.sell("water")
        life.visit(f"v{number}", missing_tenge=100 if number == 1 else 0)
    life.send(server, slug)


def add_elsewhere(server: RunningServer, name: str = "Колледж <b>", cause: str = "=1+1") -> None:
    server.store.write(
        lambda c: admin.add_shop(
            c, slug=ELSEWHERE, name=name, region_code="75", cause=cause, now_ms=1
        )
    )


def records(server: RunningServer, name: str) -> list[dict]:
    lines = httpx.get(f"{server.url}/public/data/{name}.jsonl").text.splitlines()
    return [json.loads(line) for line in lines]


def test_a_shop_with_enough_counts_shows_what_honesty_earned_and_how_honest(
    server: RunningServer,
) -> None:
    live(server)
    page = httpx.get(f"{server.url}/public/shops/{SLUG}", params={"lang": "en"}).text
    everything = server.store.read(
        lambda c: earned_by_shop(c, shop.c.slug == SLUG, date(2000, 1, 1), date(2100, 1, 1))
    )
    earned = everything[1].earned_tenge
    assert everything[1].counts == 4
    [line] = records(server, "shops")
    assert (line["earned_tenge"], line["suppressed"]) == (earned, False)
    assert f"{abs(earned):,}".replace(",", "\u00a0") in page
    assert "Мектепке кітап" in page
    # Three counts after the first, 3,000 due, 100 missing at one of them.
    assert "96,6\u00a0%" in page
    [region, own] = records(server, "weeks")
    assert region["shop"] is None
    assert own["shop"] == SLUG
    assert own["till_ratio_per_mille"] == region["till_ratio_per_mille"] == 966


@pytest.mark.parametrize("visits", [1, 2])
def test_fewer_than_three_visits_say_nothing_anywhere(server: RunningServer, visits: int) -> None:
    live(server, visits=visits)
    [line] = records(server, "shops")
    assert line["suppressed"] is True
    assert [line[name] for name in line if name.endswith(("tenge", "cost", "day"))] == [None] * 7
    for week in records(server, "weeks"):
        assert week["suppressed"] is True
        assert (
            week["visits"] is week["till_ratio_per_mille"] is week["stock_ratio_per_mille"] is None
        )
    for path in ("/", "/public/regions/47", f"/public/shops/{SLUG}"):
        page = httpx.get(f"{server.url}{path}", params={"lang": "en"}).text
        assert "97," not in page
        assert "%</strong>" not in page
    assert "too few counts yet" in httpx.get(f"{server.url}/", params={"lang": "en"}).text


def test_the_running_week_is_not_told_before_it_is_over(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    live(server, weeks_ago=0)
    assert records(server, "weeks") == []
    assert records(server, "shops")[0]["suppressed"] is True


def test_a_sum_grows_by_three_counts_at_least_whatever_pages_somebody_kept() -> None:
    counts = [(0, 1), (1, 1), (2, 2), (3, 1)]
    assert stretch_end([(0, 2)]) is None
    assert stretch_end(counts) == 2
    assert stretch_end([(0, 1), (0, 1), (0, 1), (0, 1), (1, 2)]) == 0, "days of one week"
    ends = {}
    gathered = []
    for week, count in [*counts, (4, 1), (5, 5)]:
        gathered.append((week, count))
        ends[stretch_end(gathered)] = None
    seen = [end for end in ends if end is not None]
    between = [
        sum(n for week, n in gathered if a < week <= b)
        for a, b in zip([-1, *seen], seen, strict=False)
    ]
    assert between == [4, 7]


def test_a_regions_sum_is_that_of_the_shops_that_show_one(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    server.store.write(
        lambda c: admin.add_shop(c, slug="small", name="№2", region_code="47", cause="", now_ms=1)
    )
    live(server)
    live(server, "small", visits=2)
    found = server.store.read(lambda c: figures(c, server.settings.now_ms()))
    [region] = found.regions
    by_slug = {one.slug: one.earned for one in region.shops}
    assert by_slug["small"] is None
    assert region.earned == found.earned == by_slug[SLUG]


def test_nothing_of_what_shoppers_only_say_is_shown_as_earned(
    sqlite_server: RunningServer,
) -> None:
    server = sqlite_server
    life = ShopLife(server.settings.now_ms() - 20 * DAY_MS)
    for number in range(4):
        life.visit(f"v{number}")
    before = life.journal.head().seq
    for _ in range(50):
        life.sell("choco", qr=True)
        life.sell("water")
    assert life.journal.head().seq == before + 100
    life.send(server, SLUG)
    [line] = records(server, "shops")
    assert line["confirmed_qr_tenge"] == 0
    assert line["earned_tenge"] == line["counted_cash_tenge"] - line["recorded_costs_tenge"]


def test_a_page_needs_no_cookie_and_is_not_sent_twice(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    for path in ("/", "/public/regions/47", "/public/data", "/public/checkpoints"):
        first = httpx.get(f"{server.url}{path}")
        assert first.status_code == 200, path
        assert "set-cookie" not in first.headers
        assert first.headers["cache-control"] == "public, max-age=60"
        again = httpx.get(f"{server.url}{path}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        russian = httpx.get(f"{server.url}{path}", headers={"Accept-Language": "ru"})
        assert russian.headers["etag"] != first.headers["etag"]
        assert 'name="description"' in first.text
        assert 'property="og:title"' in first.text


def test_many_readers_within_a_minute_cost_one_reckoning(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned = []

    def counted(connection: Connection, at_ms: int, weeks: int) -> Figures:
        reckoned.append(at_ms)
        return figures(connection, at_ms, weeks)

    monkeypatch.setattr(fresh, "figures", counted)
    for _ in range(20):
        assert httpx.get(sqlite_server.url).status_code == 200
    assert len(reckoned) == 1
    monkeypatch.setattr(public, "now_ms", lambda request: now_ms(request) + 61_000)
    httpx.get(sqlite_server.url)
    assert len(reckoned) == 2


def test_figures_that_the_server_made_by_itself_let_nobody_wait(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, store, at_ms = FastAPI(), sqlite_server.store, sqlite_server.settings.now_ms()
    fresh.renew(app, store, at_ms)
    made = fresh.kept(app, store, at_ms)
    monkeypatch.setattr(fresh, "figures", None)
    assert fresh.kept(app, store, at_ms + 59_000) is made
    monkeypatch.undo()

    def hidden_meanwhile(*given: Any) -> Figures:
        cache.forget(app)
        return figures(*given)

    monkeypatch.setattr(fresh, "figures", hidden_meanwhile)
    fresh.renew(app, store, at_ms)
    monkeypatch.undo()
    assert fresh.kept(app, store, at_ms) is not made, "what was forgotten meanwhile stays so"


def test_names_and_causes_are_neither_markup_nor_formulas(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    add_elsewhere(server)
    assert "Колледж &lt;b&gt;" in httpx.get(server.url).text
    text = httpx.get(f"{server.url}/public/data/shops.csv").content.decode("utf-8-sig")
    rows = {row["shop"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows[ELSEWHERE]["cause"] == "'=1+1"
    assert rows[ELSEWHERE]["name"] == "Колледж <b>"


@pytest.mark.parametrize(
    "path",
    ["/public/shops/nobody", "/public/regions/99", "/public/regions/x", "/public/data/entries.csv"],
)
def test_what_is_not_there_is_said_plainly(sqlite_server: RunningServer, path: str) -> None:
    assert httpx.get(f"{sqlite_server.url}{path}").status_code in (404, 422)
