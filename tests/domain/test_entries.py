import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.entries import (
    BODY_TYPES,
    Abandoned,
    AdminOpened,
    Boot,
    CashCount,
    CashOut,
    CashReceived,
    CashTender,
    ClockSet,
    Correction,
    Entry,
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
    Stamp,
    StockLine,
    Stocktake,
    StocktakeLine,
    Suggestion,
    UnknownScan,
    VolunteerChanged,
    WriteOff,
    codec,
    decode,
    encode,
    type_of,
)
from kiosk.domain.errors import AdalError, EntryError, MoneyError
from kiosk.domain.ledger import Ledger
from kiosk.domain.products import Product
from tests.domain.journals import entry_of

WATER = SaleLine("Су", 180, 2, "water", "04870001157937")
UNKNOWN = SaleLine("Белгісіз тауар", 90, 1, code="04000000000006", price_entered=True)
REF = SaleRef(1, 7, "ab" * 32)

BODIES: list[EntryBody] = [
    Sale("v1", "kk", (WATER,), 360, CashTender({"n500": 1}, {"c100": 1, "c20": 2})),
    Sale("v2", "ru", (WATER, UNKNOWN), 450, QrTender(450)),
    Sale("v3", "en", (WATER,), 360, CashTender(None, box_known=False)),
    Correction(REF, "shopper", "undo", (WATER,), 360, 0, 0, "cash", 500, {"n500": 1}, {"c20": 7}),
    Abandoned("v4", "timed_out", "cash", (WATER,), 360, {"n500": 1}),
    PieceMissing("c20"),
    CashCount({"n500": 2, "c20": 11}, "asel", 1_240, "visit-count-1"),
    FloatIn({"c20": 50}, "asel"),
    CashOut({"n500": 2}, "bank", "asel"),
    CashReceived(EntryRef(1, 9), "timur"),
    Restock((RestockLine("water", 12, "14870001157934", 120, "2026-12-31"),), "asel"),
    Stocktake((StocktakeLine("water", 11, 12, 180), StocktakeLine("samsa", 0)), "asel"),
    WriteOff((StockLine("water", 1),), "leaks", "asel"),
    ProductChange((Product("tea", {"kk": "Шай"}, 350, cases={"14870202520100": 12}),), "asel"),
    PriceChange((PriceLine("water", 190, 180),), "asel", "tags"),
    UnknownScan("4000000000006", "ean13", "04000000000006"),
    Suggestion("s1", "cd" * 32, "kk"),
    HelpCall("cash", "ru"),
    AdminOpened("asel"),
    PinFailed(3),
    VolunteerChanged("v2", "added", "asel"),
    Boot("0.1.0"),
    ClockSet(server_ms=2, local_ms=1),
]


def changed(body: EntryBody, **fields: Any) -> bytes:
    """The body's payload with some fields of the JSON overwritten."""
    payload = json.loads(encode(entry_of(body)))
    return json.dumps(payload | fields).encode()


def test_every_type_of_entry_is_tried_here():
    assert {type_of(body) for body in BODIES} == set(BODY_TYPES)


@pytest.mark.parametrize("body", BODIES, ids=type_of)
def test_an_entry_is_read_back_as_it_was_written(body: EntryBody):
    entry = entry_of(body)
    payload = encode(entry)
    assert decode(payload) == entry
    assert encode(decode(payload)) == payload


@pytest.mark.parametrize("body", BODIES, ids=type_of)
def test_a_payload_is_compact_json_that_begins_with_type_and_version(body: EntryBody):
    payload = encode(entry_of(body))
    assert payload.startswith(f'{{"type":"{type_of(body)}","v":{body.VERSION},"at_ms":'.encode())
    assert b": " not in payload.replace("Белгісіз тауар".encode(), b"")
    read = json.loads(payload)
    assert list(read)[:5] == ["type", "v", "at_ms", "boot", "mono_ms"]


@pytest.mark.parametrize("body", BODIES, ids=type_of)
def test_no_field_of_a_body_hides_one_of_the_head(body: EntryBody):
    assert {"type", "v", "at_ms", "boot", "mono_ms"}.isdisjoint(body.__struct_fields__)


# --- what cannot exist ---


@pytest.mark.parametrize(
    ("total_tenge", "tender"),
    [
        (361, CashTender(None)),
        (360, QrTender(359)),
        (360, CashTender({"n500": 1}, {"c100": 1})),
        (360, CashTender({"n500": 1}, {"c100": 1, "c20": 2}, left_to_cause_tenge=1)),
        (360, CashTender({"n500": 1}, {"c100": 1, "c20": 2}, rounded_off_tenge=1)),
        (360, CashTender(None, {"c20": 1})),
        (360, CashTender(None, left_to_cause_tenge=5)),
        (360, CashTender({"n500": 1}, {"c200": 1}, left_to_cause_tenge=-60)),
        (360, CashTender({"n500": -1}, {})),
        (360, CashTender({"banana": 1}, {})),
        (360, CashTender({}, {"n5000": 1}, rounded_off_tenge=5360)),
        (360, CashTender(None, rounded_off_tenge=361)),
        (360, CashTender({"n500": 1}, {}, left_to_cause_tenge=130, rounded_off_tenge=-10)),
    ],
)
def test_an_unbalanced_sale_cannot_exist(total_tenge: int, tender: CashTender | QrTender):
    with pytest.raises((EntryError, MoneyError)):
        Sale("v", "kk", (WATER,), total_tenge, tender)


def test_a_sale_of_nothing_cannot_exist():
    with pytest.raises(EntryError, match="at least one line"):
        Sale("v", "kk", (), 0, CashTender({}))


@pytest.mark.parametrize(("price_tenge", "quantity"), [(180, 0), (180, -1), (-1, 1)])
def test_a_line_of_nothing_or_below_nothing_cannot_exist(price_tenge: int, quantity: int):
    with pytest.raises(EntryError):
        SaleLine("Су", price_tenge, quantity)


@pytest.mark.parametrize(
    "wrong",
    [
        {"taken_back_tenge": 501},
        {"total_tenge": 361},
        {"left_to_cause_tenge": 1},
        {"rounded_off_tenge": 1},
        {"put_back": {"c20": 6}},
        {"taken_back": {"n1000": 1}},
        {"tender": "qr"},
        {"rounded_off_tenge": 361, "taken_back_tenge": 139},
    ],
)
def test_an_unbalanced_correction_cannot_be_read(wrong: dict[str, Any]):
    correction = next(body for body in BODIES if isinstance(body, Correction))
    assert decode(changed(correction)).body == correction
    with pytest.raises(EntryError):
        decode(changed(correction, **wrong))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (PieceMissing("c20"), {"denomination": "c0"}),
        (CashCount({}, "a"), {"pieces": {"c020": 1}}),
        (CashCount({}, "a"), {"pieces": {"c20": -1}}),
        (FloatIn({}, "a"), {"pieces": {"gold": 1}}),
        (CashOut({}, "bank", "a"), {"pieces": {"n99999999999": 1}}),
        (Abandoned("v", "cancelled", "qr", (), 0, {}), {"pieces_tapped": {"x": 1}}),
    ],
)
def test_money_that_does_not_exist_is_refused_when_read(body: EntryBody, wrong: dict[str, Any]):
    assert decode(changed(body)).body == body
    with pytest.raises(EntryError):
        decode(changed(body, **wrong))


# --- what cannot be read ---


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"type":"boot"}',
        b'{"type":"boot","v":1,"software":"x"}',
        b'{"type":"boot","v":1,"at_ms":1,"boot":"b","mono_ms":1}',
        b'{"type":"boot","v":1,"at_ms":1,"boot":"\xff","mono_ms":1,"software":"x"}',
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
    ids=lambda payload: repr(payload[:30]),
)
def test_what_adal_did_not_write_is_refused(payload: bytes):
    with pytest.raises(EntryError):
        decode(payload)


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 2},
        {"v": 0},
        {"v": "1"},
        {"v": True},
        {"v": 1.0},
        {"type": "future"},
        {"type": ["boot"]},
        {"type": None},
        {"extra": 1},
        {"at_ms": -1},
        {"at_ms": 10**16},
        {"mono_ms": -1},
        {"boot": 5},
        {"software": None},
    ],
    ids=str,
)
def test_a_field_that_does_not_belong_is_refused(wrong: dict[str, Any]):
    assert decode(changed(Boot("x"))).body == Boot("x")
    with pytest.raises(EntryError):
        decode(changed(Boot("x"), **wrong))


def test_an_entry_of_a_later_version_asks_for_an_update():
    with pytest.raises(EntryError, match=r"version 2 .* update"):
        decode(changed(Boot("x"), v=2))
    with pytest.raises(EntryError, match=r"'teleport' .* update"):
        decode(changed(Boot("x"), type="teleport"))


def test_an_entry_of_an_earlier_version_is_brought_up_step_by_step(monkeypatch):
    monkeypatch.setattr(Boot, "VERSION", 3)
    steps = {
        ("boot", 1): lambda fields: {**fields, "software": fields["software"] + " two"},
        ("boot", 2): lambda fields: {**fields, "software": fields["software"] + " three"},
    }
    monkeypatch.setattr(codec, "_UPGRADES", steps)
    old = changed(Boot("one"), v=1)
    assert decode(old).body == Boot("one two three")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def read_or_refuse(payload: bytes) -> Entry | None:
    try:
        return decode(payload)
    except EntryError:
        return None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes):
    assert read_or_refuse(payload) is None


@given(st.sampled_from(BODIES), st.data())
def test_whatever_is_damaged_what_can_be_read_can_be_folded(body: EntryBody, data):
    whole = json.loads(encode(entry_of(body)))
    name = data.draw(st.sampled_from(sorted(whole)))
    damaged = json.dumps(whole | {name: data.draw(JSON)}).encode()
    entry = read_or_refuse(damaged)
    if entry is not None:
        assert isinstance(Ledger().apply(entry), Ledger)


@given(st.sampled_from(BODIES), st.integers(0, 400), st.integers(0, 255))
def test_one_changed_byte_is_read_or_refused_but_never_crashes(
    body: EntryBody, place: int, byte: int
):
    payload = bytearray(encode(entry_of(body)))
    payload[place % len(payload)] = byte
    entry = read_or_refuse(bytes(payload))
    if entry is not None:
        assert isinstance(Ledger().apply(entry), Ledger)


def test_every_refusal_is_one_of_our_own_errors():
    assert issubclass(EntryError, AdalError)
    assert not issubclass(msgspec.ValidationError, AdalError)


def test_the_last_millisecond_a_stamp_can_carry_can_be_written_read_and_folded():
    last = Entry(Sale("v", "kk", (WATER,), 360, QrTender(360)), Stamp(253_402_300_799_999, "b", 0))
    assert decode(encode(last)) == last
    assert Ledger().apply(last).collected_tenge == 360


@pytest.mark.parametrize(
    "body",
    [
        CashCount({"c20": 1}, "asel"),
        FloatIn({"c20": 1}, "asel"),
        CashOut({"c20": 1}, "cause", "asel"),
        Restock((RestockLine("water", 12),), "asel"),
        Stocktake((StocktakeLine("water", 12),), "asel"),
        WriteOff((StockLine("water", 1),), "leaks", "asel"),
    ],
    ids=type_of,
)
def test_what_version_1_wrote_about_box_and_shelf_is_still_read(body: EntryBody):
    fields = json.loads(encode(entry_of(body))) | {"v": 1}
    for added in ("form_id", "expected_tenge"):
        fields.pop(added, None)
    assert decode(json.dumps(fields).encode()).body == body


@pytest.mark.parametrize("day", ["31.12.2026", "2026-02-30", "2026-1-1", "20261231", ""])
def test_a_best_before_that_is_no_day_is_refused(day: str):
    with pytest.raises(EntryError, match="day"):
        RestockLine("water", 1, best_before=day)


def test_a_gap_is_only_known_where_something_was_expected():
    assert StocktakeLine("water", 10, 12, 180).gap_tenge == 360
    assert StocktakeLine("water", 13, 12, 180).gap_tenge == -180
    assert StocktakeLine("water", 10, None, 180).gap_tenge == 0
