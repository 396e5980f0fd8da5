import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.config import Config, check_config, load_config
from kiosk.domain.errors import ConfigError
from kiosk.domain.money import coin, note

SHIPPED = Path(__file__).parent.parent / "config.toml"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def sections() -> dict[str, Any]:
    return {name: getattr(Config(), name) for name in Config.__struct_fields__}


def test_an_empty_file_gives_the_defaults(tmp_path: Path):
    assert load_config(written(tmp_path, "")) == Config()


def test_the_shipped_file_says_just_what_the_defaults_are():
    assert load_config(SHIPPED) == Config()


def test_every_setting_stands_in_the_shipped_file_in_its_own_section():
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    documented = {name: set(table) for name, table in shipped.items()}
    assert documented == {
        name: set(section.__struct_fields__) for name, section in sections().items()
    }


def test_every_setting_in_the_shipped_file_is_explained_in_place():
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+ =", line):
            assert _has_a_comment(lines, number), line


def _has_a_comment(lines: list[str], number: int) -> bool:
    """One comment may explain a run of keys, but never across a blank line or a section."""
    above = number - 1
    while re.match(r"\w+ =", lines[above]):
        above -= 1
    return lines[above].startswith("# ")


@pytest.mark.parametrize(
    ("text", "key", "value", "allowed"),
    [
        ("colour = 1", "colour", "1", "shop"),
        ("[csh]\nx = 1", "csh", "{'x': 1}", "Did you mean 'cash'"),
        ("[cash]\nround_tenge = 5", "cash.round_tenge", "5", "Did you mean 'rounding_tenge'"),
        ("[cash]\nrounding_tenge = 0", "cash.rounding_tenge", "0", ">= 1"),
        ("[cash]\nrounding_tenge = 101", "cash.rounding_tenge", "101", "<= 100"),
        ("[cash]\nrounding_tenge = 0.5", "cash.rounding_tenge", "0.5", "a whole number"),
        ("[cash]\ncoins_tenge = [1, 'two']", "cash.coins_tenge[1]", "'two'", "a whole number"),
        ("[cash]\ncoins_tenge = [0]", "cash.coins_tenge[0]", "[0]", ">= 1"),
        ("[cash]\ncoins_tenge = [99999999999]", "cash.coins_tenge[0]", "99999999999", "<="),
        ("[cash]\ncoins_tenge = [5, 5]", "cash.coins_tenge", "twice", "once"),
        ("[cash]\ncoins_tenge = []\nnotes_tenge = []", "cash.coins_tenge", "[]", "some money"),
        ("[language]\ndefault = 'de'", "language.default", "'de'", "'kk', 'ru', 'en'"),
        ("[language]\noffered = []", "language.offered", "[]", "length >= 1"),
        ("[language]\noffered = ['kk', 'kk']", "language.offered", "['kk', 'kk']", "once"),
        ("[language]\noffered = ['ru']", "language.default", "'kk'", "ru"),
        ("[shop]\nname = 'Shop'", "shop.name", "'Shop'", "table"),
        ("[shop]\nname = { de = 'Laden' }", "shop.name", "'Laden'", "'kk', 'ru', 'en'"),
        ("[shop]\nname = { kk = 'Дүкен' }", "shop.name", "'Дүкен'", "missing: ru, en"),
        ("[shop]\ncause = { kk = 1 }", "shop.cause", "1", "text"),
        ("[idle]\nextend_s = 19", "idle.extend_s", "19", ">= 20"),
        ("[idle]\nwarn_after_s = nan", "idle.warn_after_s", "nan", ">= 1"),
        ("idle = 5", "idle", "5", "[idle]"),
        ("[sound]\nvolume = 1.5", "sound.volume", "1.5", "<= 1"),
        ("[sound]\nenabled = 'yes'", "sound.enabled", "'yes'", "true or false"),
        ("[camera]\nsource = true", "camera.source", "True", "a whole number or text"),
        ("[window]\nwidth_px = 100", "window.width_px", "100", ">= 480"),
        ("[sync]\nserver_url = 'centre'", "sync.server_url", "'centre'", "https?"),
    ],
    ids=lambda x: x.replace("\n", " ") if isinstance(x, str) else None,
)
def test_an_error_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, text: str, key: str, value: str, allowed: str
):
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    for part in (key, value, allowed):
        assert part in message


@pytest.mark.parametrize("section", sorted(sections()))
def test_a_wrong_key_is_found_in_every_section(section: str):
    with pytest.raises(ConfigError, match=rf"config\.toml: .*'{section}\.bogus' \(value 7\)"):
        check_config({section: {"bogus": 7}}, "config.toml")


def test_a_file_that_is_not_there_or_no_toml_says_so(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read"):
        load_config(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config(written(tmp_path, "[shop\n"))
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"[shop]\nid = '\xff'")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config(latin)


def test_settings_cannot_be_changed_once_read():
    with pytest.raises(AttributeError):
        Config().sound.volume = 1.0  # type: ignore[misc]
    assert msgspec.structs.asdict(Config().sound) == {"enabled": True, "volume": 0.7}


def test_money_comes_from_the_largest_down_with_the_coin_after_the_note_of_its_value():
    cash = check_config({"cash": {"coins_tenge": [5, 200], "notes_tenge": [200, 500]}}, "x").cash
    assert cash.kinds == (note(500), note(200), coin(200), coin(5))


def test_every_setting_is_used_somewhere():
    """A setting that changes nothing is a promise not kept."""
    sources = "".join(
        f.read_text(encoding="utf-8") for f in (SHIPPED.parent / "kiosk").rglob("*.py")
    )
    settings = [
        (section, key) for section, table in msgspec.to_builtins(Config()).items() for key in table
    ]
    unused = [f"{s}.{k}" for s, k in settings if not re.search(rf"\.{k}\b", sources)]
    assert unused == []
