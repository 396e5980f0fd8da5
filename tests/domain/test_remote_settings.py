"""What the centre may set, and nothing else: the table's laws."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.centre_settings import laid_over
from kiosk.config import Config
from kiosk.domain.errors import ConfigError
from kiosk.domain.remote_settings import BY_KEY, SETTINGS, Kind, Setting
from kiosk.domain.remote_values import RemoteVolunteer, as_tables, checked

NEVER = (
    "camera.source",
    "camera",
    "scanner.usb_gap_ms_max",
    "sync.server_url",
    "sync",
    "storage.directory",
    "window.fullscreen",
    "admin.pin",
    "admin",
    "shop",
    "",
    "language.offered",
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def fitting(setting: Setting) -> st.SearchStrategy[object]:
    """Values that the table allows."""
    languages = st.sampled_from(("kk", "ru", "en"))
    words = st.from_regex(r"[a-zа-я0-9]{1,20}", fullmatch=True)
    phone = st.from_regex(r"\+?[0-9][0-9]{3,18}", fullmatch=True)
    numbers = st.integers(setting.least, max(setting.least, setting.most))
    of_kind: dict[Kind, st.SearchStrategy[object]] = {
        Kind.TEXTS: st.dictionaries(languages, words, min_size=1),
        Kind.TEXT: st.just("") | (phone if setting.pattern else words),
        Kind.LANGUAGES: st.lists(languages, min_size=1, unique=True).flatmap(
            lambda offered: st.fixed_dictionaries(
                {"offered": st.just(offered), "default": st.sampled_from(offered)}
            )
        ),
        Kind.SECONDS: numbers,
        Kind.PACE: numbers,
        Kind.SHARE: st.floats(0, 1),
        Kind.FLAG: st.booleans(),
        Kind.CHOICE: st.sampled_from(setting.choices or (0,)),
        Kind.MONEY: st.lists(st.sampled_from(setting.choices or (0,)), min_size=1, unique=True),
    }
    return of_kind[setting.kind]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.key)
def test_every_value_within_the_limits_is_one_the_kiosk_can_run_with(setting: Setting) -> None:
    @given(fitting(setting))
    def check(value: Any) -> None:
        assert checked(setting.key, value) == value
        config, refused = laid_over(Config(), {setting.key: value})
        assert refused == ()
        table, _, name = setting.key.partition(".")
        set_there = json.loads(msgspec.json.encode(config))[table]
        if setting.kind is Kind.TEXTS:
            assert set_there[name].items() >= value.items()
        else:
            assert (set_there[name] if name else set_there) == value

    check()


@given(st.sampled_from([s.key for s in SETTINGS]), JSON)
def test_whatever_comes_the_kiosk_runs_with_the_rest(key: str, value: object) -> None:
    other = "idle.thanks_s" if key != "idle.thanks_s" else "idle.extend_s"
    config, refused = laid_over(Config(), {key: value, other: 25})
    assert other not in refused
    assert 25 in (config.idle.thanks_s, config.idle.extend_s)
    try:
        checked(key, value)
    except ConfigError:
        assert key in refused


@pytest.mark.parametrize("key", NEVER)
def test_what_is_not_in_the_table_is_refused_whatever_it_says(key: str) -> None:
    assert key not in BY_KEY
    with pytest.raises(ConfigError):
        checked(key, "demo")
    config, refused = laid_over(Config(), {key: "demo", "idle.thanks_s": 9})
    assert refused == (key,)
    assert config == laid_over(Config(), {"idle.thanks_s": 9}).config


@pytest.mark.parametrize(
    "setting", [s for s in SETTINGS if s.kind in (Kind.SECONDS, Kind.PACE)], ids=lambda s: s.key
)
def test_numbers_end_where_the_table_says(setting: Setting) -> None:
    for value in (
        setting.least - 1,
        setting.most + 1,
        float(setting.least),
        True,
        str(setting.most),
    ):
        with pytest.raises(ConfigError):
            checked(setting.key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shop.name", {}),
        ("shop.name", {"kk": ""}),
        ("shop.name", {"kk": " x"}),
        ("shop.name", {"fr": "x"}),
        ("shop.name", {"kk": "a\nb"}),
        ("shop.name", "x"),
        ("shop.volunteer_phone", "77"),
        ("shop.volunteer_phone", "+7 (701) javascript:"),
        ("language", {"offered": [], "default": "kk"}),
        ("language", {"offered": ["kk", "kk"], "default": "kk"}),
        ("language", {"offered": ["kk"], "default": "ru"}),
        ("language", {"offered": ["kk"], "default": "kk", "more": 1}),
        ("language", {"offered": "kk", "default": "kk"}),
        ("sound.volume", float("nan")),
        ("sound.volume", 1.01),
        ("sound.enabled", 1),
        ("cash.rounding_tenge", True),
        ("cash.rounding_tenge", 50),
        ("cash.coins_tenge", []),
        ("cash.coins_tenge", [5, 5]),
        ("cash.coins_tenge", [True]),
        ("cash.notes_tenge", [100]),
        ("cash.notes_tenge", {"500": 1}),
    ],
)
def test_values_that_look_right_and_are_not(key: str, value: object) -> None:
    with pytest.raises(ConfigError):
        checked(key, value)


def test_a_language_that_the_shop_has_no_name_in_is_refused_alone() -> None:
    base = msgspec.convert(
        {
            "shop": {"name": {"kk": "Дүкен"}, "cause": {"kk": "Кітап"}},
            "language": {"offered": ["kk"], "default": "kk"},
        },
        Config,
    )
    values = {"language": {"offered": ["kk", "ru"], "default": "ru"}, "idle.thanks_s": 9}
    config, refused = laid_over(base, values)
    assert refused == ("language",)
    assert config.language.offered == ("kk",)
    assert config.idle.thanks_s == 9
    both = {"shop.name": {"ru": "Лавка"}, "shop.cause": {"ru": "Книги"}, **values}
    assert laid_over(base, both).refused == ()


def test_every_setting_is_one_of_config_toml() -> None:
    tables = msgspec.to_builtins(Config())
    for setting in SETTINGS:
        table, _, name = setting.key.partition(".")
        assert table in tables
        assert not name or name in tables[table]
    assert as_tables("sound.volume", 0.5) == {"sound": {"volume": 0.5}}


def test_a_volunteers_hash_is_not_in_his_words() -> None:
    one = RemoteVolunteer("c0a1b2c3d", "Әсел", "$argon2id$secret")
    assert "secret" not in repr(one)
