import errno
import os
from pathlib import Path

import msgspec
import pytest

from kiosk.catalogue import (
    FILE_NAME,
    PREVIOUS_NAME,
    SUMS_NAME,
    CatalogueStore,
    parse_catalogue,
)
from kiosk.domain.errors import CatalogueError
from kiosk.domain.products import Product
from kiosk.domain.shelf import Published
from kiosk.whole_file import write_whole


def document(version: int, price_tenge: int = 180) -> bytes:
    water = Product("water", {"kk": "Су"}, price_tenge, codes=("04870001157937",))
    return msgspec.json.encode(Published(version, (water,)))


@pytest.fixture
def store(tmp_path: Path) -> CatalogueStore:
    return CatalogueStore(tmp_path)


def test_a_kiosk_that_never_heard_of_the_centre_has_an_empty_catalogue(store):
    assert (store.load().version, store.load().products) == (0, ())


def test_a_new_version_is_there_at_once_and_after_a_restart(store, tmp_path: Path):
    assert store.replace(document(1)).version == 1
    assert [p.product_id for p in CatalogueStore(tmp_path).load().products] == ["water"]
    assert (tmp_path / FILE_NAME).read_bytes() == document(1)


def test_the_version_before_is_kept(store, tmp_path: Path):
    store.replace(document(1))
    store.replace(document(2))
    assert (tmp_path / PREVIOUS_NAME).read_bytes() == document(1)
    assert store.load().version == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 64, b"[1]", b'{"version":2}'])
def test_a_damaged_file_costs_a_version_and_not_the_shop(store, tmp_path: Path, damage: bytes):
    store.replace(document(1))
    store.replace(document(2))
    (tmp_path / FILE_NAME).write_bytes(damage)
    assert store.load().version == 1


def test_a_damaged_file_never_displaces_the_good_version_before_it(store, tmp_path: Path):
    store.replace(document(1))
    store.replace(document(2))
    (tmp_path / FILE_NAME).write_bytes(b"{")
    store.replace(document(3))
    assert (tmp_path / PREVIOUS_NAME).read_bytes() == document(1)
    assert store.load().version == 3


def test_a_kill_at_any_moment_leaves_a_whole_version(store, tmp_path: Path):
    current, previous, fresh = (
        tmp_path / FILE_NAME,
        tmp_path / PREVIOUS_NAME,
        tmp_path / f"{FILE_NAME}.new",
    )
    store.replace(document(1))
    store.replace(document(2))
    # Killed while the new file was being written:
    fresh.write_bytes(document(3)[:20])
    assert store.load().version == 2
    # Killed between the two renames:
    fresh.write_bytes(document(3))
    current.replace(previous)
    assert store.load().version == 2
    # And the next try comes through, whatever lies about.
    assert store.replace(document(4)).version == 4
    assert store.load().version == 4


BAD_DOCUMENTS = {
    "no JSON": b"<html>Sign in to the lobby's Wi-Fi</html>",
    "empty": b"",
    "no products": b'{"version":5}',
    "no UTF-8": b'{"version":5,"products":[{"product_id":"\xff","names":{},"price_tenge":1}]}',
    "endlessly nested": b'{"version":5,"x":' + b"[" * 100_000,
    "a price in words": b'{"version":5,"products":[{"product_id":"a","names":{"kk":"a"},'
    b'"price_tenge":"ten"}]}',
    "a price below 0": b'{"version":5,"products":[{"product_id":"a","names":{"kk":"a"},'
    b'"price_tenge":-1}]}',
    "an id twice": b'{"version":5,"products":['
    + b",".join([b'{"product_id":"a","names":{"kk":"a"},"price_tenge":1}'] * 2)
    + b"]}",
}


@pytest.mark.parametrize("bad", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS.keys())
def test_a_bad_document_changes_nothing(store, tmp_path: Path, bad: bytes):
    store.replace(document(1))
    store.replace(document(2))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(CatalogueError, match="from the centre"):
        store.replace(bad)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_full_disk_is_said_in_words_and_the_old_version_stays(store, monkeypatch):
    store.replace(document(1))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(CatalogueError, match=r"catalogue\.json.*No space left.*free some"):
            store.replace(document(2))
    assert store.load().version == 1


def test_what_a_newer_centre_adds_is_ignored():
    newer = document(1).replace(b'{"version"', b'{"published":"soon","version"')
    assert parse_catalogue(newer, "x").version == 1


def test_the_file_is_named_in_the_error():
    with pytest.raises(CatalogueError, match=r"^here\.json cannot be used"):
        parse_catalogue(b"", "here.json")


def test_a_price_that_flips_on_the_disk_is_noticed(store, tmp_path: Path, caplog):
    store.replace(document(1, 180))
    store.replace(document(2, 190))
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b"190", b"790"))
    assert [p.price_tenge for p in store.load().products] == [180]
    assert "changed on the disk" in caplog.text
    store.replace(document(3, 200))
    assert (tmp_path / PREVIOUS_NAME).read_bytes() == document(1, 180)
    assert [p.price_tenge for p in store.load().products] == [200]


def test_files_of_an_older_program_and_of_a_backup_are_believed(store, tmp_path: Path):
    (tmp_path / FILE_NAME).write_bytes(document(1))
    assert store.load().version == 1
    store.replace(document(2))
    store.replace(document(3))
    (tmp_path / FILE_NAME).write_bytes(document(7))
    (tmp_path / PREVIOUS_NAME).write_bytes(document(6))
    assert store.load().version == 7


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"0" * 64])
def test_lost_sums_cost_nothing(store, tmp_path: Path, damage: bytes):
    store.replace(document(1))
    store.replace(document(2))
    (tmp_path / SUMS_NAME).write_bytes(damage)
    assert store.load().version == 2
    store.replace(document(3))
    assert store.load().version == 3


@pytest.mark.parametrize("stop_at", [1, 2, 3])
def test_a_power_cut_between_the_files_leaves_one_that_is_believed(
    store, tmp_path: Path, monkeypatch, stop_at: int
):
    store.replace(document(1))
    store.replace(document(2))
    writes = iter(range(1, 9))

    def write(file: Path, content: bytes) -> None:
        if next(writes) == stop_at:
            raise OSError(errno.EIO, "the power went")
        write_whole(file, content)

    monkeypatch.setattr("kiosk.catalogue.write_whole", write)
    with pytest.raises(CatalogueError):
        store.replace(document(3))
    monkeypatch.undo()
    assert store.load().version == 2
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b"180", b"780"))
    assert [p.price_tenge for p in store.load().products] == [180]
