"""``centre-settings.json`` beside the journal: what coordinators set on this kiosk from afar.

Three layers make a setting: config.toml comes with the program, settings.json was chosen on the
glass, and over both lies what the centre signed last. The rule between a volunteer and the centre:
**the last signed version wins for the keys that it names, and what it does not name stays as it
is here.** A coordinator who wants the shop to decide takes his value back.

The file holds the document as it came. It was checked to be the centre's, for this shop and newer
than the one before, when it was taken; the limits are checked again whenever it is laid over. One
value that does not fit leaves the others in effect.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kiosk.config import Config, check_config
from kiosk.domain.errors import ConfigError
from kiosk.domain.remote_settings import BY_KEY
from kiosk.domain.remote_values import SettingsDocument, as_tables, checked
from kiosk.facts import ENROLMENT_FILE
from kiosk.local_settings import merge
from kiosk.whole_file import PRIVATE, write_whole

FILE_NAME = "centre-settings.json"

log = logging.getLogger(__name__)


class _Shop(msgspec.Struct):
    shop_id: int


class _Enrolled(msgspec.Struct):
    shop: _Shop


class InEffect(NamedTuple):
    """What holds with the centre's settings laid over; ``refused`` names those that do not fit."""

    config: Config
    refused: tuple[str, ...]


class CentreSettings:
    """The last settings that were taken.

    Args:
        directory: where the journal lies.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / FILE_NAME
        self._enrolment = directory / ENROLMENT_FILE
        self._kept = self._load()

    @property
    def kept(self) -> SettingsDocument | None:
        """What was taken last for the shop that this kiosk belongs to."""
        kept = self._kept
        return kept if kept is not None and kept.shop_id == self._shop_id() else None

    @property
    def version(self) -> int:
        """Of what was taken last; 0 for nothing."""
        kept = self.kept
        return 0 if kept is None else kept.version

    def keep(self, document: bytes) -> SettingsDocument:
        """Keeps what came; whole or not at all.

        Raises:
            ConfigError: the disk refused.
        """
        kept = msgspec.json.decode(document, type=SettingsDocument)
        try:
            write_whole(self._file, document, mode=PRIVATE)  # it holds hashes of PINs
        except OSError as error:
            raise ConfigError(
                f"{self._file}: cannot be written ({error.strerror}). "
                "Free some space or check the disk."
            ) from error
        self._kept = kept
        return kept

    def over(self, config: Config) -> InEffect:
        """The configuration with the centre's settings laid over."""
        kept = self.kept
        return InEffect(config, ()) if kept is None else laid_over(config, kept.values)

    def _load(self) -> SettingsDocument | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=SettingsDocument)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            # The shop goes on with its own settings; the centre sends the others again.
            log.warning("%s cannot be used (%s); they are fetched again.", self._file, error)
            return None

    def _shop_id(self) -> int | None:
        try:
            return msgspec.json.decode(self._enrolment.read_bytes(), type=_Enrolled).shop.shop_id
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None


def laid_over(config: Config, values: Mapping[str, Any]) -> InEffect:
    """The configuration with those values in it that may be set and fit the others."""
    tables: dict[str, Any] = msgspec.to_builtins(config)
    within: dict[str, Any] = {}
    for key, value in values.items():
        try:
            within[key] = as_tables(key, checked(key, value))
        except ConfigError as error:
            log.warning("%s", error)
    try:
        # All at once, as nearly always: the start must not wait for a check per setting.
        return InEffect(_all_over(tables, within), _missing(values, within))
    except ConfigError:
        return _one_by_one(tables, values, within)


def _one_by_one(
    tables: dict[str, Any], values: Mapping[str, Any], within: dict[str, Any]
) -> InEffect:
    """Some fit the table and yet not the others: as a language that the shop has no name in."""
    good: dict[str, Any] = {}
    for key, one in within.items():
        try:
            _all_over(tables, {**good, key: one})
        except ConfigError as error:
            log.warning("%s", error)
        else:
            good[key] = one
    return InEffect(_all_over(tables, good), _missing(values, good))


def _all_over(tables: dict[str, Any], within: Mapping[str, Any]) -> Config:
    for one in within.values():
        tables = merge(tables, one)
    return check_config(tables, FILE_NAME)


def _missing(values: Mapping[str, Any], good: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for key in values if key not in good)


def waiting(started_with: Config, now: Config) -> tuple[str, ...]:
    """Settings that another start of the program brings into effect."""
    before, after = msgspec.to_builtins(started_with), msgspec.to_builtins(now)
    return tuple(
        key
        for key, setting in BY_KEY.items()
        if setting.at_start and _at(before, key) != _at(after, key)
    )


def _at(tables: Mapping[str, Any], key: str) -> Any:
    table, _, name = key.partition(".")
    return tables[table][name]
