"""A small shop's money: counts, sales by QR, cash taken out, goods bought, and a bank that saw it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kiosk.domain.entries import (
    CashCount,
    CashOut,
    CashReceived,
    EntryRef,
    FloatIn,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
)
from sync.server import admin
from sync.server.money.claims import start_ms
from tests.sync.harness import SLUG, MemoryJournal, RunningServer, sale
from tests.sync.test_upload import push

HOUR_MS = 3_600_000
MONDAY = date(2026, 11, 16)
SPAN = {"since": "2026-11-01", "until": "2026-11-30"}
PAYER = "Серикова Айгерим"


def at(day: int, hour: float = 12) -> int:
    """An hour of a day of November 2026 in Kazakhstan."""
    return start_ms(date(2026, 11, day)) + int(hour * HOUR_MS)


def qr_sale(number: int, tenge: int) -> Sale:
    """A sale that the shopper says to have paid by QR."""
    line = SaleLine("Су", tenge, 1, "water")
    return Sale(f"qr-{number}", "kk", (line,), tenge, QrTender(tenge))


@dataclass
class MoneyLife:
    """A kiosk's journal that is sent when it is wanted."""

    server: RunningServer
    slug: str = SLUG
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    def __post_init__(self) -> None:
        self._enrolled = self.server.enrol(self.journal, code=self.server.code(slug=self.slug))

    def send(self) -> None:
        push(self.journal, self._enrolled)

    def two_weeks(self) -> int:
        """Opened with 5 000 ₸ counted; 3 800 came in cash, 750 is claimed by QR.

        Goods cost 900 ₸, and five pieces' cost nobody noted. 4 000 ₸ were taken out.

        Returns:
            The number of the entry of the cash that was taken out.
        """
        add = self.journal.add
        add(CashCount({"n1000": 5}, "v1"), at(2, 9))
        lines = (RestockLine("water", 10, unit_cost_tenge=90), RestockLine("samsa", 5))
        add(Restock(lines, "v1"), at(2, 9.5))
        for number in range(4):
            add(sale(number, 1000), at(10))
        add(FloatIn({"c100": 5}, "v1"), at(12, 9))
        # 200 ₸ are missing: 5 000 + 4 000 + 500 − 200.
        add(CashCount({"n1000": 9, "c100": 3}, "v1", expected_tenge=9500), at(12, 10))
        taken = add(CashOut({"n1000": 4}, "cause", "v1"), at(12, 10.1))
        for number, (day, hour, tenge) in enumerate(((16, 10, 200), (16, 12, 350), (17, 12, 200))):
            add(qr_sale(number, tenge), at(day, hour))
        self.send()
        return taken.seq

    def receive(self, seq: int) -> None:
        """A second volunteer confirms at the kiosk."""
        self.journal.add(CashReceived(EntryRef(1, seq), "v2"), at(13))
        self.send()


def bank_csv(*lines: str, encoding: str = "cp1251") -> bytes:
    """A statement; lines as ``16.11.2026 10:02:00;200,00``."""
    head = "Выписка;;;\r\nДата операции;Сумма;Назначение платежа;Терминал\r\n"
    body = "".join(f"{one};Оплата QR, плательщик {PAYER};T-17\r\n" for one in lines)
    return (head + body).encode(encoding)


ALL_PAID = (
    "16.11.2026 10:02:00;200,00",
    "16.11.2026 12:01:30;350,00",
    "17.11.2026 12:00:10;200,00",
)


def add_other_shop(server: RunningServer) -> None:
    """A shop of another region."""
    server.store.write(
        lambda connection: admin.add_shop(
            connection,
            slug="almaty-tsc",
            name="Алматы ХҚКО",
            region_code="75",
            cause="Балаларға",
            now_ms=server.settings.now_ms(),
        )
    )
