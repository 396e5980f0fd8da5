"""The money's way through the pages: counted, confirmed, received, paid out; never guessed."""

import csv
import io
import json
import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update

from kiosk.domain.entries import CashCount, CashOut, Correction, SaleRef
from kiosk.domain.ledger import day_of
from sync.server.accounts.roles import Role, Scope
from sync.server.money import books
from sync.server.money.earned import Earned, earned
from sync.server.money.taken import OVERDUE_AFTER_MS
from sync.server.rollups import rebuild
from sync.server.schema import audit, metadata, shop
from sync.server.schema.money import bank_line, bank_statement, cash_out, money_day
from tests.sync.harness import SLUG, RunningServer
from tests.web.money_life import (
    ALL_PAID,
    PAYER,
    SPAN,
    MoneyLife,
    add_other_shop,
    at,
    bank_csv,
    qr_sale,
)
from tests.web.people import Browser, logged_in

SHOP = f"/money/shop/{SLUG}"
PDF = b"%PDF-1.7\n1 0 obj\n"


def earned_in(server: RunningServer, condition=None, since=1, until=30) -> Earned:
    where = shop.c.shop_id > 0 if condition is None else condition
    books.catch_up(server.store, where)
    days = (date(2026, 11, since), date(2026, 11, until))
    return server.store.read(lambda c: earned(c, where, *days))


def bring(person: Browser, content: bytes, **fields: str):
    person.get("/money/bank")
    form = {"csrf": person.csrf, "bank": "Банк", "shop": SLUG, **fields}
    return person.http.post("/money/bank", data=form, files={"file": ("x.csv", content)})


def actions(server: RunningServer) -> list[str]:
    query = select(audit.c.action).order_by(audit.c.at_ms, audit.c.audit_id)
    return [
        name
        for name in server.store.read(lambda c: c.execute(query).scalars().all())
        if name.startswith("money.")
    ]


def unfitting(server: RunningServer) -> list[rebuild.Difference]:
    """Sums of any kind that are not what entries and bank lines say."""
    return rebuild.check(server.store)


def states(server: RunningServer) -> list[tuple[date, int, str]]:
    query = select(bank_line.c.day, bank_line.c.amount_tenge, bank_line.c.state).order_by(
        bank_line.c.day, bank_line.c.amount_tenge
    )
    return [tuple(row) for row in server.store.read(lambda c: c.execute(query).all())]


def test_earned_is_counted_cash_and_confirmed_qr_less_recorded_costs_and_nothing_else(
    server: RunningServer,
) -> None:
    MoneyLife(server).two_weeks()
    # The four sales say 4 000 ₸ in cash and 750 ₸ by QR; counted were 3 800, confirmed is nothing.
    assert earned_in(server) == Earned(
        counted_cash_tenge=3800, restock_cost_tenge=900, counts=2, uncosted_pieces=5
    )
    assert earned_in(server).earned_tenge == 2900
    assert earned_in(server, until=11).earned_tenge == -900
    person = logged_in(server)
    assert bring(person, bank_csv(*ALL_PAID[:2])).url.params["matched"] == "2"
    person.get(SHOP)
    for kind, tenge in (("cost", "100"), ("payout", "2 500 ₸")):
        person.post(
            f"{SHOP}/spend", kind=kind, day="2026-11-17", amount=tenge, words="Кітап", form_id=""
        )
    whole = earned_in(server)
    assert whole.confirmed_qr_tenge == 550
    assert (whole.costs_tenge, whole.paid_out_tenge) == (1000, 2500)
    assert whole.earned_tenge == 3800 + 550 - 1000
    shown = person.get("/money?lang=en", params={**SPAN, "lang": "en"}).text
    assert "3\u00a0350\u00a0₸" in shown
    assert "5 pieces came to the shelf without a noted cost" in shown


def test_sums_that_are_made_again_from_the_journals_are_the_same(server: RunningServer) -> None:
    life = MoneyLife(server)
    life.receive(life.two_weeks())
    books.catch_up(server.store, shop.c.shop_id == 1)

    def everything(connection):
        return [
            connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in (money_day, cash_out)
        ]

    before = server.store.read(everything)
    server.store.write(lambda c: books.rebuild(c, 1))
    assert server.store.read(everything) == before
    assert server.store.read(lambda c: books.lagging(c, shop.c.shop_id == 1)) == []


def test_entries_that_come_in_pieces_give_the_same_sums(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "ENTRIES_AT_ONCE", 2)
    MoneyLife(sqlite_server).two_weeks()
    assert earned_in(sqlite_server).counted_cash_tenge == 3800


def test_a_count_at_which_the_kiosk_could_expect_nothing_earns_nothing(
    sqlite_server: RunningServer,
) -> None:
    life = MoneyLife(sqlite_server)
    life.journal.add(CashCount({"n1000": 5}, "v1"), at(2))
    life.journal.add(CashCount({"n1000": 9}, "v1"), at(3))
    life.journal.add(CashCount({"n1000": 8}, "v1", expected_tenge=9000), at(4))
    life.send()
    assert earned_in(sqlite_server).counted_cash_tenge == -1000


def test_cash_that_waits_too_long_stands_first_and_is_confirmed_by_a_second_person(
    server: RunningServer,
) -> None:
    life = MoneyLife(server)
    seq = life.two_weeks()
    fresh = life.journal.add(
        CashOut({"n500": 1}, "bank", "v1"), server.settings.now_ms() - OVERDUE_AFTER_MS // 2
    )
    life.send()
    person = logged_in(server, Role.REGION, Scope("47"))
    shown = person.get("/money", params={**SPAN, "lang": "en"}).text
    assert shown.index("Overdue") < shown.index("On its way")
    path = f"/money/cash/{SLUG}/{life.journal.identity.kiosk_id}/1/{seq}"
    refused = person.post(f"{path}/receive", received="4000", **SPAN)
    assert refused.status_code == 422
    fields = {"received": "3 900", "note": "=1+1", "second_person": "yes", **SPAN}
    done = person.post(f"{path}/receive", **fields)
    assert done.status_code == 200
    assert "Overdue" not in done.text
    assert "3\u00a0900\u00a0₸" in done.text
    assert person.post(f"{path}/receive", **fields).status_code == 422
    assert person.post(f"{path}/undo", **SPAN).status_code == 200
    assert person.post(f"{path}/undo", **SPAN).status_code == 404
    assert actions(server) == ["money.receive", "money.receive_undo"]
    # Entry that is no cash taken out.
    assert person.post(f"{path[: path.rindex('/')]}/1/receive", **fields).status_code == 404
    life.receive(fresh.seq)
    since = day_of(server.settings.now_ms() - OVERDUE_AFTER_MS).isoformat()
    assert "at the kiosk" in person.get("/money", params={"since": since}).text


def test_a_shops_own_lead_cannot_confirm_its_cash(sqlite_server: RunningServer) -> None:
    life = MoneyLife(sqlite_server)
    seq = life.two_weeks()
    lead = logged_in(sqlite_server, Role.SHOP, Scope(shop_id=1))
    assert "second_person" not in lead.get("/money", params=SPAN).text
    path = f"/money/cash/{SLUG}/{life.journal.identity.kiosk_id}/1/{seq}/receive"
    assert lead.post(path, received="4000", second_person="yes").status_code == 403


def test_a_statement_confirms_claims_once_and_keeps_no_word_about_who_paid(
    server: RunningServer,
) -> None:
    MoneyLife(server).two_weeks()
    person = logged_in(server, Role.REGION, Scope("47"))
    file = bank_csv(*ALL_PAID, "18.11.2026 09:00:00;999,00")
    first = bring(person, file)
    assert dict(first.url.params) == {"taken": "4", "known": "0", "matched": "3"}
    assert earned_in(server).confirmed_qr_tenge == 750
    before = states(server)
    assert [state for *_, state in before] == ["matched", "matched", "matched", "free"]
    again = bring(person, file)
    assert dict(again.url.params) == {"taken": "0", "known": "4", "matched": "0"}
    # Another file with some of the same lines: only what is new.
    later = bring(person, bank_csv(*ALL_PAID[2:], "19.11.2026 09:00:00;5,00", encoding="utf-8"))
    assert dict(later.url.params) == {"taken": "1", "known": "1", "matched": "0"}
    assert states(server)[:4] == before
    assert actions(server) == ["money.statement", "money.statement"]

    def words(connection) -> str:
        return json.dumps(
            [
                [str(bytes(v) if isinstance(v, memoryview) else v) for v in row]
                for table in metadata.sorted_tables
                for row in connection.execute(select(table))
            ],
            ensure_ascii=False,
        )

    kept = server.store.read(words)
    assert "Дата операции" in kept
    for word in PAYER.split():
        assert word not in kept
    assert unfitting(server) == []


def test_an_equal_payment_in_the_same_minute_is_another_payment(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    file = bank_csv(ALL_PAID[0], ALL_PAID[0])
    assert bring(person, file).url.params["taken"] == "2"
    assert bring(person, file).url.params["taken"] == "0"


def test_a_day_shows_what_was_claimed_confirmed_and_missing(sqlite_server: RunningServer) -> None:
    life = MoneyLife(sqlite_server)
    life.two_weeks()
    person = logged_in(sqlite_server)
    bring(person, bank_csv(ALL_PAID[0], ALL_PAID[2]))
    shown = person.get(SHOP, params={**SPAN, "lang": "en"}).text
    row = shown.split("<time>16.11.2026</time></th>")[1].split("</tr>")[0]
    amounts = [cell.split(">")[-1] for cell in row.split("\u00a0₸")]
    assert amounts[:4] == ["550", "200", "350", "0"]
    assert "Sales without a credit" in shown


def test_what_a_person_decided_stays_when_everything_is_matched_again(
    server: RunningServer,
) -> None:
    life = MoneyLife(server)
    life.two_weeks()
    person = logged_in(server)
    bring(person, bank_csv(ALL_PAID[0], "16.11.2026 12:01:30;360,00"))
    query = select(bank_line).order_by(bank_line.c.amount_tenge)
    small, large = server.store.read(lambda c: c.execute(query).all())
    paths = [f"{SHOP}/lines/{bytes(row.fingerprint).hex()}" for row in (small, large)]
    # The shopper typed 360 instead of 350: a person may say so; the credit is what counts.
    key = f"{life.journal.identity.kiosk_id}.1.{len(life.journal.entries) - 1}"
    person.get(SHOP)
    assert person.post(paths[1], do="match", claim=key, **SPAN).status_code == 200
    assert earned_in(server).confirmed_qr_tenge == 560
    assert person.post(paths[0], do="match", claim=key, **SPAN).status_code == 422
    assert person.post(paths[0], do="unclear", **SPAN).status_code == 200
    assert person.post(f"{SHOP}/rematch", **SPAN).status_code == 200
    assert earned_in(server).confirmed_qr_tenge == 360
    assert person.post(paths[0], do="aside", **SPAN).status_code == 200
    assert [state for *_, state in states(server)] == ["aside", "matched"]
    assert person.post(paths[0], do="paint", **SPAN).status_code == 400
    assert person.post(paths[0], do="match", claim="x.1", **SPAN).status_code == 422
    assert person.post(paths[0], do="match", claim="x.1.1", **SPAN).status_code == 404
    assert person.post(f"{SHOP}/lines/{'0' * 32}", do="aside").status_code == 404
    assert actions(server).count("money.match") == 1
    assert actions(server)[-3:] == ["money.match", "money.unmatch", "money.set_aside"]
    assert unfitting(server) == []


def test_journals_that_come_after_the_statement_are_matched_when_asked(
    sqlite_server: RunningServer,
) -> None:
    life = MoneyLife(sqlite_server)
    person = logged_in(sqlite_server)
    assert bring(person, bank_csv(*ALL_PAID)).url.params["matched"] == "0"
    life.two_weeks()
    person.get(SHOP)
    person.post(f"{SHOP}/rematch", **SPAN)
    assert earned_in(sqlite_server).confirmed_qr_tenge == 750
    assert unfitting(sqlite_server) == []


def test_a_statement_can_be_taken_back_as_if_it_had_never_come(server: RunningServer) -> None:
    MoneyLife(server).two_weeks()
    add_other_shop(server)
    person = logged_in(server)
    bring(person, bank_csv(*ALL_PAID))
    query = select(bank_statement.c.statement_id)
    path = f"/money/bank/{server.store.read(lambda c: c.execute(query).scalar_one())}/withdraw"
    other = logged_in(server, Role.REGION, Scope("75"))
    assert other.post(path).status_code == 404
    assert person.post(path).status_code == 200
    assert states(server) == []
    assert earned_in(server).confirmed_qr_tenge == 0
    assert person.post(path).status_code == 404
    assert unfitting(server) == []


def test_the_same_file_with_other_columns_is_refused_and_leaves_nothing_behind(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    bring(person, bank_csv(*ALL_PAID))
    columns = {"column_day": "Дата операции", "column_amount": "Сумма", "column_place": "Терминал"}
    refused = bring(person, bank_csv(*ALL_PAID), bank="Другой", **columns)
    assert refused.status_code == 422
    assert len(states(sqlite_server)) == 3
    assert "Другой" not in person.get("/money/bank").text


def test_places_and_columns_are_remembered_for_a_bank(sqlite_server: RunningServer) -> None:
    add_other_shop(sqlite_server)
    person = logged_in(sqlite_server, Role.REGION, Scope("47"))
    person.get("/money/bank")
    content = bank_csv(*ALL_PAID)

    def preview(**fields: str):
        form = {"csrf": person.csrf, "bank": "Банк", "shop": "", **fields}
        return person.http.post(
            "/money/bank/preview",
            data=form,
            files={"file": ("x.csv", content)},
            headers={"hx-request": "true", "x-csrf": person.csrf},
        ).text

    looked = preview(lang="en")
    assert 'name="place_name" value="T-17"' in looked
    assert "almaty-tsc" not in looked
    assert PAYER not in looked
    said = {"shop": "", "place_name": "T-17", "place_shop": SLUG}
    # A shop of somebody else cannot be said.
    assert bring(person, content, **{**said, "place_shop": "almaty-tsc"}).url.params["taken"] == "0"
    assert bring(person, content, **said).url.params["taken"] == "3"
    assert f'value="{SLUG}" selected' in preview()
    assert "lang" not in preview(bank="Новый", shop=SLUG)


def test_a_file_that_cannot_be_used_changes_nothing_and_says_why(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    for content, words in (
        (b"\xd0\xcf\x11\xe0", "old or protected Excel"),
        (b"a;b\n1;2\n", "No row with a day and an amount"),
        (bank_csv(*ALL_PAID), "write the bank"),
    ):
        person.get("/money/bank?lang=en")
        answer = bring(person, content, bank="" if "write" in words else "Банк")
        assert answer.status_code == 422
        assert words in answer.text
    assert states(sqlite_server) == []


def test_a_payout_is_entered_once_with_its_document_and_can_be_taken_back(
    server: RunningServer,
) -> None:
    person = logged_in(server, Role.SHOP, Scope(shop_id=1))
    form_id = person.get(SHOP).text.split('name="form_id" value="')[1][:32]
    fields = {
        "csrf": person.csrf,
        "kind": "payout",
        "day": "2026-11-17",
        "amount": "2500",
        "words": "=Мектепке кітап",
        "form_id": form_id,
        **SPAN,
    }
    file = {"document": ("Айгерим.pdf", PDF)}
    for _ in range(2):
        assert person.http.post(f"{SHOP}/spend", data=fields, files=file).status_code == 200
    shown = person.get(SHOP, params=SPAN)
    assert earned_in(server).paid_out_tenge == 2500
    path = shown.text.split('href="/money/shop/')[1].split('"')[0]
    document = person.get(f"/money/shop/{path}")
    assert document.content == PDF
    assert document.headers["content-disposition"].startswith("attachment")
    assert document.headers["x-content-type-options"] == "nosniff"
    wrong = person.http.post(
        f"{SHOP}/spend",
        data={**fields, "form_id": ""},
        files={"document": ("x.pdf", b"<script>alert(1)</script>")},
    )
    assert wrong.status_code == 422
    for field, value in (("amount", "0"), ("amount", "1,5"), ("day", "2099-01-01"), ("words", "")):
        bad = person.post(f"{SHOP}/spend", **{**fields, field: value})
        assert bad.status_code == 422
    assert earned_in(server).paid_out_tenge == 2500
    undo = f"{SHOP}/spent/payout/{form_id}/undo"
    assert person.post(undo, **SPAN).status_code == 200
    assert person.post(undo, **SPAN).status_code == 404
    assert earned_in(server).paid_out_tenge == 0
    assert actions(server) == ["money.payout", "money.payout_undo"]


def test_the_book_is_a_table_that_a_spreadsheet_opens_and_no_formula(
    sqlite_server: RunningServer,
) -> None:
    life = MoneyLife(sqlite_server)
    life.receive(life.two_weeks())
    person = logged_in(sqlite_server)
    bring(person, bank_csv(*ALL_PAID))
    person.get(SHOP)
    person.post(f"{SHOP}/spend", kind="cost", day="2026-11-17", amount="100", words="=HYPERLINK(1)")
    answer = person.get("/money/ledger.csv", params={**SPAN, "lang": "en"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert heading == ["Day", "Shop", "What", "Tenge", "Details"]
    kinds = {}
    for _, slug, kind, tenge, words in rows:
        assert slug == SLUG
        assert not words.startswith("=")
        kinds[kind] = kinds.get(kind, 0) + int(tenge)
    earned_kinds = ("Counted cash", "Confirmed QR", "Cost of goods", "Other cost")
    assert sum(kinds[name] for name in earned_kinds) == earned_in(sqlite_server).earned_tenge
    assert (kinds["Cash taken out"], kinds["Cash received"]) == (-4000, 4000)


def test_another_regions_money_can_neither_be_read_nor_guessed(
    sqlite_server: RunningServer,
) -> None:
    life = MoneyLife(sqlite_server)
    seq = life.two_weeks()
    add_other_shop(sqlite_server)
    person = logged_in(sqlite_server)
    bring(person, bank_csv(*ALL_PAID))
    kiosk_id = life.journal.identity.kiosk_id
    query = select(bank_line.c.fingerprint).limit(1)
    line = bytes(sqlite_server.store.read(lambda c: c.execute(query).scalar())).hex()
    for scope, role in ((Scope("75"), Role.REGION), (Scope(shop_id=2), Role.SHOP)):
        other = logged_in(sqlite_server, role, scope)
        for path in ("/money", "/money/bank", "/money/ledger.csv"):
            text = other.get(path, params=SPAN).text
            assert SLUG not in text
            assert "Ақтау" not in text
            assert "750" not in text
        for path in (SHOP, f"{SHOP}/document/{'0' * 32}"):
            assert other.get(path).status_code == 404
        fields = {"received": "1", "second_person": "yes", "do": "aside", "kind": "cost"}
        for path in (
            f"{SHOP}/spend",
            f"{SHOP}/rematch",
            f"{SHOP}/lines/{line}",
            f"{SHOP}/spent/cost/{'0' * 32}/undo",
            f"/money/cash/{SLUG}/{kiosk_id}/1/{seq}/receive",
            f"/money/cash/{SLUG}/{kiosk_id}/1/{seq}/undo",
        ):
            expected = 403 if role is Role.SHOP and "/cash/" in path else 404
            assert other.post(path, **fields).status_code in (404, expected), path
        assert bring(other, bank_csv(*ALL_PAID)).status_code == 422
    assert [state for *_, state in states(sqlite_server)] == ["matched"] * 3
    condition = shop.c.region_code == "75"
    assert earned_in(sqlite_server, condition) == Earned()


def test_an_auditor_sees_all_of_it_and_changes_nothing(sqlite_server: RunningServer) -> None:
    MoneyLife(sqlite_server).two_weeks()
    auditor = logged_in(sqlite_server, Role.AUDITOR)
    for path in ("/money", SHOP, "/money/bank"):
        shown = auditor.get(path, params=SPAN)
        assert shown.status_code == 200
        assert 'method="post" action="/money' not in shown.text
    assert auditor.post(f"{SHOP}/rematch").status_code == 403
    assert auditor.post("/money/bank", bank="x").status_code == 403


@pytest.mark.parametrize(
    "query", ["since=x", "since=0001-01-01&until=9999-12-31", "since=2026-12-01&until=2026-01-01"]
)
def test_days_that_cannot_be_shown_give_days_that_can(
    sqlite_server: RunningServer, query: str
) -> None:
    person = logged_in(sqlite_server, Role.AUDITOR)
    for path in ("/money", SHOP, "/money/ledger.csv"):
        assert person.get(f"{path}?{query}").status_code == 200


def test_a_sale_that_was_taken_back_is_no_claim_any_more(sqlite_server: RunningServer) -> None:
    life = MoneyLife(sqlite_server)
    life.two_weeks()
    sold = life.journal.entries[-1]
    body = qr_sale(0, 200)
    life.journal.add(
        Correction(
            SaleRef(1, sold.seq, sold.hash.hex()),
            "shopper",
            "mistake",
            body.lines,
            200,
            0,
            0,
            "qr",
            0,
            None,
            {},
        ),
        at(17, 12.1),
    )
    life.send()
    person = logged_in(sqlite_server)
    assert bring(person, bank_csv(*ALL_PAID)).url.params["matched"] == "2"


def test_the_kept_sums_never_count_an_entry_twice(server: RunningServer) -> None:
    MoneyLife(server).two_weeks()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            books.catch_up(server.store, shop.c.shop_id == 1)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    total = select(func.sum(money_day.c.counts))
    assert server.store.read(lambda c: c.execute(total).scalar_one()) == 2
    # Marks that were set back, as by a restored backup of this table, are found out by rebuild.
    server.store.write(lambda c: c.execute(update(money_day).values(counts=9)))
    server.store.write(lambda c: books.rebuild(c, 1))
    assert server.store.read(lambda c: c.execute(total).scalar_one()) == 2
