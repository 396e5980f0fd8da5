"""The kiosk's end of the remote settings: asks, tells what is in effect here, checks, hands over."""

from __future__ import annotations

from kiosk.domain.errors import SyncError, WireError
from sync.centre import Centre
from sync.enrolment import Enrolment
from sync.kiosk_settings import require_ours
from sync.ports import SettingsKeeper


class SettingsRefusedError(SyncError):
    """The settings that came are none of ours; those that are here stay in effect."""


def take_settings(centre: Centre, keeper: SettingsKeeper | None, enrolment: Enrolment) -> None:
    """Takes newer settings, if there are any.

    A kiosk that enrolled before centres signed has no key to check them by, and takes none: they
    hold PINs' hashes.

    Raises:
        Unreachable, RefusedError: the centre cannot be had, or says no.
        SettingsRefusedError: what came is not ours; nothing was changed.
        ConfigError: the disk refused; nothing was changed.
    """
    if keeper is None or not enrolment.server_key:
        return
    have = keeper.version
    found = centre.signed_settings(have, keeper.report())
    if found is None:
        return
    document, signature = found
    shop_id = enrolment.shop.shop_id
    try:
        require_ours(enrolment.server_key, signature, shop_id, have, document)
    except WireError as error:
        raise SettingsRefusedError(f"The new settings were not taken: {error}") from error
    keeper.take(document)
