"""People's changes: checked, noted, and kept as drafts until somebody publishes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert

from kiosk.domain.entries import ProductChange
from kiosk.domain.errors import CatalogueError
from kiosk.domain.money import AMOUNT_TENGE_MAX
from kiosk.domain.own_codes import next_code
from kiosk.domain.products import Catalogue
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.catalogues.checks import check, position_of, require_free
from sync.server.catalogues.facts import (
    CODES,
    PRICE,
    PRODUCT,
    Draft,
    Facts,
    Key,
    PriceFact,
    ProductFact,
    drafts,
    encoded,
    is_in_store,
    published,
)
from sync.server.catalogues.local_changes import LocalChange
from sync.server.catalogues.places import Place, may_write, require_writer
from sync.server.problems import ProblemError
from sync.server.schema.catalogue import (
    catalogue_draft,
    local_decision,
)
from sync.wire import ProductMessage


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes something, and when; each method within the caller's transaction."""

    connection: Connection
    person: Person
    now_ms: int

    def facts(self) -> Facts:
        """What is known, with the drafts of all."""
        return published(self.connection).with_drafts(drafts(self.connection))

    def save_product(self, fact: ProductFact, place: Place, *, origin: str = "") -> None:
        """Keeps a product, new or changed, as a draft.

        Raises:
            ProblemError: ``forbidden``.
            CatalogueError: naming what cannot be.
        """
        require_writer(self.person, place)
        facts = self.facts()
        check(fact.product)
        require_free(facts, fact.product, place)
        key = Key(fact.product.product_id, place)
        held = facts.products.get(key)
        position = held.position if held else position_of(facts, key.product_id)
        # In-store codes belong to a shop, whatever the product does.
        own = tuple(code for code in fact.product.codes if is_in_store(code))
        if own and not place.shop_id:
            raise CatalogueError("in_store")
        plain = tuple(code for code in fact.product.codes if code not in own)
        kept = msgspec.structs.replace(
            fact, product=msgspec.structs.replace(fact.product, codes=plain), position=position
        )
        self._draft(Draft(PRODUCT, key.product_id, place, kept, origin))
        if place.shop_id and set(own) != set(facts.codes.get(key, ())):
            self._draft(Draft(CODES, key.product_id, place, own, origin))

    def set_price(
        self, product_id: str, place: Place, price: PriceFact | None, *, origin: str = ""
    ) -> None:
        """A price at a place; None goes back to what holds around it.

        Raises:
            ProblemError: ``forbidden``, ``not_found``.
            CatalogueError: for a price that cannot be.
        """
        require_writer(self.person, place, price_only=True)
        facts = self.facts()
        at = facts.at(product_id, place)
        if at is None:
            raise ProblemError("not_found", "There is no such product here.")
        if price is not None and not 0 < price.price_tenge <= AMOUNT_TENGE_MAX:
            raise CatalogueError("price")
        where, fact = at
        if where == place and price is not None and Key(product_id, place) not in facts.prices:
            # The product itself stands at this place, with its price.
            changed = msgspec.structs.replace(fact.product, price_tenge=price.price_tenge)
            if may_write(self.person, place):
                fresh = msgspec.structs.replace(fact, product=changed, urgent=price.urgent)
                self._draft(Draft(PRODUCT, product_id, place, fresh, origin))
                return
        self._draft(Draft(PRICE, product_id, place, price, origin))

    def give_own_code(self, product_id: str, place: Place) -> str:
        """The next free number of a shop for a product without a barcode.

        Raises:
            ProblemError: ``forbidden``, ``not_found``.
        """
        require_writer(self.person, place)
        facts = self.facts()
        if not place.shop_id or facts.at(product_id, place) is None:
            raise ProblemError("not_found", "There is no such product here.")
        here = [m.to_product() for m in facts.rendered(place).products]
        promised = {c for key, codes in facts.codes.items() if key.place == place for c in codes}
        code = next_code(Catalogue(0, here), promised)
        held = facts.codes.get(Key(product_id, place), ())
        self._draft(Draft(CODES, product_id, place, (*held, code)))
        return code

    def discard(self, keys: Iterable[tuple[str, Key]]) -> int:
        """Forgets drafts; a shop's change that one took over waits for a decision again."""
        wanted, count = set(keys), 0
        for draft in drafts(self.connection):
            if (draft.kind, draft.key) not in wanted:
                continue
            if not may_write(self.person, draft.place, price_only=draft.kind == PRICE):
                raise ProblemError("not_found", "There is no such change here.")
            self._forget(draft)
            if draft.origin:
                self.connection.execute(
                    delete(local_decision).filter_by(**_named(draft.origin), published_version=None)
                )
            self._note("catalogue.discard", draft)
            count += 1
        return count

    def decide(self, change: LocalChange, place: Place | None) -> None:
        """Takes a shop's own change over to a place, or declines it (None).

        Raises:
            ProblemError: ``forbidden``.
            CatalogueError: for a product that cannot be there.
        """
        target = place or change.place
        require_writer(self.person, target, price_only=not isinstance(change.body, ProductChange))
        if place is not None:
            if not place.reaches(change.place):
                raise ProblemError("not_found", "There is no such place here.")
            self._take_over(change, place)
        self.connection.execute(
            insert(local_decision).values(
                **_named(change.origin),
                accepted=place is not None,
                to_region_code=target.region_code,
                to_shop_id=target.shop_id,
                account_id=self.person.account_id,
                decided_ms=self.now_ms,
                published_version=None,
            )
        )
        audit.note(
            self.connection,
            self.person,
            "catalogue.accept" if place is not None else "catalogue.decline",
            change.origin,
            now_ms=self.now_ms,
            region_code=change.place.region_code,
            shop_id=change.place.shop_id,
        )

    def _take_over(self, change: LocalChange, place: Place) -> None:
        if isinstance(change.body, ProductChange):
            for one in change.body.products:
                codes = one.codes
                if not place.shop_id:
                    codes = tuple(c for c in codes if not is_in_store(c))
                    own = tuple(c for c in one.codes if is_in_store(c))
                    if own:  # its own tags keep hanging at the shop
                        self._draft(Draft(CODES, one.product_id, change.place, own, change.origin))
                message = msgspec.structs.replace(ProductMessage.from_product(one), codes=codes)
                self.save_product(ProductFact(message), place, origin=change.origin)
                if Key(one.product_id, place) in self.facts().prices:
                    # The product carries its price; an older one is no longer the last word.
                    self._draft(Draft(PRICE, one.product_id, place, None, change.origin))
            return
        facts = self.facts()
        for line in change.body.lines:
            if place != change.place and Key(line.product_id, change.place) in facts.prices:
                # A narrower price would hide the one that is taken over for more shops.
                self._draft(Draft(PRICE, line.product_id, change.place, None, change.origin))
            self.set_price(
                line.product_id, place, PriceFact(line.price_tenge), origin=change.origin
            )

    def _draft(self, draft: Draft) -> None:
        self._forget(draft)
        value = None if draft.value is None else encoded(draft.value)
        self.connection.execute(
            insert(catalogue_draft).values(
                kind=draft.kind,
                product_id=draft.product_id,
                **draft.place.columns,
                value=value,
                origin=draft.origin,
                account_id=self.person.account_id,
                changed_ms=self.now_ms,
            )
        )
        self._note(f"catalogue.{draft.kind}", draft)

    def _forget(self, draft: Draft) -> None:
        self.connection.execute(
            delete(catalogue_draft).filter_by(
                kind=draft.kind, product_id=draft.product_id, **draft.place.columns
            )
        )

    def _note(self, action: str, draft: Draft) -> None:
        audit.note(
            self.connection,
            self.person,
            action,
            draft.product_id,
            now_ms=self.now_ms,
            region_code=draft.place.region_code or None,
            shop_id=draft.place.shop_id or None,
            value=msgspec.to_builtins(draft.value),
        )


def _named(origin: str) -> dict[str, Any]:
    shop_id, kiosk_id, epoch, seq = origin.split("/")
    return {"shop_id": int(shop_id), "kiosk_id": kiosk_id, "epoch": int(epoch), "seq": int(seq)}
