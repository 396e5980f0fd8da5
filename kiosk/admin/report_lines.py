"""A visit's report in words: the same lines on the screen and on paper.

Texts come through :class:`Speech`, so that this knows neither a window nor a language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kiosk.admin.pages import Step
from kiosk.domain.ledger import day_of
from kiosk.domain.money import NO_BREAK_SPACE, Pieces, format_tenge
from kiosk.domain.products import Product
from kiosk.domain.visit_report import (
    Band,
    ProductGap,
    Ratio,
    StockReport,
    TillReport,
    VisitReport,
)

MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Speech:
    """How to say something in one language: gettext's two functions, and the language."""

    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]
    language: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report tells: the figures, and around them who, when and what was left out."""

    report: VisitReport
    begun_ms: int = 0
    by: str = ""
    left_out: tuple[Step, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``band`` for a ratio, ``strong`` for what matters most.

    ``is_reason``: says only why there is no ratio.
    """

    label: str
    value: str = ""
    band: Band | None = None
    strong: bool = False
    is_reason: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


def sections(facts: Facts, speech: Speech) -> tuple[Section, ...]:
    """The whole report, in the order of reading; sections without lines are left out."""
    _ = speech.gettext
    report = facts.report
    made = (
        Section(_("Cash box"), tuple(_till_lines(report.till, _))),
        Section(_("Goods"), tuple(_stock_lines(report.stock, speech))),
        Section(_("Done in this visit"), tuple(_done_lines(report, speech))),
        Section(_("Since the last cash count"), tuple(_since_lines(report, _))),
        Section(_("Left out this time"), tuple(Line(step_name(s, _)) for s in facts.left_out)),
        Section(_("Largest differences"), tuple(_gap_lines(report.stock.gaps, facts, speech))),
    )
    return tuple(section for section in made if section.lines)


def step_name(step: Step, _: Callable[[str], str]) -> str:
    """The step's name in the current language."""
    names = {
        Step.COUNT: _("Cash count"),
        Step.TAKE_OUT: _("Take cash out"),
        Step.STOCKTAKE: _("Stocktake"),
        Step.RESTOCK: _("Receive goods"),
        Step.CHANGE_FLOAT: _("Float for change"),
        Step.SUMMARY: _("Summary"),
    }
    return names[step]


def band_name(band: Band, _: Callable[[str], str]) -> str:
    """The band in the current language, neutral."""
    names = {
        Band.OVER: _("More than expected: count again"),
        Band.HONEST: _("Good"),
        Band.TOLERABLE: _("Acceptable"),
        Band.POOR: _("Worth a closer look"),
    }
    return names[band]


def no_till_ratio(till: TillReport, _: Callable[[str], str]) -> str:
    """Why there is no till ratio."""
    if not till.was_counted:
        return _("The cash was not counted this time.")
    if till.difference_tenge is None:
        return _("Counted for the first time: the next count can be compared with it.")
    return _("No cash was due since the last count.")


def no_stock_ratio(stock: StockReport, _: Callable[[str], str]) -> str:
    """Why there is no stock ratio."""
    if not stock.was_counted:
        return _("The goods were not counted this time.")
    if not stock.is_comparable:
        return _("Counted for the first time: the next count can be compared with it.")
    return _("No goods were sold since the last count.")


def percent(ratio: Ratio) -> str:
    """``987`` per mille → ``98,7 %``, the same in all languages."""
    sign = MINUS if ratio.per_mille < 0 else ""
    whole, tenth = divmod(abs(ratio.per_mille), 10)
    return f"{sign}{whole},{tenth}{NO_BREAK_SPACE}%"


def signed_tenge(amount_tenge: int) -> str:
    """A difference: ``+60 ₸``, ``−60 ₸``, ``0 ₸``."""
    sign = "+" if amount_tenge > 0 else MINUS if amount_tenge < 0 else ""
    return sign + format_tenge(abs(amount_tenge))


def signed_count(count: int) -> str:
    """A difference in pieces: ``+2``, ``−2``, ``0``."""
    sign = "+" if count > 0 else MINUS if count < 0 else ""
    return f"{sign}{abs(count)}"


def day_text(at_ms: int) -> str:
    """The day at UTC+5 as it is written in Kazakhstan: ``21.11.2026``."""
    return f"{day_of(at_ms):%d.%m.%Y}"


def time_text(at_ms: int) -> str:
    """The time of the day at UTC+5: ``14:05``."""
    minutes = (at_ms // 60_000 + 5 * 60) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _till_lines(till: TillReport, _: Callable[[str], str]) -> Iterator[Line]:
    if till.expected_tenge is not None:
        yield Line(_("Expected"), format_tenge(till.expected_tenge))
    if till.counted_tenge is not None:
        yield Line(_("Counted"), format_tenge(till.counted_tenge))
    if till.difference_tenge is not None:
        yield Line(_("Difference"), signed_tenge(till.difference_tenge), strong=True)
    yield Line(_("Cash from sales"), _plain(till.cash_due_tenge))
    ratio = till.ratio
    if ratio is None:
        yield Line(no_till_ratio(till, _), is_reason=True)
    else:
        yield Line(_("Till ratio"), percent(ratio), ratio.band, strong=True)


def _stock_lines(stock: StockReport, speech: Speech) -> Iterator[Line]:
    _ = speech.gettext
    if stock.was_counted:
        yield Line(_("Sold"), _plain(stock.goods_sold_tenge))
        if stock.is_comparable:
            yield Line(_("Difference in pieces"), signed_count(-stock.gap_pieces))
            yield Line(_("Difference"), signed_tenge(-stock.gap_tenge), strong=True)
    ratio = stock.ratio
    if ratio is None:
        yield Line(no_stock_ratio(stock, _), is_reason=True)
    else:
        yield Line(_("Stock ratio"), percent(ratio), ratio.band, strong=True)


def _done_lines(report: VisitReport, speech: Speech) -> Iterator[Line]:
    _ = speech.gettext
    if report.taken_out:
        yield Line(_("Cash taken out"), _money(report.taken_out))
    if report.float_in:
        yield Line(_("Change put in"), _money(report.float_in))
    if report.restocked_pieces:
        yield Line(_("Goods received"), _pieces(report.restocked_pieces, speech))
    if report.written_off_pieces:
        yield Line(_("Written off"), _pieces(report.written_off_pieces, speech))
        yield Line(_("Value written off"), format_tenge(report.written_off_tenge))


def _since_lines(report: VisitReport, _: Callable[[str], str]) -> Iterator[Line]:
    sold = report.till.sold
    yield Line(_("Sales"), str(sold.sales))
    yield Line(_("In cash"), _plain(sold.cash_tenge))
    yield Line(_("By QR, as shoppers say"), _plain(sold.qr_tenge))
    yield Line(_("Left to charity"), _plain(sold.left_to_cause_tenge))
    yield Line(_("Sales taken back"), str(sold.corrections))
    yield Line(_("Payments not finished"), str(report.abandoned))


def _gap_lines(gaps: Sequence[ProductGap], facts: Facts, speech: Speech) -> Iterator[Line]:
    for gap in gaps:
        product = facts.products.get(gap.product_id)
        name = gap.product_id if product is None else product.name_in(speech.language)
        value = f"{signed_count(-gap.pieces)}  ·  {signed_tenge(-gap.gap_tenge)}"
        yield Line(name, value)


def _plain(amount_tenge: int) -> str:
    """Sales less what was taken back: rarely below zero, when older sales were."""
    return format_tenge(amount_tenge) if amount_tenge >= 0 else signed_tenge(amount_tenge)


def _money(pieces: Pieces) -> str:
    return format_tenge(pieces.total_tenge)


def _pieces(count: int, speech: Speech) -> str:
    return speech.ngettext("{n} item", "{n} items", count).format(n=count)
