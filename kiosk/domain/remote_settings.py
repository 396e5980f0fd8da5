"""What the centre may set on a kiosk, within which limits, and who there may set it. Pure.

One table for both ends: the centre's page draws and checks its form by it, and the kiosk checks
every value again by its own copy, whatever was signed. What does not stand here (the camera, paths,
the centre's address, a PIN in clear) no centre can set.

A setting's key is its place in config.toml; ``language`` is that whole table, since the languages
offered and the first one only make sense together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import N_

LANGUAGES = ("kk", "ru", "en")
COINS_TENGE = (1, 2, 5, 10, 20, 50, 100, 200)
NOTES_TENGE = (200, 500, 1000, 2000, 5000, 10000, 20000)


class Kind(StrEnum):
    """What a value is; named as the page draws it."""

    TEXTS = "texts"
    TEXT = "text"
    LANGUAGES = "languages"
    SECONDS = "seconds"
    SHARE = "share"
    PACE = "pace"
    FLAG = "flag"
    CHOICE = "choice"
    MONEY = "money"


class Group(StrEnum):
    """Under which heading it stands."""

    SHOP = "shop"
    SCREEN = "screen"
    MONEY = "money"
    BACK_ROOM = "back_room"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that may be set.

    ``least`` and ``most``: of a number, or a text's length. ``choices``: the numbers there are.
    ``by_office``: only for a region's or the national office, since it moves money or loads all
    kiosks; else a shop's own lead may, too. ``at_start``: in effect when the kiosk next starts.
    """

    key: str
    kind: Kind
    group: Group
    label: str
    hint: str = ""
    least: int = 0
    most: int = 0
    choices: tuple[int, ...] = ()
    pattern: str = ""
    by_office: bool = False
    at_start: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("shop.name", Kind.TEXTS, Group.SHOP, N_("Name of the shop"), most=60),
    Setting("shop.cause", Kind.TEXTS, Group.SHOP, N_("What the money is for"), most=120),
    Setting(
        "shop.volunteer_phone",
        Kind.TEXT,
        Group.SHOP,
        N_("Telephone of the volunteer"),
        N_("Shown when a shopper calls for help."),
        most=24,
        pattern=r"\+?[0-9][0-9 ()\-]{3,22}",
    ),
    Setting("language", Kind.LANGUAGES, Group.SCREEN, N_("Languages")),
    Setting(
        "idle.warn_after_s",
        Kind.SECONDS,
        Group.SCREEN,
        N_("Asks whether the shopper is still here after"),
        least=20,
        most=300,
    ),
    Setting(
        "idle.extend_s",
        Kind.SECONDS,
        Group.SCREEN,
        N_("Time to answer that question"),
        least=20,
        most=120,
    ),
    Setting(
        "idle.thanks_s", Kind.SECONDS, Group.SCREEN, N_("Thanks stay on screen"), least=5, most=60
    ),
    Setting(
        "idle.undo_window_s",
        Kind.SECONDS,
        Group.SCREEN,
        N_("A purchase can be undone for"),
        N_("0: never from the start screen."),
        least=0,
        most=900,
    ),
    Setting("sound.enabled", Kind.FLAG, Group.SCREEN, N_("Sounds")),
    Setting("sound.volume", Kind.SHARE, Group.SCREEN, N_("Volume"), least=0, most=1),
    Setting(
        "voice.enabled",
        Kind.FLAG,
        Group.SCREEN,
        N_("Spoken prompts"),
        N_("A key on the start screen switches them. Headphones are set on the kiosk itself."),
    ),
    Setting(
        "voice.words_per_minute",
        Kind.PACE,
        Group.SCREEN,
        N_("Speed of the spoken prompts"),
        least=80,
        most=300,
    ),
    Setting(
        "qr.payload",
        Kind.TEXT,
        Group.MONEY,
        N_("Payment by QR: what the code says"),
        N_("The link your bank gave for this shop. Check it twice: shoppers pay to it."),
        most=500,
        by_office=True,
    ),
    Setting(
        "cash.rounding_tenge",
        Kind.CHOICE,
        Group.MONEY,
        N_("Cash sums are rounded down to"),
        choices=(1, 5, 10),
        by_office=True,
    ),
    Setting(
        "cash.coins_tenge",
        Kind.MONEY,
        Group.MONEY,
        N_("Coins that are taken"),
        choices=COINS_TENGE,
        by_office=True,
    ),
    Setting(
        "cash.notes_tenge",
        Kind.MONEY,
        Group.MONEY,
        N_("Notes that are taken"),
        choices=NOTES_TENGE,
        by_office=True,
    ),
    Setting(
        "admin.idle_s",
        Kind.SECONDS,
        Group.BACK_ROOM,
        N_("The back room closes when nobody touches it for"),
        least=40,
        most=600,
    ),
    Setting(
        "admin.shuffle_pin",
        Kind.FLAG,
        Group.BACK_ROOM,
        N_("Digits of the PIN pad in another order each time"),
    ),
    Setting(
        "sync.interval_s",
        Kind.SECONDS,
        Group.BACK_ROOM,
        N_("The kiosk looks for news every"),
        least=30,
        most=3600,
        by_office=True,
        at_start=True,
    ),
)

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}
