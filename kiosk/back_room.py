"""Joins the back room's parts for ``kiosk.parts``: what each page may ask the kiosk for.

Nothing heavy is made before a page asks for it: the start screen must not wait for the door.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.admin.office import Office
from kiosk.admin.office_state import OfficeSettings
from kiosk.admin.visit_book import VisitFile
from kiosk.facts import ROOT, SOFTWARE
from kiosk.i18n import Texts
from kiosk.power import Power

if TYPE_CHECKING:
    from kiosk.config import Config
    from kiosk.domain.remote_values import RemoteVolunteer
    from kiosk.parts import Kiosk

WARN_S = 20.0
"""How long before a volunteer is taken to have gone he is told so."""


ASKED_ANEW = frozenset({"settings", "config"})
"""The centre may have changed them since a page asked last."""


class LateParts(dict[str, Any]):
    """Parts by name, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, name: str) -> Any:
        part = self._makers[name]()
        if name not in ASKED_ANEW:
            self[name] = part
        return part


def make_office(kiosk: Kiosk, power: Power) -> Office:
    """The office of that kiosk; ``power`` ends and restarts it."""
    return Office(
        journal=kiosk.journal,
        shelf=kiosk.shelf,
        visit=VisitFile(kiosk.directory, now_ms=kiosk.now_ms),
        directory=kiosk.directory,
        settings=office_settings(kiosk.config),
        services=LateParts(_makers(kiosk, power)),
        new_id=lambda: uuid.uuid4().hex,
        now_ms=kiosk.now_ms,
        monotonic_s=time.monotonic,
        post=kiosk.post,
    )


def office_settings(config: Config) -> OfficeSettings:
    """What the office needs of the configuration."""
    return OfficeSettings(
        languages=tuple(config.language.offered),
        default_language=config.language.default,
        kinds=config.cash.kinds,
        idle_after_s=config.admin.idle_s - WARN_S,
        extend_s=WARN_S,
    )


def follow_volunteers(
    kiosk: Kiosk, before: Sequence[RemoteVolunteer], now: Sequence[RemoteVolunteer]
) -> bool:
    """Brings the PIN book up to the centre's list; see :func:`kiosk.admin.centre_pins.follow`."""
    from kiosk.admin.centre_pins import follow

    return follow(kiosk.office.service("pins"), kiosk.journal.append, before, now)


def _makers(kiosk: Kiosk, power: Power) -> dict[str, Callable[[], Any]]:
    return {
        "settings": lambda: kiosk.config.admin,
        "config": lambda: kiosk.config,
        "pins": lambda: _pin_book(kiosk.directory),
        "camera": lambda: kiosk.scanner,
        "enrol": lambda: kiosk.centre.enrol,
        "sync_status": lambda: kiosk.centre.view,
        "send_now": lambda: kiosk.centre.send_now,
        "power": lambda: power,
        "sounds": lambda: kiosk.sounds,
        "fonts_dir": lambda: ROOT / "assets" / "fonts",
        "texts": lambda: Texts(ROOT / "assets" / "locale"),
        "shop_name": lambda: lambda language: kiosk.config.shop.name.get(language, ""),
        "backup": lambda: _backup(kiosk.directory),
        "clock": lambda: lambda: _clock_view(kiosk),
        "setup_done": lambda: power.restart_program,
    }


def _clock_view(kiosk: Kiosk) -> Any:
    from kiosk.admin.machine import ClockView

    return ClockView(kiosk.clock.is_told_by_centre)


def _pin_book(directory: Path) -> Any:
    from kiosk.admin.pins import PinBook

    return PinBook(directory)


def _backup(directory: Path) -> Any:
    from kiosk.backup.service import BackupService

    return BackupService(directory, SOFTWARE)
