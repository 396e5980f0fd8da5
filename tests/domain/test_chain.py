"""The chain: published vectors, and what breaks when one bit of one field moves."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.domain import chain
from kiosk.domain.chain import GENESIS, Head, entry_hash, make_entry
from kiosk.domain.errors import ChainError

# Made with OpenSSL's command line from preimages spelled out by hand, not by this program.
VECTORS = json.loads(
    Path(__file__).with_name("vectors").joinpath("entries.json").read_text("utf-8")
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["private_key_seed"]))
PUBLIC_KEY = KEY.public_key().public_bytes_raw()
KIOSK_ID = chain.kiosk_id_of(PUBLIC_KEY)

numbers = st.integers(1, 2**64 - 1)
hashes = st.binary(min_size=32, max_size=32)
kiosk_ids = st.text("0123456789abcdef", max_size=20)
identities = st.tuples(kiosk_ids, numbers, numbers, hashes, st.binary(max_size=60))


def journal_of(count):
    made, head = [], Head(1, 0, GENESIS)
    for number in range(count):
        made.append(make_entry(KEY, KIOSK_ID, head, b'{"n":%d}' % number))
        head = made[-1].head
    return made


def test_the_vectors_name_their_key_and_kiosk():
    assert PUBLIC_KEY.hex() == VECTORS["public_key"]
    assert VECTORS["kiosk_id"] == KIOSK_ID


@pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda v: v["title"])
def test_hash_receipt_and_signature_are_those_of_the_vector(vector):
    digest = entry_hash(
        vector["kiosk_id"],
        vector["epoch"],
        vector["seq"],
        bytes.fromhex(vector["prev_hash"]),
        vector["payload"].encode(),
    )
    assert digest == hashlib.sha256(bytes.fromhex(vector["preimage"])).digest()
    assert digest.hex() == vector["hash"]
    assert chain.receipt_number(digest) == vector["receipt"]
    assert chain.sign_hash(KEY, digest).hex() == vector["signature"]
    assert chain.signature_is_valid(PUBLIC_KEY, digest, bytes.fromhex(vector["signature"]))


def test_epoch_1_entry_23_and_epoch_12_entry_3_are_two():
    first, second = (x for x in VECTORS["entries"] if "joined as plain text" in x["title"])
    joined = [f"{x['kiosk_id']}{x['epoch']}{x['seq']}{x['payload']}" for x in (first, second)]
    assert joined[0] == joined[1]
    assert first["hash"] != second["hash"]


@given(identities, identities)
def test_different_entries_have_different_hashes(one, other):
    assert (entry_hash(*one) == entry_hash(*other)) == (one == other)


@given(identities, st.integers(1, 20))
def test_no_byte_can_move_from_one_field_to_its_neighbour(identity, count):
    kiosk_id, epoch, seq, prev_hash, payload = identity
    moved = (kiosk_id + "a" * count, epoch, seq, prev_hash, payload[count:])
    assert entry_hash(*identity) != entry_hash(*moved)


@pytest.mark.parametrize(
    ("epoch", "seq", "prev_hash"), [(0, 1, GENESIS), (1, 0, GENESIS), (1, 1, b"short"), (1, 1, b"")]
)
def test_numbers_below_1_and_short_hashes_are_refused(epoch, seq, prev_hash):
    with pytest.raises(ChainError):
        entry_hash(KIOSK_ID, epoch, seq, prev_hash, b"")


def test_a_whole_chain_has_no_fault():
    made = journal_of(20)
    assert not list(chain.link_faults(made, Head(1, 0, GENESIS)))
    assert not list(chain.signature_faults(made, PUBLIC_KEY))


@given(st.integers(0, 5), st.data())
def test_any_change_of_one_entry_is_one_place_that_is_found(index, data):
    made = journal_of(6)
    victim = made[index]
    changed = data.draw(
        st.sampled_from(
            [
                replace(victim, payload=victim.payload + b" "),
                replace(victim, prev_hash=hashlib.sha256(victim.prev_hash).digest()),
                replace(victim, seq=victim.seq + 100),
                replace(victim, epoch=2),
                replace(victim, kiosk_id="0" * 16),
                replace(victim, hash=hashlib.sha256(victim.hash).digest()),
            ]
        )
    )
    made[index] = changed
    faults = list(chain.link_faults(made, Head(1, 0, GENESIS)))
    assert faults
    # The changed entry, or the next one, which no longer follows it.
    assert {fault.seq for fault in faults} <= {victim.seq, changed.seq, victim.seq + 1}


def test_an_entry_taken_out_is_a_gap():
    made = journal_of(5)
    del made[2]
    (gap, link) = chain.link_faults(made, Head(1, 0, GENESIS))
    assert (gap.seq, link.seq) == (4, 4)
    assert "gap" in gap.what


def test_another_kiosks_signature_is_found():
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    made = journal_of(2)
    made.append(make_entry(stranger, KIOSK_ID, made[-1].head, b"{}"))
    assert not list(chain.link_faults(made, Head(1, 0, GENESIS)))
    (fault,) = chain.signature_faults(made, PUBLIC_KEY)
    assert fault.seq == 3


@pytest.mark.parametrize("public_key", [b"", b"short", bytes(32)])
def test_a_wrong_key_proves_nothing_and_breaks_nothing(public_key):
    (made,) = journal_of(1)
    assert not chain.signature_is_valid(public_key, made.hash, made.signature)
    assert not chain.signature_is_valid(PUBLIC_KEY, made.hash, b"")
