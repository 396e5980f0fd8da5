"""How a page's form becomes values, and values become what stands in its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.domain.errors import ConfigError
from kiosk.domain.remote_settings import LANGUAGES, Kind, Setting
from kiosk.domain.remote_values import checked
from sync.server.web.guard import Change

NONE = "none:"
"""Before the name of a box that says "nothing at all", where an empty field says "not set"."""
YES, NO = "yes", "no"
DIGITS_MAX = 9


class MisfitError(Exception):
    """What stands in a field is no value that may be set."""


def read(setting: Setting, what: Change) -> Any:
    """The value in a form; None where nothing is set.

    Raises:
        MisfitError: it lies outside the limits.
    """
    value = _READERS[setting.kind](setting, what)
    if value is None:
        return None
    try:
        return checked(setting.key, value)
    except ConfigError as error:
        raise MisfitError from error


def stands_in(setting: Setting, what: Change) -> bool:
    """Whether a form has anything about that setting."""
    names = set(what.form.keys())
    return any(name.removeprefix(NONE).startswith(setting.key) for name in names)


def typed(setting: Setting, what: Change) -> dict[str, Any]:
    """What somebody typed, to be shown again as it was."""
    found: dict[str, Any] = {}
    for name in what.form:
        if name.removeprefix(NONE).startswith(setting.key):
            found[name] = what.texts(name) if _is_several(setting, name) else what.text(name)
    return found


def shown(setting: Setting, value: Any) -> dict[str, Any]:
    """What stands in a setting's fields for that value; nothing for None."""
    if value is None:
        return {}
    key = setting.key
    if setting.kind in (Kind.TEXTS, Kind.LANGUAGES):
        return {f"{key}.{name}": one for name, one in value.items()}
    if value == "":
        return {f"{NONE}{key}": YES}
    return {key: _WRITERS.get(setting.kind, str)(value)}


_WRITERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.SHARE: lambda value: str(round(value * 100)),
    Kind.FLAG: lambda value: YES if value else NO,
    Kind.MONEY: lambda value: [str(one) for one in value],
}


def _is_several(setting: Setting, name: str) -> bool:
    return setting.kind is Kind.MONEY or name == f"{setting.key}.offered"


def _texts(setting: Setting, what: Change) -> Any:
    texts = {language: _plain(what.text(f"{setting.key}.{language}")) for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text} or None


def _text(setting: Setting, what: Change) -> Any:
    if what.text(f"{NONE}{setting.key}"):
        return ""
    return _plain(what.text(setting.key)) or None


def _languages(setting: Setting, what: Change) -> Any:
    offered = [one for one in LANGUAGES if one in what.texts(f"{setting.key}.offered")]
    default = what.text(f"{setting.key}.default")
    return {"offered": offered, "default": default} if offered or default else None


def _number(setting: Setting, what: Change) -> Any:
    text = what.text(setting.key)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise MisfitError
    return int(text)


def _share(setting: Setting, what: Change) -> Any:
    number = _number(setting, what)
    return None if number is None else number / 100


def _flag(setting: Setting, what: Change) -> Any:
    return {YES: True, NO: False, "": None}.get(what.text(setting.key), "neither")


def _money(setting: Setting, what: Change) -> Any:
    chosen = set(what.texts(setting.key))
    return [one for one in setting.choices if str(one) in chosen] or None


def _plain(text: str) -> str:
    return " ".join(text.split())


_READERS: Mapping[Kind, Callable[[Setting, Change], Any]] = {
    Kind.TEXTS: _texts,
    Kind.TEXT: _text,
    Kind.LANGUAGES: _languages,
    Kind.SECONDS: _number,
    Kind.PACE: _number,
    Kind.SHARE: _share,
    Kind.FLAG: _flag,
    Kind.CHOICE: _number,
    Kind.MONEY: _money,
}
