"""The kiosk's products on a real journal: a change is an entry, and in effect after its COMMIT."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk.catalogue import CHANGES_NAME, CatalogueStore
from kiosk.domain.chain import StoredEntry
from kiosk.domain.entries import PriceChange, ProductChange, decode
from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Catalogue, Product
from kiosk.domain.shelf import Published
from kiosk.journal import Journal
from kiosk.shelf import CHANGES, LocalShelf
from tests.till.shop import WATER

BUN = Product("bun", {"kk": "Тоқаш"}, 150)
PATIENCE_S = 60.0


class Shop:
    """A journal and the shelf on it; opened again it is the kiosk after a restart."""

    def __init__(self, directory: Path) -> None:
        self.seen: list[Catalogue] = []
        self.journal = Journal.open(directory)
        self.shelf = LocalShelf(CatalogueStore(directory), self.journal, self.seen.append)
        self.shelf.catch_up(self.journal.recent(CHANGES, after=self.shelf.looked_at)[::-1])
        self.journal.on_commit(lambda entry, _ledger: self.shelf.committed(entry))

    def publish(self, version: int, *products: Product) -> None:
        self.shelf.publish(msgspec.json.encode(Published(version, products)))

    def price_tenge(self, product_id: str) -> int:
        product = self.shelf.catalogue.by_id(product_id)
        assert product is not None
        return product.price_tenge

    def close(self) -> None:
        self.journal.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.publish(1, WATER)
    yield shop
    shop.close()


def at_price(price_tenge: int) -> Product:
    return msgspec.structs.replace(WATER, price_tenge=price_tenge)


def settle(shop: Shop) -> None:
    """Futures are done before listeners are told."""
    shop.journal.mark_suggestion_sent("nobody's").result(PATIENCE_S)


def test_a_product_saved_here_is_in_the_journal_and_in_effect(shop: Shop):
    stored = shop.shelf.save([BUN], "v1").result(PATIENCE_S)
    settle(shop)
    assert decode(stored.payload).body == ProductChange((BUN,), "v1", "edited")
    assert shop.price_tenge("bun") == 150
    assert shop.seen[-1].by_id("bun") == BUN


def test_a_price_set_here_is_in_effect_and_says_what_it_was(shop: Shop):
    stored = shop.shelf.set_price("water", 200, "v1").result(PATIENCE_S)
    settle(shop)
    body = decode(stored.payload).body
    assert isinstance(body, PriceChange)
    assert (body.lines[0].price_tenge, body.lines[0].before_tenge) == (200, 180)
    assert shop.price_tenge("water") == 200


def test_changes_survive_a_restart_with_the_note_and_without(tmp_path: Path):
    shop = Shop(tmp_path)
    shop.publish(1, WATER)
    shop.shelf.save([BUN], "v1").result(PATIENCE_S)
    shop.shelf.set_price("bun", 170, "v1").result(PATIENCE_S)
    shop.close()
    for damage in (None, b"", b"{", b"[]"):
        if damage is not None:
            (tmp_path / CHANGES_NAME).write_bytes(damage)
        again = Shop(tmp_path)
        assert again.price_tenge("bun") == 170
        again.close()


def test_a_new_price_from_the_centre_waits_for_its_tag_across_a_restart(tmp_path: Path):
    shop = Shop(tmp_path)
    shop.publish(1, WATER)
    shop.publish(2, at_price(220))
    assert shop.price_tenge("water") == 180
    shop.close()
    again = Shop(tmp_path)
    assert [(t.product.product_id, t.price_tenge) for t in again.shelf.pending_tags] == [
        ("water", 220)
    ]
    again.shelf.confirm_tags(["water"], "v1").result(PATIENCE_S)
    settle(again)
    assert again.price_tenge("water") == 220
    assert again.shelf.pending_tags == ()
    again.close()


def test_what_contradicts_other_products_is_refused_at_once(shop: Shop):
    twin = Product("twin", {"kk": "Су"}, 100, codes=WATER.codes)
    head = shop.journal.head()
    with pytest.raises(ProductError, match="twin"):
        shop.shelf.save([BUN, twin], "v1")
    assert shop.journal.head() == head
    assert shop.shelf.catalogue.by_id("bun") is None


@pytest.mark.parametrize(("product_id", "price_tenge"), [("nobody", 1), ("water", -1)])
def test_a_price_that_cannot_be_is_refused(shop: Shop, product_id: str, price_tenge: int):
    with pytest.raises(ProductError):
        shop.shelf.set_price(product_id, price_tenge, "v1")


def test_tags_that_wait_no_more_cannot_be_confirmed(shop: Shop):
    with pytest.raises(ProductError, match="look again"):
        shop.shelf.confirm_tags(["water"], "v1")


def test_what_is_no_catalogue_changes_nothing(shop: Shop):
    with pytest.raises(CatalogueError):
        shop.shelf.publish(b"{}")
    assert shop.shelf.version == 1
    assert shop.price_tenge("water") == 180


def test_a_change_that_this_version_cannot_read_is_left_out_and_the_rest_goes_on(
    shop: Shop,
) -> None:
    newer = StoredEntry(
        shop.journal.identity.kiosk_id,
        1,
        90,
        b"",
        b"",
        b'{"type":"product_change","v":99,"at_ms":1,"boot":"b","mono_ms":1,"products":[]}',
        b"",
    )
    shop.shelf.committed(newer)
    shop.shelf.catch_up([newer])
    shop.shelf.save([BUN], "asel").result(PATIENCE_S)
    settle(shop)
    assert shop.price_tenge("bun") == 150
