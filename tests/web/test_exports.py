"""Files, pages for programs, tokens, and the week on paper."""

import argparse
import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pypdfium2
import pytest
from pyarrow import parquet
from sqlalchemy import select

from kiosk.domain.entries import (
    CashCount,
    CashOut,
    CashTender,
    Correction,
    HelpCall,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    Stocktake,
    StocktakeLine,
    decode,
)
from kiosk.domain.errors import ConfigError
from kiosk.domain.ledger import KAZAKHSTAN, fold_all
from sync import journalfile, tables, wire
from sync.server import admin
from sync.server.accounts import people
from sync.server.accounts.roles import Person, Role, Scope
from sync.server.export import formats, stream, tokens, walk, weekly
from sync.server.export.xlsx import XlsxWriter
from sync.server.problems import ProblemError
from sync.server.schema import account, audit, entry, watermark
from sync.tables import LINES, SALES, Kind, harmless
from tests.sync.harness import (
    NOW_MS,
    MemoryJournal,
    RunningServer,
    new_identity,
    running,
    sale,
    sqlite_url,
)
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in

EVIL = '=HYPERLINK("http://evil.example","Samsa")'
FILES = ("sales", "lines", "visits", "stock", "journal", "shops")
WATER = SaleLine("A.S.U. суы", 180, 3, "water-asu", "04870001157937")


def busy_journal(server: RunningServer, slug: str = "aktau-tsc") -> MemoryJournal:
    """A week of a small shop: sales, one taken back, a visit; and one that nobody can read."""
    journal = MemoryJournal(new_identity())
    given = server.enrol(journal, code=server.code(slug=slug))
    hour_ms = 3_600_000
    journal.add(Restock((RestockLine("water-asu", 20, None, 120),), "v1", "visit1-restock-1"))
    journal.add(CashCount({"n500": 2}, "v1", None, "visit1-count-1"))
    journal.add(Stocktake((StocktakeLine("water-asu", 20, None, 180),), "v1", "visit1-stocktake-1"))
    lines = (SaleLine(EVIL, 250, 1), WATER)
    sold = journal.add(Sale("c1", "ru", lines, 790, CashTender({"n1000": 1}, {"c200": 1}, 10)))
    journal.add(Sale("c2", "kk", (WATER,), 540, QrTender(540)), NOW_MS + hour_ms)
    journal.add(
        Correction(
            SaleRef(1, sold.seq, sold.hash.hex()), "shopper", "mistake", lines, 790, 10, 0,
            "cash", 1000, {"n1000": 1}, {"c200": 1},
        )
    )  # fmt: skip
    journal.add(Sale("c3", "kk", (WATER,), 540, CashTender(None)), NOW_MS + 2 * hour_ms)
    journal.add(HelpCall("basket", "kk"), NOW_MS + 2 * hour_ms)
    later_ms = NOW_MS + 3 * hour_ms
    journal.add(CashCount({"n500": 3}, "v1", 1540, "visit2-count-1"), later_ms)
    journal.add(CashOut({"n500": 2}, "bank", "v1", "visit2-take_out-1"), later_ms)
    counted = (StocktakeLine("water-asu", 13, 14, 180),)
    journal.add(Stocktake(counted, "v1", "visit2-stocktake-1"), later_ms)
    journal.add_payload(b'{"type":"from the future","v":1}')
    push(journal, given)
    return journal


def other_region(server: RunningServer) -> MemoryJournal:
    server.store.write(
        lambda c: admin.add_shop(
            c, slug="almaty-tsc", name="ALMATY-MARK", region_code="75", cause="", now_ms=1
        )
    )
    return busy_journal(server, "almaty-tsc")


def file_of(person: Browser, what: str, form: str, **more: str) -> bytes:
    answer = person.get("/exports/file", params={"what": what, "format": form, **more})
    assert answer.status_code == 200, answer.text
    ending = form.partition("-")[0]
    assert answer.headers["content-disposition"].endswith(f'.{ending}"')
    return answer.content


def records(data: bytes, form: str) -> list[dict]:
    """A file read again by somebody else's reader; moments as ISO 8601, empty cells as None."""
    if form.startswith("csv"):
        text = data.decode("utf-8-sig")
        separator = ";" if form.endswith("semicolon") else ","
        return [dict(row) for row in csv.DictReader(io.StringIO(text), delimiter=separator)]
    if form == "jsonl":
        return [json.loads(line) for line in data.splitlines()]
    if form == "parquet":
        rows = parquet.read_table(io.BytesIO(data)).to_pylist()
        return [{name: _iso(value) for name, value in row.items()} for row in rows]
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
    names, *rows = sheet.iter_rows(values_only=True)
    return [{n: _iso(v) for n, v in zip(names, row, strict=True)} for row in rows]


def _iso(value: object) -> object:
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=KAZAKHSTAN)
        # Excel's days are floating point; a thousandth of a second more brings the second back.
        at = at.astimezone(KAZAKHSTAN) + timedelta(milliseconds=1)
        return at.replace(microsecond=0).isoformat()
    return value


def as_text(rows: list[dict]) -> list[dict]:
    """As a CSV says it."""
    return [{n: "" if v is None else str(v).lstrip("'") for n, v in r.items()} for r in rows]


def test_every_format_says_the_same_when_it_is_opened_again(server: RunningServer) -> None:
    busy_journal(server)
    person = logged_in(server, Role.AUDITOR)
    for what in FILES:
        found = {
            form: as_text(records(file_of(person, what, form), form))
            for form in ("csv", "csv-semicolon", "xlsx", "parquet", "jsonl")
        }
        assert found["jsonl"]
        assert tuple(found["jsonl"][0]) == tables.TABLES[what].names
        for form, rows in found.items():
            assert rows == found["jsonl"], (what, form)


def test_rows_say_what_the_domain_reads_in_the_same_bytes(sqlite_server: RunningServer) -> None:
    journal = busy_journal(sqlite_server)
    person = logged_in(sqlite_server)
    bodies = {e.seq: decode(e.payload).body for e in journal.entries[:-1]}
    sales = records(file_of(person, "sales", "jsonl"), "jsonl")
    lines = records(file_of(person, "lines", "jsonl"), "jsonl")
    assert [row["total_tenge"] for row in sales] == [790, 540, -790, 540]
    assert [row["left_to_cause_tenge"] for row in sales] == [10, 0, -10, 0]
    assert [row["tender"] for row in sales] == ["cash", "qr", "cash", "cash"]
    for row in sales:
        own = [line for line in lines if line["seq"] == row["seq"]]
        assert sum(line["total_tenge"] for line in own) == row["total_tenge"]
        assert sum(line["quantity"] for line in own) == row["items"]
        assert [line["name"] for line in own] == [x.name for x in bodies[row["seq"]].lines]
    [water] = records(file_of(person, "stock", "jsonl"), "jsonl")
    ledger = fold_all(decode(e.payload) for e in journal.entries[:-1])
    assert (water["quantity"], water["sold"]) == (ledger.stock["water-asu"], 6)
    visits = {row["type"]: row for row in records(file_of(person, "visits", "jsonl"), "jsonl")}
    assert visits["cash_count"]["difference_tenge"] == -40
    assert visits["cash_count"]["visit"] == "visit2"
    assert (visits["cash_out"]["moved_tenge"], visits["cash_out"]["to"]) == (-1000, "bank")
    assert (visits["stocktake"]["gap_pieces"], visits["stocktake"]["gap_tenge"]) == (1, 180)
    assert visits["restock"]["cost_tenge"] == 20 * 120
    assert "v1" not in json.dumps(list(visits.values()))


def test_the_journal_taken_home_proves_itself_even_from_the_middle(
    sqlite_server: RunningServer,
) -> None:
    journal = busy_journal(sqlite_server)
    journal.add_sales(2)
    journal.add(sale(9), NOW_MS + 3 * 86_400_000)
    given = sqlite_server.enrol(journal)
    push(journal, given)
    person = logged_in(sqlite_server)
    day = datetime.fromtimestamp(NOW_MS / 1000, KAZAKHSTAN).date()
    late = file_of(person, "journal", "jsonl", since=str(date.fromordinal(day.toordinal() + 3)))
    for data, first_seq in ((file_of(person, "journal", "jsonl"), 1), (late, 15)):
        read = journalfile.read_lines(data.splitlines(), "journal.jsonl")
        [report] = journalfile.verify(read)
        assert (report.faults, report.signed, report.key_known) == ((), True, True)
        assert report.first_seq == first_seq


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+7 700",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\x00=1",
        "＝1+1",
        "\ufeff=1",
    ],
)
def test_nothing_that_a_spreadsheet_would_run_stays_so(text: str) -> None:
    assert harmless(text).startswith("'")
    row = dict.fromkeys(LINES.names) | {"name": text, "quantity": -1, "time": NOW_MS}
    written = formats.CsvWriter(LINES, ";").rows([tuple(row[n] for n in LINES.names)]).decode()
    [cells] = csv.reader(io.StringIO(written, newline=""), delimiter=";")
    read = dict(zip(LINES.names, cells, strict=True))
    assert read["name"].startswith("'")
    assert read["quantity"] == "-1"
    writer = XlsxWriter(LINES)
    data = writer.start() + writer.rows([tuple(row[n] for n in LINES.names)]) + writer.end()
    [kept] = records(data, "xlsx")
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for line in workbook.active.iter_rows() for cell in line)
    assert kept["quantity"] == -1


def test_words_stay_words() -> None:
    for text in ("Самса", "5 = 5", "Coca-Cola", "", "1 × =x"):
        assert harmless(text) == text


def test_a_workbook_holds_what_xml_cannot_and_goes_on_on_another_sheet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sync.server.export.xlsx.SHEET_ROWS_MAX", 5)
    writer = XlsxWriter(tables.SHOPS)
    rows = [(f"shop-{n}", "47", "<b>&\x01\ud800 ₸ 𝄞", "x" * 40_000) for n in range(9)]
    data = writer.start() + writer.rows(rows[:7]) + writer.rows(rows[7:]) + writer.end()
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    assert workbook.sheetnames == ["shops", "shops 2", "shops 3"]
    found = [row for sheet in workbook for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [row[0] for row in found] == [row[0] for row in rows]
    assert found[0][2] == "<b>& ₸ 𝄞"
    assert len(found[0][3]) == 32_767


@pytest.mark.parametrize(
    ("role", "scope"), [(Role.REGION, Scope("47")), (Role.SHOP, Scope(shop_id=1))]
)
def test_nobody_takes_home_what_is_not_his(server: RunningServer, role: Role, scope: Scope) -> None:
    own, other = busy_journal(server), other_region(server)
    person = logged_in(server, role, scope)
    assert "ALMATY-MARK" not in person.get("/exports").text
    for what in FILES:
        data = file_of(person, what, "jsonl")
        assert b"aktau-tsc" in data
        assert b"almaty-tsc" not in data
        assert other.identity.kiosk_id.encode() not in data
        assert file_of(person, what, "jsonl", place="region:75") == b""
    for place in ("shop:almaty-tsc", "shop:never-there"):
        answer = person.get("/exports/file", params={"what": "sales", "place": place})
        assert answer.status_code == 404
    assert person.get("/exports/week/75/2026-W47.pdf").status_code == 404
    token = token_of(server, person)
    for path in ("lines", "visits", "journal", "shops", "chains", "export/sales.json"):
        seen = api(server, token, path).text
        assert "aktau-tsc" in seen
        assert "almaty-tsc" not in seen
        guessed = {"kiosk_id": other.identity.kiosk_id, "region": "75"}
        assert "almaty-tsc" not in api(server, token, path, **guessed).text
    position = f"2.{other.identity.kiosk_id}.1.0"
    assert api(server, token, "lines", cursor=position).json()["rows"] == []
    assert own.identity.kiosk_id in api(server, token, "export/stock.csv").text


def token_of(server: RunningServer, person: Browser, name: str = "pc") -> str:
    return server.store.write(
        lambda c: tokens.make(c, _person(server, person), name, server.settings.now_ms())
    )


def api(server: RunningServer, token: str, path: str, **params: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{server.url}{wire.API}/{path}", headers=headers, params=params)


def _person(server: RunningServer, browser: Browser) -> Person:
    from sync.server.accounts.sessions import person_of
    from sync.server.web.guard import COOKIE

    found = person_of(server.store, browser.http.cookies[COOKIE], server.settings.now_ms())
    assert found is not None
    return found


def test_a_token_is_shown_once_reads_what_its_owner_sees_and_dies_with_him(
    server: RunningServer,
) -> None:
    busy_journal(server)
    person = logged_in(server, Role.REGION, Scope("47"))
    person.get("/exports")
    shown = person.post("/exports/tokens", name="Excel in Aktau")
    token = shown.text.split('class="secret">')[1].split("<")[0]
    assert token.startswith("read.")
    assert token not in person.get("/exports").text
    assert "Excel in Aktau" in person.get("/exports").text
    assert api(server, token, "lines").status_code == 200
    again = person.post("/exports/tokens", name="Excel in Aktau")
    assert again.status_code == 422
    person.get("/exports")
    assert person.post("/exports/tokens/revoke", name="Excel in Aktau").status_code == 200
    assert api(server, token, "lines").status_code == 401
    second = token_of(server, person, "second")
    who = _person(server, person).account_id
    server.store.write(lambda c: people.disable(c, who, 1))
    assert api(server, second, "lines").status_code == 401
    actions = server.store.read(lambda c: list(c.execute(select(audit.c.action)).scalars()))
    assert sorted(actions) == ["token.make", "token.make", "token.revoke"]


def test_a_token_whose_owner_is_gone_reads_nothing(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    token = token_of(sqlite_server, person)
    sqlite_server.store.write(lambda c: c.execute(account.update().values(disabled_ms=1)))
    assert api(sqlite_server, token, "lines").status_code == 401
    sqlite_server.store.write(lambda c: c.execute(account.delete()))
    assert api(sqlite_server, token, "lines").status_code == 401


def test_an_auditor_and_a_form_from_elsewhere_make_no_token(sqlite_server: RunningServer) -> None:
    auditor = logged_in(sqlite_server, Role.AUDITOR)
    auditor.get("/exports")
    assert auditor.post("/exports/tokens", name="x").status_code == 403
    person = logged_in(sqlite_server)
    person.csrf = "made up"
    assert person.post("/exports/tokens", name="x").status_code == 403
    other = logged_in(sqlite_server, Role.REGION, Scope("47"))
    token_of(sqlite_server, other, "mine")
    person.get("/exports")
    assert person.post("/exports/tokens/revoke", name="mine").status_code == 404


def test_a_person_has_a_bounded_number_of_tokens(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    for number in range(tokens.TOKENS_MAX):
        token_of(sqlite_server, person, f"token {number}")
    with pytest.raises(ConfigError, match="many"):
        token_of(sqlite_server, person, "one more")


def test_pages_for_programs_join_up_without_a_gap(server: RunningServer) -> None:
    busy_journal(server), other_region(server)
    token = server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    for what in ("lines", "visits", "journal", "export/sales.json"):
        whole = api(server, token, what, limit=2000).json()
        assert whole["cursor"] is None
        rows = paged(server, token, what)
        for row in (*rows, *whole["rows"]):
            row.pop("public_key", None)  # stands on the first row of every page
        assert rows == whole["rows"]
        assert len({(row["kiosk_id"], row["seq"], row.get("line")) for row in rows}) == len(rows)
        assert len(rows) > 3


def paged(server: RunningServer, token: str, what: str) -> list[dict]:
    """All rows, two entries at a time."""
    rows, cursor = [], None
    while True:
        page = api(server, token, what, limit=2, **({"cursor": cursor} if cursor else {})).json()
        rows += page["rows"]
        cursor = page["cursor"]
        if cursor is None:
            return rows


NO_QUESTIONS = (
    {"cursor": "99999999999999999999.0123456789abcdef.1.1"},
    {"cursor": "1.0123456789abcdef.1.99999999999999999999999"},
    {"cursor": "1.x.1.1"},
    {"cursor": "\x00"},
    {"since_day": "2026-13-01"},
    {"until_day": "\x00"},
    {"epoch": 2**70},
    {"kiosk_id": "\x00" * 16},
    {"shop": "\x00"},
)


def test_what_can_be_no_question_is_refused(server: RunningServer) -> None:
    token = server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    for params in NO_QUESTIONS:
        for path in ("lines", "export/sales.json"):
            answer = api(server, token, path, **params)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_message")
        for path in ("chains", "shops", "export/sales.csv"):
            wanted = 200 if "cursor" in params else 400
            assert api(server, token, path, **params).status_code == wanted


def test_numbers_beyond_reason_are_taken_as_far_as_they_go(server: RunningServer) -> None:
    busy_journal(server)
    token = server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    assert api(server, token, "lines", since_seq=2**80).json()["rows"] == []
    assert len(api(server, token, "lines", limit=2**80).json()["rows"]) == 6
    assert api(server, token, "lines", limit=-5, since_seq=-(2**80)).status_code == 200
    assert api(server, token, "lines", since_day="9999-12-31").json()["rows"] == []
    assert api(server, token, "lines", since_day="0001-01-01").json()["rows"] != []
    assert api(server, token, "lines", until_day="9999-12-31").json()["rows"] != []


def test_a_file_that_does_not_exist_is_said_so(sqlite_server: RunningServer) -> None:
    token = sqlite_server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    for name in ("sales", "sales.exe", "nothing.csv", ".csv", "stock.json"):
        assert api(sqlite_server, token, f"export/{name}").status_code == 404
    person = logged_in(sqlite_server)
    for week in ("2026-W54", "2026-47", "today", "0000-W01", "9999-W60"):
        assert person.get(f"/exports/week/47/{week}.pdf").status_code == 400


def test_days_are_those_of_kazakhstan_and_both_belong_to_the_file(
    sqlite_server: RunningServer,
) -> None:
    journal = MemoryJournal()
    given = sqlite_server.enrol(journal)
    for hour in (18, 19, 42, 43):  # 23:00, 00:00, 23:00, 00:00 at UTC+5
        at = datetime(2026, 11, 1, tzinfo=UTC).timestamp() + hour * 3600
        journal.add(sale(hour), int(at * 1000))
    push(journal, given)
    person = logged_in(sqlite_server)
    rows = records(file_of(person, "sales", "xlsx", since="2026-11-02", until="2026-11-02"), "xlsx")
    assert [row["time"][:13] for row in rows] == ["2026-11-02T00", "2026-11-02T23"]


def fill_raw(server: RunningServer, count: int) -> None:
    """Many entries, straight into the table: what they say is what an export reads."""
    journal = MemoryJournal()
    server.enrol(journal)
    journal.add(sale(1, 180, 2))
    one = journal.entries[0]
    row = {
        "shop_id": 1,
        "kiosk_id": journal.identity.kiosk_id,
        "epoch": 1,
        "type": "sale",
        "at_ms": NOW_MS,
        "readable": True,
        "received_ms": NOW_MS,
        "hash": one.hash,
        "signature": one.signature,
        "payload": one.payload,
    }
    rows = [{**row, "seq": seq} for seq in range(1, count + 1)]
    server.store.write(lambda c: c.execute(entry.insert(), rows))
    mark = watermark
    server.store.write(lambda c: c.execute(mark.update().values(seq=count)))


def test_many_rows_take_no_more_memory_than_few(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is never in memory: what is held is a page and a row group."""
    monkeypatch.setattr(walk, "PAGE_ENTRIES", 200)
    monkeypatch.setattr("sync.server.export.parquet.ROW_GROUP_ROWS", 400)
    fill_raw(sqlite_server, 10_000)
    wanted = walk.Wanted(Scope())

    def peak_of(form: str, until_seq: int) -> tuple[int, int]:
        sqlite_server.store.write(lambda c: c.execute(watermark.update().values(seq=until_seq)))
        tracemalloc.start()
        made = stream.export(sqlite_server.store, LINES, form, wanted)
        size = sum(map(len, made.pieces))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size, peak

    for form in ("csv", "jsonl", "xlsx", "parquet"):
        peak_of(form, 1_000)  # caches and libraries are loaded
        small_size, small_peak = peak_of(form, 1_000)
        size, peak = peak_of(form, 10_000)
        assert size > 5 * small_size
        assert peak < small_peak * 1.5 + 100_000, form


def test_a_file_that_nobody_reads_on_is_not_made_on(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "PAGE_ENTRIES", 100)
    fill_raw(sqlite_server, 20_000)
    read = []
    real = walk.entries

    def counted(*args: object, **more: object) -> object:
        read.append(1)
        return real(*args, **more)

    monkeypatch.setattr(walk, "entries", counted)
    token = sqlite_server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{sqlite_server.url}{wire.API}/export/lines.jsonl"
    with httpx.stream("GET", address, headers=headers) as answer:
        next(answer.iter_raw(1000))
    sqlite_server.stop()  # waits for what still runs
    assert 0 < len(read) < 100


def week_pdf(person: Browser, week: str, language: str = "en") -> str:
    answer = person.get(f"/exports/week/47/{week}.pdf", params={"lang": language}, timeout=60)
    assert answer.status_code == 200
    document = pypdfium2.PdfDocument(answer.content)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text.replace("\u00a0", " ").replace("\r\n", "\n")


def test_the_week_on_paper_says_what_was_sold_and_what_needs_a_look(
    server: RunningServer,
) -> None:
    busy_journal(server)
    server.add_shop("empty-shop")
    person = logged_in(server, Role.REGION, Scope("47"))
    week = weekly.week_name(datetime.fromtimestamp(NOW_MS / 1000, KAZAKHSTAN).date())
    text = week_pdf(person, week)
    assert week in text
    assert "1 080 ₸" in text  # collected: 540 by QR and 540 in cash
    assert "92,5 %" in text  # the till: 40 of 540 are missing
    assert "1 000 ₸" in text  # taken out
    assert "calls for a volunteer: 1" in text
    assert "no visit this week" in text
    assert "water-asu" in text
    assert "Маңғыстау" in week_pdf(person, week, "kk")
    assert "Мангистауская" in week_pdf(person, week, "ru") or "Мангыстау" in text
    assert "no sale this week" in week_pdf(person, "2020-W01")


def test_every_column_is_explained_in_three_languages(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    for language in ("kk", "ru", "en"):
        page = person.get(f"/exports?lang={language}").text
        for table in tables.TABLES.values():
            for name in table.names:
                assert f"<dt>{name}</dt>" in page


def test_a_sale_read_lightly_has_every_kind_of_cell(sqlite_server: RunningServer) -> None:
    busy_journal(sqlite_server)
    wanted = walk.Wanted(Scope())
    listed = sqlite_server.store.read(lambda c: walk.chains(c, wanted))
    for table in (SALES, LINES):
        for batch in stream.batches(sqlite_server.store, table, wanted, listed):
            for row in batch:
                for value, (_, kind) in zip(row, table.columns, strict=True):
                    number = kind in (Kind.NUMBER, Kind.MOMENT)
                    assert value is None or isinstance(value, int) == number


def test_the_week_is_written_from_the_servers_own_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sync.cli import report

    parser = argparse.ArgumentParser()
    report.add_commands(parser.add_subparsers())
    url, out = sqlite_url(tmp_path), tmp_path / "week.pdf"
    with running(url) as server:
        server.add_shop()
        busy_journal(server)
    words = ["report", "--region", "47", "--week", "2026-W47", "--out", str(out), "--db", url]
    for language in ("kk", "ru", "en"):
        options = parser.parse_args([*words, "--language", language, "--json"])
        assert options.run(options) == 0
        assert json.loads(capsys.readouterr().out)["size_bytes"] == out.stat().st_size
    with pypdfium2.PdfDocument(out) as document:
        assert "Mangystau" in document[0].get_textpage().get_text_bounded()
    wrong = parser.parse_args([*words[:2], "99", *words[3:]])
    with pytest.raises(ProblemError, match="no such region"):
        wrong.run(wrong)
