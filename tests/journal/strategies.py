"""Random entry bodies of every type, each of which could have happened."""

from hypothesis import strategies as st

from kiosk.domain.entries import (
    Abandoned,
    AdminOpened,
    Boot,
    CashCount,
    CashOut,
    CashReceived,
    CashTender,
    ClockSet,
    Correction,
    EntryBody,
    EntryRef,
    FloatIn,
    HelpCall,
    PieceMissing,
    PinFailed,
    PriceChange,
    PriceLine,
    ProductChange,
    QrTender,
    Restock,
    RestockLine,
    Sale,
    SaleLine,
    SaleRef,
    StockLine,
    Stocktake,
    StocktakeLine,
    Suggestion,
    UnknownScan,
    VolunteerChanged,
    WriteOff,
)
from kiosk.domain.money import Pieces
from kiosk.domain.products import Product

CODES = ["c5", "c20", "c50", "c100", "c200", "n200", "n500", "n1000"]
PRODUCTS = [f"p{n}" for n in range(5)]

words = st.text(max_size=12)
names = st.sampled_from(["Айгүл", "Ержан", "v1"])
languages = st.sampled_from(["kk", "ru", "en"])
pieces = st.dictionaries(st.sampled_from(CODES), st.integers(1, 9), max_size=4)
ids = st.uuids().map(str)
hexes = st.binary(min_size=32, max_size=32).map(bytes.hex)
stock_lines = st.lists(
    st.builds(StockLine, st.sampled_from(PRODUCTS), st.integers(0, 50)), max_size=4
).map(tuple)

counts = st.integers(0, 50)
product_ids = st.sampled_from(PRODUCTS)
restock_lines = st.lists(
    st.builds(
        RestockLine,
        product_ids,
        counts,
        st.none() | st.just("14870001157934"),
        st.none() | counts,
        st.none() | st.dates().map(str),
    ),
    max_size=4,
).map(tuple)
stocktake_lines = st.lists(
    st.builds(StocktakeLine, product_ids, counts, st.none() | st.integers(-9, 50), counts),
    max_size=4,
).map(tuple)
products = st.builds(Product, product_ids, st.just({"kk": "Су"}), counts)


@st.composite
def line_lists(draw, total_tenge: int) -> tuple[SaleLine, ...]:
    """Lines worth exactly that much: some goods, and one that makes up the rest."""
    lines = []
    for _ in range(draw(st.integers(0, 2))):
        quantity = draw(st.integers(1, 3))
        price_tenge = draw(st.integers(0, total_tenge // quantity))
        total_tenge -= price_tenge * quantity
        product_id = draw(st.sampled_from([*PRODUCTS, None]))
        lines.append(SaleLine(draw(words), price_tenge, quantity, product_id))
    return (*lines, SaleLine("rest", total_tenge, 1, draw(st.sampled_from([*PRODUCTS, None]))))


def value_of(codes: dict[str, int]) -> int:
    return Pieces.from_codes(codes).total_tenge


@st.composite
def sales(draw) -> Sale:
    total_tenge = draw(st.integers(0, 5_000))
    kind = draw(st.sampled_from(["exact", "pieces", "qr"]))
    tender: CashTender | QrTender
    if kind == "exact":
        tender = CashTender(None)
    elif kind == "qr":
        tender = QrTender(total_tenge)
    else:
        came, went = sorted((draw(pieces), draw(pieces)), key=value_of, reverse=True)
        paid_tenge = value_of(came) - value_of(went)
        left_tenge = draw(st.integers(0, min(paid_tenge, 100)))
        rounded_tenge = draw(st.integers(0, 9))
        total_tenge = paid_tenge - left_tenge + rounded_tenge
        tender = CashTender(came, went, left_tenge, rounded_tenge, draw(st.booleans()))
    return Sale(draw(ids), draw(languages), draw(line_lists(total_tenge)), total_tenge, tender)


@st.composite
def corrections(draw) -> Correction:
    tender = draw(st.sampled_from(["cash", "qr"]))
    put_back, taken_back = {}, None
    moved_tenge = draw(st.integers(0, 3_000))
    left_tenge = rounded_tenge = 0
    if tender == "cash":
        if draw(st.booleans()):
            taken_back, put_back = sorted((draw(pieces), draw(pieces)), key=value_of, reverse=True)
            moved_tenge = value_of(taken_back) - value_of(put_back)
        left_tenge = draw(st.integers(0, min(moved_tenge, 100)))
        rounded_tenge = draw(st.integers(0, 9))
    total_tenge = moved_tenge - left_tenge + rounded_tenge
    return Correction(
        sale=SaleRef(1, draw(st.integers(1, 10**6)), draw(hexes)),
        by=draw(st.sampled_from(["shopper", "volunteer"])),
        reason=draw(words),
        lines=draw(line_lists(total_tenge)),
        total_tenge=total_tenge,
        left_to_cause_tenge=left_tenge,
        rounded_off_tenge=rounded_tenge,
        tender=tender,
        taken_back_tenge=0 if tender == "qr" else moved_tenge + value_of(put_back),
        taken_back=taken_back,
        put_back=put_back,
    )


BODIES: dict[type, st.SearchStrategy] = {
    Sale: sales(),
    Correction: corrections(),
    Abandoned: st.builds(
        Abandoned,
        checkout_id=ids,
        how=st.sampled_from(["cancelled", "timed_out"]),
        screen=st.sampled_from(["cash", "qr"]),
        lines=line_lists(500),
        total_tenge=st.just(500),
        pieces_tapped=pieces,
    ),
    PieceMissing: st.builds(PieceMissing, st.sampled_from(CODES)),
    CashCount: st.builds(CashCount, pieces, names, st.none() | st.integers(-500, 5000)),
    FloatIn: st.builds(FloatIn, pieces, names),
    CashOut: st.builds(CashOut, pieces, st.sampled_from(["bank", "cause"]), names),
    CashReceived: st.builds(CashReceived, st.builds(EntryRef, counts, counts), names),
    Restock: st.builds(Restock, restock_lines, names),
    Stocktake: st.builds(Stocktake, stocktake_lines, names),
    ProductChange: st.builds(ProductChange, st.lists(products, max_size=3).map(tuple), names),
    PriceChange: st.builds(
        PriceChange,
        st.lists(st.builds(PriceLine, product_ids, counts, counts), max_size=3).map(tuple),
        names,
        st.sampled_from(["set", "tags"]),
    ),
    AdminOpened: st.builds(AdminOpened, names),
    PinFailed: st.builds(PinFailed, counts),
    VolunteerChanged: st.builds(
        VolunteerChanged, names, st.sampled_from(["added", "pin", "removed"]), names
    ),
    WriteOff: st.builds(WriteOff, stock_lines, words, names),
    UnknownScan: st.builds(UnknownScan, words, words, st.none() | words),
    Suggestion: st.builds(Suggestion, ids, hexes, languages),
    HelpCall: st.builds(HelpCall, words, languages),
    Boot: st.builds(Boot, words),
    ClockSet: st.builds(ClockSet, st.integers(0, 2**40), st.integers(0, 2**40)),
}

bodies: st.SearchStrategy[EntryBody] = st.one_of(*BODIES.values())
