"""settings.json: what was set on this kiosk, over what came with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import local_settings
from kiosk.config import load_config
from kiosk.domain.errors import ConfigError
from kiosk.facts import ROOT

CONFIG = ROOT / "config.toml"


def test_without_the_file_config_toml_alone_holds(tmp_path):
    assert local_settings.load(tmp_path) == {}
    assert local_settings.laid_over(CONFIG, tmp_path) == load_config(CONFIG)


def test_what_was_set_here_lies_over_config_toml_key_by_key(tmp_path):
    local_settings.save(tmp_path, {"shop": {"name": {"ru": "Лавка"}}})
    local_settings.save(tmp_path, {"language": {"default": "ru", "offered": ["ru", "kk"]}})
    local_settings.save(tmp_path, {"shop": {"cause": {"ru": "Книги"}}})
    config = local_settings.laid_over(CONFIG, tmp_path)
    assert config.shop.name == {**load_config(CONFIG).shop.name, "ru": "Лавка"}
    assert config.shop.cause["ru"] == "Книги"
    assert config.language.offered == ("ru", "kk")
    assert config.cash == load_config(CONFIG).cash


_TABLES = st.dictionaries(
    st.sampled_from("abc"),
    st.one_of(st.integers(), st.dictionaries(st.sampled_from("xyz"), st.integers())),
)


@given(_TABLES, _TABLES)
def test_merging_keeps_what_only_one_has_and_takes_the_local_of_both(tables, local):
    merged = local_settings.merge(tables, local)
    assert local_settings.merge(merged, local) == merged
    assert set(merged) == set(tables) | set(local)
    for key, value in local.items():
        if isinstance(value, dict) and isinstance(tables.get(key), dict):
            assert merged[key] == {**tables[key], **value}
        else:
            assert merged[key] == value


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"cash": {"rounding_tenge": 5}}', "'cash'"),
        ('{"shop": "Лавка"}', "'shop'"),
        ('{"shop": {"nmae": {}}}', "shop.nmae"),
        ('{"shop": {"name": {"fr": "x"}}}', "shop.name"),
        ('{"language": {"default": "de"}}', "language.default"),
        ('{"language": {"offered": ["en"]}}', "language.default"),
        ('{"sound": {"volume": "loud"}}', "sound.volume"),
    ],
)
def test_a_wrong_file_stops_the_start_and_is_named_with_its_key(tmp_path, content, named):
    (tmp_path / "settings.json").write_text(content, "utf-8")
    with pytest.raises(ConfigError) as error:
        local_settings.laid_over(CONFIG, tmp_path)
    assert "settings.json" in str(error.value)
    assert named in str(error.value)


def test_bytes_that_are_no_text_are_said_plainly(tmp_path):
    (tmp_path / "settings.json").write_bytes(b"\xff\x00")
    with pytest.raises(ConfigError, match="is not JSON"):
        local_settings.load(tmp_path)


def test_what_may_not_be_set_on_the_glass_is_refused_and_nothing_changes(tmp_path):
    local_settings.save(tmp_path, {"shop": {"name": {"ru": "Лавка"}}})
    before = (tmp_path / "settings.json").read_bytes()
    with pytest.raises(ConfigError, match=r"'cash'"):
        local_settings.save(tmp_path, {"cash": {"rounding_tenge": 5}})
    assert (tmp_path / "settings.json").read_bytes() == before


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path, monkeypatch):
    local_settings.save(tmp_path, {"shop": {"name": {"ru": "Лавка"}}})

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        local_settings.save(tmp_path, {"shop": {"name": {"ru": "Другая"}}})
    kept = json.loads((tmp_path / "settings.json").read_text("utf-8"))
    assert kept == {"shop": {"name": {"ru": "Лавка"}}}
