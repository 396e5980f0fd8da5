"""Messages carry exactly what was signed."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import chain
from kiosk.domain.errors import WireError
from kiosk.domain.products import Product, Status
from sync import proof, wire
from tests.sync.harness import MemoryJournal

KEY = Ed25519PrivateKey.generate()
KIOSK_ID = chain.kiosk_id_of(KEY.public_key().public_bytes_raw())


@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(
    lambda text: text.encode("utf-8", "replace"))), min_size=1, max_size=5))  # fmt: skip
def test_a_batch_gives_back_the_same_entries(payloads: list[bytes]) -> None:
    journal = MemoryJournal()
    for payload in payloads:
        journal.add_payload(payload)
    batch = wire.make_batch(journal.entries, journal.head().seq)
    again = wire.decode(msgspec.json.encode(batch), wire.Batch)
    assert wire.stored_entries(again) == journal.entries


def test_a_readable_payload_travels_as_text_and_another_as_base64() -> None:
    assert wire.payload_fields("Сатылым".encode()) == {"payload": "Сатылым"}
    assert wire.payload_fields(b"\xff") == {"payload_base64": "/w=="}


def test_a_full_batch_of_the_worst_bytes_fits_the_limit() -> None:
    journal = MemoryJournal()
    size = wire.BATCH_PAYLOAD_SIZE_BYTES // wire.ENTRIES_PER_BATCH_MAX
    for _ in range(wire.ENTRIES_PER_BATCH_MAX):
        journal.add_payload(b"\x01" * size)
    run = wire.fitting(journal.entries)
    assert len(run) == wire.ENTRIES_PER_BATCH_MAX
    assert len(msgspec.json.encode(wire.make_batch(run, 200))) <= wire.BATCH_SIZE_BYTES_MAX


def test_an_entry_larger_than_a_batch_travels_alone() -> None:
    journal = MemoryJournal()
    for size in (10, wire.BATCH_PAYLOAD_SIZE_BYTES + 1, 10):
        journal.add_payload(b"x" * size)
    first = wire.fitting(journal.entries)
    second = wire.fitting(journal.entries[1:])
    assert (len(first), len(second)) == (1, 1)


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"null", b"[]", b"{}", b'{"kiosk_id":"x"}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_message_is_refused(spoilt: bytes) -> None:
    with pytest.raises(WireError):
        wire.decode(spoilt, wire.Batch)


@pytest.mark.parametrize("pair", [(None, None), ("a", "YQ=="), (None, "not base64!")])
def test_an_entry_with_no_or_two_payloads_is_refused(pair: tuple[str | None, str | None]) -> None:
    with pytest.raises(WireError):
        wire.payload_bytes(*pair)


def test_only_the_holder_of_the_key_can_enrol_with_it() -> None:
    request = proof.make_enrol_request("k7qf-93md", KIOSK_ID, 1, KEY, "adal")
    assert proof.proven_key(request) == KEY.public_key().public_bytes_raw()
    for changed in ({"code": "K7QF93ME"}, {"kiosk_id": "0" * 16}, {"epoch": 2}):
        with pytest.raises(WireError, match="not signed"):
            proof.proven_key(msgspec.structs.replace(request, **changed))


def test_a_code_may_be_typed_with_or_without_dashes_and_case() -> None:
    assert proof.normal_code(" k7qf 93-md ") == "K7QF93MD"


def test_an_older_kiosk_reads_a_newer_centres_product() -> None:
    product = Product("pen", {"kk": "Қаламсап"}, 120, status=Status.SOLD_OUT)
    fields = msgspec.to_builtins(wire.ProductMessage.from_product(product))
    newer = msgspec.json.encode({**fields, "allergens": ["none"]})
    assert wire.decode(newer, wire.ProductMessage).to_product() == product
