"""A back room with two volunteers, for the pages where money is counted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.config import Config
from kiosk.facts import ROOT
from kiosk.i18n import Texts
from tests.admin.back_room import VOLUNTEER, BackRoom

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
MINE, HERS, WRONG = "204817", "935172", "602394"


def pins_in(directory: Path, monotonic_s: Callable[[], float] = lambda: 0.0) -> PinBook:
    """Әсел, who is in, and Болат; as they are when the file stands already."""
    pins = PinBook(directory, monotonic_s=monotonic_s, cost=CHEAP)
    if not pins.is_set_up:
        assert pins.add("Әсел", MINE).volunteer_id == VOLUNTEER
        pins.add("Болат", HERS)
    return pins


def services_in(directory: Path) -> dict[str, Any]:
    """What the pages before and after those of the money ask for."""
    return {
        "pins": pins_in(directory),
        "settings": Config().admin,
        "sync_status": lambda: None,
        "shop_name": lambda _language: "Адалдық",
        "fonts_dir": ROOT / "assets" / "fonts",
        "texts": Texts(ROOT / "assets" / "locale"),
    }


def money_room(directory: Path) -> BackRoom:
    """The same directory again is the kiosk after a power cut."""
    return BackRoom(directory, **services_in(directory))
