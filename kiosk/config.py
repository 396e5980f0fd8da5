"""config.toml → frozen, validated settings.

A wrong or unknown key stops the start and is named with its value and what is allowed: a kiosk
that starts with half its settings is worse than one that says what to mend.
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from kiosk.domain.errors import ConfigError
from kiosk.domain.money import AMOUNT_TENGE_MAX, Denomination, coin, note

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = ("kk", "ru", "en")
Theme = Literal["light", "contrast"]
THEMES: tuple[Theme, ...] = ("light", "contrast")
Value = Annotated[int, Meta(ge=1, le=AMOUNT_TENGE_MAX)]
Seconds = Annotated[float, Meta(ge=1, le=86_400)]

_SHOP_NAME: dict[Language, str] = {
    "kk": "Адалдық дүкені",
    "ru": "Магазин честности",
    "en": "Honesty shop",
}
_SHOP_CAUSE: dict[Language, str] = {
    "kk": "Мектеп кітапханасына жаңа кітаптар",
    "ru": "Новые книги для школьной библиотеки",
    "en": "New books for the school library",
}


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of config.toml."""


class Shop(Section, frozen=True):
    """[shop]"""

    name: dict[Language, str] = msgspec.field(default_factory=lambda: dict(_SHOP_NAME))
    cause: dict[Language, str] = msgspec.field(default_factory=lambda: dict(_SHOP_CAUSE))
    volunteer_phone: str = ""


class LanguageSettings(Section, frozen=True):
    """[language]"""

    offered: Annotated[tuple[Language, ...], Meta(min_length=1)] = LANGUAGES
    default: Language = "kk"


class Cash(Section, frozen=True):
    """[cash]"""

    coins_tenge: tuple[Value, ...] = (1, 2, 5, 10, 20, 50, 100, 200)
    notes_tenge: tuple[Value, ...] = (500, 1000, 2000, 5000, 10000, 20000)
    rounding_tenge: Annotated[int, Meta(ge=1, le=100)] = 1

    @property
    def kinds(self) -> tuple[Denomination, ...]:
        """All notes and coins, from the largest down."""
        all_kinds = [coin(v) for v in self.coins_tenge] + [note(v) for v in self.notes_tenge]
        return tuple(sorted(all_kinds, reverse=True))


class Qr(Section, frozen=True):
    """[qr]"""

    payload: Annotated[str, Meta(max_length=1000)] = ""


class Camera(Section, frozen=True):
    """[camera]"""

    source: str | int = "auto"


class Scanner(Section, frozen=True):
    """[scanner]"""

    usb_gap_ms_max: Annotated[int, Meta(ge=5, le=500)] = 50


class Idle(Section, frozen=True):
    """[idle]"""

    warn_after_s: Seconds = 60
    extend_s: Annotated[float, Meta(ge=20, le=600)] = 20
    thanks_s: Annotated[float, Meta(ge=3, le=120)] = 12
    undo_window_s: Annotated[float, Meta(ge=0, le=3600)] = 300


class Admin(Section, frozen=True):
    """[admin]"""

    idle_s: Annotated[float, Meta(ge=30, le=3600)] = 60
    shuffle_pin: bool = False


class Sound(Section, frozen=True):
    """[sound]"""

    enabled: bool = True
    volume: Annotated[float, Meta(ge=0, le=1)] = 0.7


class Voice(Section, frozen=True):
    """[voice]"""

    enabled: bool = False
    output: Annotated[str, Meta(pattern="^([A-Za-z0-9][A-Za-z0-9_.,:=-]{0,99})?$")] = ""
    words_per_minute: Annotated[int, Meta(ge=80, le=300)] = 150


class Window(Section, frozen=True):
    """[window]"""

    fullscreen: bool = False
    width_px: Annotated[int, Meta(ge=480, le=7680)] = 1280
    height_px: Annotated[int, Meta(ge=480, le=7680)] = 800
    panel_inches: Annotated[float, Meta(ge=5, le=100)] = 15.6
    theme: Theme = "light"


Hour = Annotated[str, Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]


class Night(Section, frozen=True):
    """[night]"""

    dark_from: Hour = ""
    dark_until: Hour = ""
    brightness_percent: Annotated[int, Meta(ge=0, le=100)] = 0


class Sync(Section, frozen=True):
    """[sync]"""

    server_url: Annotated[str, Meta(pattern="^(https?://[^ ]+)?$")] = ""
    interval_s: Seconds = 60


class Storage(Section, frozen=True):
    """[storage]"""

    directory: str = ""


class Config(Section, frozen=True):
    """All of config.toml; each field is a table of the file, each with its defaults."""

    shop: Shop = msgspec.field(default_factory=Shop)
    language: LanguageSettings = LanguageSettings()
    cash: Cash = Cash()
    qr: Qr = Qr()
    camera: Camera = Camera()
    scanner: Scanner = Scanner()
    idle: Idle = Idle()
    admin: Admin = Admin()
    sound: Sound = Sound()
    voice: Voice = Voice()
    window: Window = Window()
    night: Night = Night()
    sync: Sync = Sync()
    storage: Storage = Storage()


def load_config(path: Path) -> Config:
    """Reads and checks a file.

    Raises:
        ConfigError: naming file, key, value and what is allowed.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}.") from error
    return check_config(tables, str(path))


def check_config(tables: dict[str, Any], name: str) -> Config:
    """Checks tables as read from TOML; ``name`` stands in messages.

    Raises:
        ConfigError: naming key, value and what is allowed.
    """
    _refuse_unknown_keys(tables, Config, name, "")
    try:
        config = msgspec.convert(tables, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error), tables, name)) from error
    _check_together(config, name)
    return config


def _refuse_unknown_keys(
    table: dict[str, Any], section: type[Section], name: str, prefix: str
) -> None:
    hints = get_type_hints(section)
    for key, value in table.items():
        if key not in hints:
            raise ConfigError(_unknown_key(f"{prefix}{key}", value, sorted(hints), name))
        inner = hints[key]
        if isinstance(inner, type) and issubclass(inner, Section) and isinstance(value, dict):
            _refuse_unknown_keys(value, inner, name, f"{prefix}{key}.")


def _unknown_key(key: str, value: object, allowed: list[str], name: str) -> str:
    near = get_close_matches(key.rpartition(".")[2], allowed, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return (
        f"{name}: there is no setting {key!r} (value {value!r}).{hint} "
        f"Allowed here: {', '.join(allowed)}."
    )


def _explain(message: str, tables: dict[str, Any], name: str) -> str:
    """msgspec says what is allowed and where; adds which value it was."""
    allowed, _, where = message.partition(" - at `")
    key = where.rpartition("$")[2].strip("`.") or "(file)"
    value = _value_at(tables, key)
    if "enum" in allowed:
        names = THEMES if key == "window.theme" else LANGUAGES
        allowed = f"Expected {', '.join(map(repr, names))}"
    for type_name, words in _TYPES_IN_WORDS.items():
        allowed = allowed.replace(type_name, words)
    if allowed.startswith("Expected `object`"):
        allowed = f"Expected a table that begins with a line [{key}]"
    return f"{name}: {key} = {value!r} is not allowed. {allowed}."


_TYPES_IN_WORDS = {
    "`int | str`": "a whole number or text in quotes",
    "`str | int`": "a whole number or text in quotes",
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "text in quotes",
    "`bool`": "true or false",
    "`array`": "a list in brackets",
}


def _value_at(tables: dict[str, Any], key: str) -> object:
    """Follows ``cash.coins_tenge[...]`` into the tables as far as names go."""
    value: Any = tables
    for part in key.partition("[")[0].split("."):
        if not isinstance(value, dict) or part not in value:
            break
        value = value[part]
    return value


def _check_together(config: Config, name: str) -> None:
    """What only two keys together can get wrong."""
    if config.language.default not in config.language.offered:
        raise ConfigError(
            f"{name}: language.default = {config.language.default!r} is not allowed. "
            f"Expected one of language.offered: {', '.join(config.language.offered)}."
        )
    if len(set(config.language.offered)) < len(config.language.offered):
        raise ConfigError(
            f"{name}: language.offered = {list(config.language.offered)} is not allowed. "
            "Expected each language once."
        )
    if not config.cash.kinds:
        raise ConfigError(f"{name}: cash.coins_tenge = [] is not allowed. Expected some money.")
    if len(set(config.cash.kinds)) < len(config.cash.kinds):
        raise ConfigError(
            f"{name}: cash.coins_tenge or cash.notes_tenge names a value twice. "
            "Expected each value once in a list."
        )
    for key, texts in (("shop.name", config.shop.name), ("shop.cause", config.shop.cause)):
        missing = [x for x in config.language.offered if not texts.get(x)]
        if missing:
            raise ConfigError(
                f"{name}: {key} = {texts!r} is not allowed. "
                f"Expected a text for each language offered; missing: {', '.join(missing)}."
            )
