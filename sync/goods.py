"""What a kiosk takes home from the centre: catalogue, pictures, campaigns, replies.

A catalogue is taken only when it is newer and, where the centre's key is known, signed by it for
this shop. Pictures come first, so that no product is ever shown without the one it names; a
picture that cannot be had does not hold up the prices.
"""

from __future__ import annotations

import logging

from kiosk.domain.errors import CatalogueError, WireError
from sync import wire
from sync.centre import Centre, CentreRefusedError
from sync.enrolment import Enrolment
from sync.ports import GoodsShelf, RepliesShelf
from sync.proof import require_signed
from sync.status import Hooks

PICTURES_PER_CONTACT_MAX = 100

_log = logging.getLogger(__name__)


def take_goods(centre: Centre, mark: wire.Mark, hooks: Hooks, enrolment: Enrolment) -> None:
    """Takes what the mark says is new.

    Raises:
        Unreachable, RefusedError: the centre cannot be had, or says no.
        CatalogueError: the catalogue is not ours, or the kiosk refuses it.
    """
    _take_catalogue(centre, mark, hooks, enrolment)
    shelf = hooks.goods
    if shelf is not None and mark.campaigns and mark.campaigns != shelf.campaigns_tag():
        document = centre.campaigns()
        _fetch(centre, wire.decode(document, wire.CampaignsDocument).pictures, shelf)
        shelf.keep_campaigns(document)
    if hooks.replies is not None and hooks.replies.wants_replies():
        _take_replies(centre, hooks.replies)


def _take_replies(centre: Centre, shelf: RepliesShelf) -> None:
    """An older centre has none; that holds up nothing."""
    try:
        document = centre.replies(shelf.replies_tag())
    except CentreRefusedError as refusal:
        _log.info("Replies cannot be had: %s", refusal)
        return
    if document is not None:
        shelf.keep_replies(document)


def _take_catalogue(centre: Centre, mark: wire.Mark, hooks: Hooks, enrolment: Enrolment) -> None:
    take, have = hooks.on_catalogue, hooks.catalogue_version()
    # Versions only grow: an old one that somebody plays again brings no old price back.
    if take is None or mark.catalogue_version <= have:
        return
    found = centre.signed_catalogue(have)
    if found is None:
        return
    document, signature = found
    _require_ours(document, signature, have, enrolment)
    if hooks.goods is not None:
        _fetch(centre, wire.decode(document, wire.CatalogueDocument).pictures, hooks.goods)
    take(document)


def _require_ours(document: bytes, signature: str, have: int, enrolment: Enrolment) -> None:
    version = wire.decode(document, wire.CatalogueDocument).version
    if version <= have:
        raise CatalogueError(f"The centre offered version {version}, older than ours ({have}).")
    if not enrolment.server_key:
        return
    try:
        require_signed(enrolment.server_key, signature, enrolment.shop.shop_id, document)
    except WireError as error:
        raise CatalogueError(f"The new catalogue was not taken: {error}") from error


def _fetch(centre: Centre, pictures: dict[str, str], shelf: GoodsShelf) -> None:
    """Pictures that are not here yet, by name."""
    missing = [name for name in sorted(pictures) if not shelf.has_picture(name)]
    for name in missing[:PICTURES_PER_CONTACT_MAX]:
        try:
            shelf.keep_picture(name, centre.picture(pictures[name]))
        except CentreRefusedError as refusal:
            _log.warning("Picture %s cannot be had: %s", name, refusal)
