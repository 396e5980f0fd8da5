"""Catalogue versions go out, shops' own changes come back; both ends are the real ones."""

import hashlib
import io
import time
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image
from sqlalchemy import Connection, insert, update

from kiosk.catalogue import CatalogueStore
from kiosk.domain.entries import EntryBody
from kiosk.domain.errors import CatalogueError
from kiosk.domain.ledger import day_of
from kiosk.domain.products import Product
from kiosk.from_centre import FromCentre
from kiosk.journal import Journal
from kiosk.shelf import CHANGES, LocalShelf
from sync import enrolment, wire
from sync.centre import Centre
from sync.client import Hooks, State, Uploader, UploaderSettings
from sync.proof import signed_bytes
from sync.server import admin, catalogues, migrate
from sync.server.accounts.roles import Person, Role, Scope
from sync.server.catalogues import campaigns, documents, local_changes, pictures, publishing
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import Facts, Key, PriceFact, ProductFact, published
from sync.server.catalogues.places import EVERYWHERE, Place
from sync.server.problems import ProblemError
from sync.server.schema import catalogue_version, shop
from sync.server.schema.catalogue import shop_catalogue
from sync.server.store import Store
from tests.sync.harness import SLUG, RunningServer, wait_until

WATER = Product("water", {"kk": "Су", "en": "Water"}, 180, "drinks", ("04870001157937",))
BUN = Product("bun", {"kk": "Тоқаш", "en": "Bun"}, 150, "bakery")
OTHER = "almaty-tsc"
PATIENCE_S = 60.0


def person(role: Role = Role.NATIONAL, scope: Scope | None = None) -> Person:
    return Person(1, "a@example.kz", "A", role, scope or Scope(), "en", "csrf", True, True)


MANGYSTAU = person(Role.REGION, Scope("47"))
ALMATY = person(Role.REGION, Scope("75"))


class Centrum:
    """The centre as people use it, without its pages."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.shop_id = server.store.read(lambda c: admin.shop_id_of(c, SLUG))
        self.other_id = server.add_shop(OTHER)

        def move(connection: Connection) -> None:
            connection.execute(
                update(shop).where(shop.c.shop_id == self.other_id).values(region_code="75")
            )

        server.store.write(move)
        self.here = Place("47", self.shop_id)

    def put(self, *products: Product) -> int:
        return self.server.store.write(lambda c: catalogues.put(c, products, 1))

    def desk(self, work, who: Person | None = None) -> None:
        self.server.store.write(lambda c: work(Desk(c, who or person(), 2)))

    def price(self, product: Product, place: Place, tenge: int, *, urgent: bool = False, who=None):
        fact = PriceFact(tenge, urgent)
        self.desk(lambda desk: desk.set_price(product.product_id, place, fact), who)

    def publish(self, who: Person | None = None) -> int:
        return self.server.store.write(lambda c: publishing.publish(c, who or person(), 3))

    def undecided(self, who: Person | None = None) -> list[local_changes.LocalChange]:
        scope = (who or person()).scope
        return self.server.store.read(lambda c: local_changes.undecided(c, scope))

    def facts(self) -> Facts:
        return self.server.store.read(published)


class Kiosk:
    """A real journal, shelf and uploader in a directory."""

    def __init__(self, centrum: Centrum, directory: Path, slug: str = SLUG) -> None:
        directory.mkdir(exist_ok=True)
        self.directory = directory
        self.journal = Journal.open(directory)
        self.shelf = LocalShelf(CatalogueStore(directory), self.journal)
        self.shelf.catch_up(self.journal.recent(CHANGES, after=self.shelf.looked_at)[::-1])
        self.journal.on_commit(lambda entry, _ledger: self.shelf.committed(entry))
        server = centrum.server
        self.enrolled = enrolment.enrol(
            server.url,
            server.code(slug=slug),
            kiosk_id=self.journal.identity.kiosk_id,
            epoch=self.journal.identity.epoch,
            key=self.journal.identity.key,
            software="adal test",
        )

    def contact(self) -> State:
        """One whole session with the centre."""
        hooks = Hooks(
            on_catalogue=self.shelf.publish,
            catalogue_version=lambda: self.shelf.version,
            goods=FromCentre(self.directory),
        )
        uploader = Uploader(self.journal, self.enrolled, UploaderSettings(), hooks)
        uploader.start()
        try:
            wait_until(
                lambda: uploader.status.state in (State.IN_STEP, State.REFUSED, State.OFFLINE)
            )
            return uploader.status.state
        finally:
            uploader.stop()

    def write(self, body: EntryBody) -> None:
        self.journal.append(body).result(PATIENCE_S)

    def price(self, product: Product) -> int | None:
        found = self.shelf.catalogue.by_id(product.product_id)
        return None if found is None else found.price_tenge

    def close(self) -> None:
        self.journal.close()


@pytest.fixture
def centrum(server: RunningServer) -> Centrum:
    return Centrum(server)


@pytest.fixture
def sqlite_centrum(sqlite_server: RunningServer) -> Centrum:
    return Centrum(sqlite_server)


@pytest.fixture
def make_kiosk(tmp_path: Path):
    made: list[Kiosk] = []

    def make(centrum: Centrum, slug: str = SLUG) -> Kiosk:
        made.append(Kiosk(centrum, tmp_path / f"kiosk-{len(made)}", slug))
        return made[-1]

    yield make
    for kiosk in made:
        kiosk.close()


def test_a_published_price_waits_for_its_tag_and_an_urgent_one_does_not(
    centrum: Centrum, make_kiosk
) -> None:
    centrum.put(WATER, BUN)
    kiosk = make_kiosk(centrum)
    assert kiosk.contact() is State.IN_STEP
    assert kiosk.price(WATER) == 180
    centrum.price(WATER, EVERYWHERE, 200)
    centrum.price(BUN, centrum.here, 170, urgent=True)
    assert centrum.publish() == 2
    assert kiosk.contact() is State.IN_STEP
    assert (kiosk.shelf.version, kiosk.price(WATER), kiosk.price(BUN)) == (2, 180, 170)
    assert [tag.price_tenge for tag in kiosk.shelf.pending_tags] == [200]
    kiosk.shelf.confirm_tags(["water"], "Aigul").result(PATIENCE_S)
    assert kiosk.price(WATER) == 200


def test_a_kiosk_that_slept_through_an_urgent_version_still_gets_it_urgent(
    sqlite_centrum: Centrum, make_kiosk
) -> None:
    sqlite_centrum.put(WATER, BUN)
    kiosk = make_kiosk(sqlite_centrum)
    kiosk.contact()
    sqlite_centrum.price(WATER, EVERYWHERE, 200, urgent=True)
    sqlite_centrum.publish()
    sqlite_centrum.price(BUN, EVERYWHERE, 160)
    sqlite_centrum.publish()
    kiosk.contact()
    assert (kiosk.shelf.version, kiosk.price(WATER), kiosk.price(BUN)) == (3, 200, 150)


def test_the_narrowest_price_holds_and_other_regions_keep_theirs(
    centrum: Centrum, make_kiosk
) -> None:
    centrum.put(WATER)
    here, there = make_kiosk(centrum), make_kiosk(centrum, OTHER)
    centrum.price(WATER, Place("47"), 190, who=MANGYSTAU)
    centrum.publish(MANGYSTAU)
    here.contact()
    there.contact()
    assert (here.price(WATER), there.price(WATER)) == (190, 180)
    centrum.price(WATER, centrum.here, 210, urgent=True, who=MANGYSTAU)
    centrum.price(WATER, EVERYWHERE, 185)
    centrum.publish()
    here.contact()
    assert here.price(WATER) == 210


def test_a_region_publishes_its_own_changes_alone(sqlite_centrum: Centrum) -> None:
    sqlite_centrum.put(WATER, BUN)
    sqlite_centrum.price(WATER, EVERYWHERE, 999)
    sqlite_centrum.price(BUN, Place("47"), 140, who=MANGYSTAU)
    sqlite_centrum.publish(MANGYSTAU)
    rendered = {
        p.product_id: p.price_tenge
        for p in sqlite_centrum.facts().rendered(sqlite_centrum.here).products
    }
    assert rendered == {"water": 180, "bun": 140}
    with pytest.raises(CatalogueError):
        sqlite_centrum.publish(ALMATY)


@pytest.mark.parametrize(
    ("who", "place"),
    [
        (MANGYSTAU, EVERYWHERE),
        (MANGYSTAU, Place("75")),
        (ALMATY, Place("47", 1)),
        (person(Role.SHOP, Scope(shop_id=2)), Place("47", 1)),
        (person(Role.SHOP, Scope(shop_id=1)), Place("47")),
        (person(Role.AUDITOR, Scope()), EVERYWHERE),
    ],
)
def test_nobody_sets_a_price_outside_his_part(
    sqlite_centrum: Centrum, who: Person, place: Place
) -> None:
    sqlite_centrum.put(WATER)
    with pytest.raises(ProblemError) as caught:
        sqlite_centrum.price(WATER, place, 1, who=who)
    assert caught.value.problem.code == "forbidden"


def test_a_shops_lead_sets_his_shops_price_and_nothing_else(sqlite_centrum: Centrum) -> None:
    sqlite_centrum.put(WATER)
    lead = person(Role.SHOP, Scope(shop_id=sqlite_centrum.shop_id))
    sqlite_centrum.price(WATER, sqlite_centrum.here, 175, who=lead)
    sqlite_centrum.publish(lead)
    assert sqlite_centrum.facts().price_at("water", sqlite_centrum.here) == PriceFact(175)
    fact = ProductFact(wire.ProductMessage.from_product(BUN))
    with pytest.raises(ProblemError):
        sqlite_centrum.desk(lambda desk: desk.save_product(fact, sqlite_centrum.here), lead)


def test_versions_are_signed_for_one_shop_and_an_altered_one_is_refused(
    centrum: Centrum, make_kiosk
) -> None:
    centrum.put(WATER)
    kiosk = make_kiosk(centrum)
    with Centre(kiosk.enrolled.server_url, kiosk.enrolled.token) as centre:
        found = centre.signed_catalogue(0)
    assert found is not None
    document, signature = found
    answer = httpx.get(f"{centrum.server.url}/api/v1/server-key").json()
    assert answer["public_key"] == kiosk.enrolled.server_key
    key = Ed25519PublicKey.from_public_bytes(wire.from_base64(answer["public_key"], 32, "key"))
    key.verify(wire.from_base64(signature, 64, "s"), signed_bytes(centrum.shop_id, document))

    def forge(connection: Connection) -> None:
        fake = document.replace(b'"price_tenge":180', b'"price_tenge":1')
        connection.execute(update(shop_catalogue).values(document=fake))

    centrum.server.store.write(forge)
    assert kiosk.contact() is State.REFUSED
    assert kiosk.shelf.version == 0


def test_a_kiosk_never_goes_back_and_a_restored_centre_goes_on_above_it(
    centrum: Centrum, make_kiosk
) -> None:
    centrum.put(WATER)
    kiosk = make_kiosk(centrum)
    kiosk.contact()
    ahead = wire.CatalogueDocument(40, [wire.ProductMessage.from_product(BUN)])
    kiosk.shelf.publish(msgspec.json.encode(ahead))
    assert kiosk.contact() is State.IN_STEP
    assert (kiosk.shelf.version, kiosk.price(WATER)) == (41, 180)
    centrum.price(WATER, EVERYWHERE, 181)
    assert centrum.publish() == 42


def test_a_shop_that_was_added_later_gets_the_list_too(centrum: Centrum, make_kiosk) -> None:
    centrum.put(WATER)
    centrum.server.add_shop("new-shop")
    kiosk = make_kiosk(centrum, "new-shop")
    assert kiosk.contact() is State.IN_STEP
    assert kiosk.price(WATER) == 180


def test_a_local_price_that_is_taken_over_for_all_reaches_the_next_shop(
    centrum: Centrum, make_kiosk
) -> None:
    centrum.put(WATER, BUN)
    kiosk, other = make_kiosk(centrum), make_kiosk(centrum, OTHER)
    kiosk.contact()
    kiosk.shelf.set_price("water", 220, "Aigul").result(PATIENCE_S)
    kiosk.contact()
    (change,) = centrum.undecided()
    centrum.desk(lambda desk: desk.decide(change, EVERYWHERE))
    assert centrum.undecided() == []
    centrum.publish()
    kiosk.contact()
    other.contact()
    assert (kiosk.price(WATER), other.price(WATER)) == (220, 220)
    # It is the centre's price now: the next one from there holds again, after its tag.
    centrum.price(WATER, EVERYWHERE, 230, urgent=True)
    centrum.publish()
    kiosk.contact()
    assert kiosk.price(WATER) == 230


def test_a_declined_local_change_ends_with_the_next_version(centrum: Centrum, make_kiosk) -> None:
    centrum.put(WATER)
    kiosk = make_kiosk(centrum)
    kiosk.contact()
    kiosk.shelf.save([BUN], "Aigul").result(PATIENCE_S)
    kiosk.shelf.set_price("water", 500, "Aigul").result(PATIENCE_S)
    kiosk.contact()
    assert (kiosk.price(BUN), kiosk.price(WATER)) == (150, 500)
    added, repriced = centrum.undecided()
    centrum.desk(lambda desk: desk.decide(repriced, None))
    centrum.publish()
    kiosk.contact()
    # An earlier change is not decided yet: nothing of the kiosk's is covered.
    assert (kiosk.price(BUN), kiosk.price(WATER)) == (150, 500)
    centrum.desk(lambda desk: desk.decide(added, centrum.here))
    centrum.publish()
    kiosk.contact()
    assert kiosk.price(BUN) == 150
    assert [(t.product.product_id, t.price_tenge) for t in kiosk.shelf.pending_tags] == [
        ("water", 180)
    ]


def test_a_later_local_change_survives_a_version_that_covers_an_earlier_one(
    sqlite_centrum: Centrum, make_kiosk
) -> None:
    sqlite_centrum.put(WATER)
    kiosk = make_kiosk(sqlite_centrum)
    kiosk.contact()
    kiosk.shelf.set_price("water", 190, "Aigul").result(PATIENCE_S)
    kiosk.contact()
    (change,) = sqlite_centrum.undecided()
    sqlite_centrum.desk(lambda desk: desk.decide(change, sqlite_centrum.here))
    sqlite_centrum.publish()
    kiosk.shelf.set_price("water", 195, "Aigul").result(PATIENCE_S)
    kiosk.contact()
    assert kiosk.price(WATER) == 195


def test_another_regions_changes_can_neither_be_seen_nor_decided(
    sqlite_centrum: Centrum, make_kiosk
) -> None:
    sqlite_centrum.put(WATER)
    kiosk = make_kiosk(sqlite_centrum)
    kiosk.contact()
    kiosk.shelf.set_price("water", 190, "Aigul").result(PATIENCE_S)
    kiosk.contact()
    assert sqlite_centrum.undecided(ALMATY) == []
    (change,) = sqlite_centrum.undecided(MANGYSTAU)
    for place in (None, sqlite_centrum.here, EVERYWHERE):
        with pytest.raises(ProblemError):
            sqlite_centrum.desk(lambda desk, p=place: desk.decide(change, p), ALMATY)


def test_pictures_come_before_the_version_that_names_them(centrum: Centrum, make_kiosk) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (900, 600), "orange").save(photo, "JPEG")
    png = pictures.as_png(photo.getvalue())
    centrum.put(WATER)
    name = centrum.server.store.write(lambda c: pictures.keep(c, png, 1))
    message = wire.ProductMessage.from_product(msgspec.structs.replace(WATER, picture=name))
    centrum.desk(lambda desk: desk.save_product(ProductFact(message), EVERYWHERE))
    centrum.publish()
    kiosk = make_kiosk(centrum)
    seen = []
    kiosk.shelf.on_change = lambda _catalogue: seen.append(
        (kiosk.directory / "pictures" / f"{name}.png").is_file()
    )
    assert kiosk.contact() is State.IN_STEP
    assert seen == [True]
    kept = (kiosk.directory / "pictures" / f"{name}.png").read_bytes()
    assert kept == png
    assert name == "p-" + hashlib.sha256(png).hexdigest()[:12]
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.size == (512, 512)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(CatalogueError):
        pictures.as_png(content)


def test_a_barcode_stays_with_the_product_of_the_narrower_place() -> None:
    wide = wire.ProductMessage.from_product(WATER)
    local = wire.ProductMessage("local", {"kk": "Су 2"}, 90, codes=WATER.codes)
    facts = Facts()
    facts.products[Key("water", EVERYWHERE)] = ProductFact(wide)
    facts.products[Key("local", Place("47", 1))] = ProductFact(local, position=1)
    here = {p.product_id: p.codes for p in facts.rendered(Place("47", 1)).products}
    there = {p.product_id: p.codes for p in facts.rendered(Place("47", 2)).products}
    assert here == {"water": (), "local": WATER.codes}
    assert there == {"water": WATER.codes}


def test_own_codes_mean_something_else_next_door(sqlite_centrum: Centrum, make_kiosk) -> None:
    centrum = sqlite_centrum
    centrum.put(WATER, BUN)
    there = Place("75", centrum.other_id)
    centrum.desk(lambda desk: desk.give_own_code("bun", centrum.here))
    centrum.desk(lambda desk: desk.give_own_code("water", there))
    centrum.publish()
    here, other = make_kiosk(centrum), make_kiosk(centrum, OTHER)
    here.contact()
    other.contact()
    code = "02000000000015"
    names = [k.shelf.catalogue.by_code(code).product_id for k in (here, other)]
    assert names == ["bun", "water"]


def test_two_thousand_shops_are_published_in_seconds(sqlite_centrum: Centrum) -> None:
    centrum = sqlite_centrum

    def add(connection: Connection) -> None:
        same = {"name": "Дүкен", "cause": "", "region_code": "47", "created_ms": 1}
        rows = [{**same, "shop_id": number, "slug": f"s{number}"} for number in range(100, 2100)]
        connection.execute(insert(shop), rows)

    centrum.server.store.write(add)
    products = [Product(f"p{n}", {"kk": f"Тауар {n}"}, 100 + n) for n in range(300)]
    # The work itself: what else the machine does at the time says nothing about it.
    began_s = time.process_time()
    centrum.put(*products)
    assert time.process_time() - began_s < 20


def test_campaigns_are_fetched_when_they_change_and_only_then(
    sqlite_centrum: Centrum, make_kiosk
) -> None:
    centrum = sqlite_centrum
    kiosk = make_kiosk(centrum)
    kiosk.contact()
    file = kiosk.directory / "campaigns.json"
    assert wire.decode(file.read_bytes(), wire.CampaignsDocument).campaigns == []
    today = day_of(centrum.server.settings.now_ms())

    def add(connection: Connection) -> None:
        campaigns.add(
            connection,
            MANGYSTAU,
            Place("47"),
            days=(today, today),
            lines={"kk": "Кітап күні"},
            picture=None,
            now_ms=1,
        )

    centrum.server.store.write(add)
    kiosk.contact()
    (shown,) = wire.decode(file.read_bytes(), wire.CampaignsDocument).campaigns
    assert (shown.lines, shown.from_day) == ({"kk": "Кітап күні"}, today.isoformat())
    before = file.stat().st_mtime_ns
    kiosk.contact()
    assert file.stat().st_mtime_ns == before


def test_products_that_only_stood_in_a_version_are_taken_over_by_the_migration(
    database_url: str,
) -> None:
    store = Store(database_url)
    migrate.upgrade(store)
    migrate.downgrade(store, "0004")
    products = [wire.ProductMessage.from_product(p) for p in (WATER, BUN)]
    document = msgspec.json.encode(wire.CatalogueDocument(7, products))

    def old(connection: Connection) -> None:
        row = {"version": 7, "document": document, "created_ms": 1}
        connection.execute(insert(catalogue_version).values(**row))

    store.write(old)
    migrate.upgrade(store)
    rendered = store.read(published).rendered(EVERYWHERE)
    assert list(rendered.products) == products
    assert store.write(documents.next_version) == 8
    store.close()
