"""The same schema on both databases, up and down, with data in it."""

import fcntl
import sqlite3
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from kiosk.domain.errors import ConfigError
from kiosk.domain.ledger import DayTotals
from sync.server import admin, migrate, rollups
from sync.server.schema import metadata, region, shop, shop_day
from sync.server.store import Store
from sync.server.store import database_url as parsed_url
from tests.sync.harness import sqlite_url


@pytest.fixture
def store(database_url: str):
    opened = Store(database_url)
    migrate.upgrade(opened)
    yield opened
    opened.close()


def add_shop(store: Store, slug: str) -> int:
    return store.write(
        lambda c: admin.add_shop(c, slug=slug, name="Дүкен", region_code="47", cause="", now_ms=1)
    )


def test_the_migrated_schema_is_the_one_in_the_code(store: Store) -> None:
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store.read(differences) == []
    assert store.read(migrate.revision_of) == migrate.newest_revision()


def test_migrating_down_with_data_in_it_and_up_again_works(store: Store) -> None:
    add_shop(store, "aktau-tsc")
    migrate.downgrade(store, "base")
    tables = store.read(lambda c: set(inspect(c).get_table_names()))
    assert tables <= {"alembic_version"}
    migrate.upgrade(store)
    migrate.upgrade(store)
    assert store.read(lambda c: c.execute(select(func.count()).select_from(region)).scalar()) == 20
    assert store.read(lambda c: c.execute(select(func.count()).select_from(shop)).scalar()) == 0


def test_a_migration_that_fails_leaves_everything_as_it_was(store: Store) -> None:
    add_shop(store, "aktau-tsc")

    def down_and_stumble(connection):
        from alembic import command

        command.downgrade(migrate._config(connection), "base")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        store.write(down_and_stumble)
    assert store.read(lambda c: c.execute(select(shop.c.slug)).scalars().all()) == ["aktau-tsc"]


def test_readers_cannot_write_to_the_embedded_database(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))
    migrate.upgrade(store)
    with pytest.raises(OperationalError, match="readonly"):
        store.read(lambda c: c.execute(text("DELETE FROM region")))
    store.close()


def test_the_embedded_database_flushes_every_commit(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))

    def pragmas(connection):
        return [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        ]

    assert store.write(pragmas) == ["wal", 2]
    store.close()


def test_several_programs_may_write_to_the_embedded_database_in_turn(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    # Each store has its own connections and its own lock, as another program would.
    stores = [Store(url) for _ in range(3)]
    migrate.upgrade(stores[0])
    errors: list[BaseException] = []

    def work(index: int) -> None:
        try:
            for number in range(10):
                add_shop(stores[index], f"shop-{index}-{number}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    ids = stores[0].read(lambda c: c.execute(select(shop.c.shop_id)).scalars().all())
    for store in stores:
        store.close()
    assert sorted(ids) == list(range(1, 31))
    with closing(sqlite3.connect(tmp_path / "adal.db")) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_write_keeps_other_programs_writes_out(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))

    def is_locked(_connection: object) -> bool:
        with (tmp_path / "adal.db.lock").open("a") as other:
            try:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    assert store.write(is_locked)
    assert not is_locked(None)
    store.close()


def test_days_added_from_many_threads_in_any_order_never_lock_each_other_out(
    store: Store,
) -> None:
    one = DayTotals(sales=1, items=2, cash_tenge=3)
    days = {date(2026, 11, day): one for day in range(1, 11)}

    def work() -> None:
        for _ in range(10):
            store.write(lambda c: rollups.add_to_days(c, 1, days))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    rows = store.read(lambda c: c.execute(select(shop_day.c.sales, shop_day.c["items"])).all())
    assert [tuple(row) for row in rows] == [(40, 80)] * 10


def test_work_that_the_database_asks_to_repeat_is_repeated(store: Store) -> None:
    class TryAgainError(Exception):
        sqlstate = "40001"

    tries = []

    def work(connection) -> str:
        tries.append(connection.execute(text("SELECT 1")).scalar())
        if len(tries) < 3:
            raise OperationalError("x", {}, TryAgainError())
        return "done"

    assert store.write(work) == "done"
    assert len(tries) == 3

    def never(connection) -> None:
        raise OperationalError("x", {}, TryAgainError())

    with pytest.raises(DBAPIError):
        store.write(never)


@pytest.mark.parametrize("text_", ["mysql://x/y", "sqlite://", "nonsense", ""])
def test_an_address_of_another_database_is_refused_in_plain_words(text_: str) -> None:
    with pytest.raises(ConfigError):
        parsed_url(text_)


@pytest.mark.parametrize(
    "changed",
    [{"slug": "Aktau"}, {"slug": "-a"}, {"name": " "}, {"region_code": "99"}, {"slug": "taken"}],
)
def test_a_shop_that_cannot_be_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    store = Store(sqlite_url(tmp_path))
    migrate.upgrade(store)
    add_shop(store, "taken")
    wanted = {"slug": "good", "name": "Дүкен", "region_code": "47", "cause": "", **changed}
    with pytest.raises(ConfigError):
        store.write(lambda c: admin.add_shop(c, now_ms=1, **wanted))
    store.close()


def test_rare_entries_are_found_through_their_own_index(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))
    migrate.upgrade(store)
    plan = store.read(
        lambda c: c.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM entry WHERE type IN ('help_call', "
            "'unknown_scan', 'cash_count', 'cash_out', 'float_in', 'restock', 'stocktake', "
            "'write_off') AND type = 'help_call'"
        ).all()
    )
    store.close()
    assert "ix_entry_attention" in str(plan)
