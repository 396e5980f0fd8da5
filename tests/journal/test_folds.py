"""The cached totals are always what the entries amount to."""

import itertools
from dataclasses import fields

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.entries import CashCount, decode
from kiosk.domain.ledger import DayTotals, fold_all
from kiosk.journal import Journal, schema
from kiosk.journal.rebuild import rebuild
from kiosk.journal.store import Reader
from kiosk.journal.verify import verify
from tests.journal.strategies import bodies
from tests.journal.support import Times, fill, surgery

moments = st.integers(0, 3 * 86_400_000)
example = itertools.count()


@given(told=st.lists(st.tuples(bodies, moments), max_size=12), restart_at=st.integers(0, 12))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_kept_entry_by_entry_are_the_fold_of_all_entries(told, restart_at, tmp_path_factory):
    directory, times = tmp_path_factory.mktemp("kiosk"), Times()
    journal = Journal.open(directory, clock=times.clock())
    for number, (body, later_ms) in enumerate(told):
        if number == restart_at:
            journal.close()
            journal = Journal.open(directory, clock=times.clock())
        times.pass_ms(later_ms)
        journal.append(body).result(10)
    folded = fold_all(decode(x.payload) for x in journal.entries())
    cached, at = Reader(directory / "journal.sqlite3").ledger()
    assert journal.ledger == folded
    assert cached == folded
    assert at == ((1, journal.head().seq) if told else (0, 0))
    journal.close()
    assert verify(directory).ok


def test_a_kiosk_that_starts_again_knows_its_box_shelf_and_days(directory):
    journal = Journal.open(directory)
    fill(journal)
    before = journal.ledger
    journal.close()
    journal = Journal.open(directory)
    assert journal.ledger == before
    assert before.box.known
    assert before.stock == {"water": 95}
    journal.close()


def test_a_count_takes_away_the_pieces_that_are_not_there_any_more(directory):
    journal = Journal.open(directory)
    journal.append(CashCount({"n500": 2, "c20": 5}, "Айгүл"))
    journal.append(CashCount({"c20": 4}, "Айгүл")).result(10)
    journal.close()
    assert Reader(directory / "journal.sqlite3").ledger()[0].box.available.to_codes() == {"c20": 4}


def test_totals_that_lag_behind_are_folded_anew_at_the_start(directory):
    journal = Journal.open(directory)
    fill(journal)
    right = journal.ledger
    journal.close()
    with surgery(directory) as connection:
        connection.execute("UPDATE fold SET seq = 2, expected_tenge = 1")
        connection.execute("DELETE FROM stock")
    journal = Journal.open(directory)
    assert journal.ledger == right
    journal.close()
    assert verify(directory).ok


def test_rebuilding_what_is_right_changes_nothing(directory):
    journal = Journal.open(directory)
    fill(journal)
    journal.close()
    before = (directory / "journal.sqlite3").read_bytes()
    rebuilt = rebuild(directory)
    assert (rebuilt.differences, rebuilt.restored) == ((), ())
    assert (directory / "journal.sqlite3").read_bytes() == before


def test_the_cache_of_days_has_a_column_for_each_total():
    columns = [column.name for column in schema.day.columns]
    assert columns == ["day", *(field.name for field in fields(DayTotals))]
