"""Settings from the centre on the kiosk: kept, checked again, in effect when nobody is shopping."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kiosk.centre_settings import FILE_NAME, CentreSettings
from kiosk.config import Config
from kiosk.domain.errors import ConfigError
from kiosk.domain.remote_values import RemoteVolunteer, SettingsDocument
from kiosk.facts import ENROLMENT_FILE
from kiosk.follow_centre import FollowCentre

SHOP = 7
ASEL = RemoteVolunteer("c0a1b2c3d", "Әсел", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")


def document(version: int = 1, shop_id: int = SHOP, **values: object) -> bytes:
    named = {key.replace("__", "."): value for key, value in values.items()}
    return msgspec.json.encode(SettingsDocument(version, shop_id, named))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a kiosk that belongs to a shop."""
    belongs_to(tmp_path, SHOP)
    return tmp_path


def belongs_to(folder: Path, shop_id: int) -> None:
    (folder / ENROLMENT_FILE).write_text(f'{{"shop": {{"shop_id": {shop_id}}}, "token": "t"}}')


# --- the file -----------------------------------------------------------------------------------


def test_what_came_is_there_after_a_restart_and_nobody_else_can_read_it(folder: Path) -> None:
    CentreSettings(folder).keep(document(3, idle__thanks_s=9))
    again = CentreSettings(folder)
    assert again.version == 3
    assert again.over(Config()).config.idle.thanks_s == 9
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_a_kiosk_that_moved_to_another_shop_forgets_the_old_ones_settings(folder: Path) -> None:
    CentreSettings(folder).keep(document(3, idle__thanks_s=9))
    belongs_to(folder, SHOP + 1)
    moved = CentreSettings(folder)
    assert moved.version == 0
    assert moved.over(Config()) == (Config(), ())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"version": 0, "shop_id": 7}'])
def test_a_damaged_file_leaves_the_kiosks_own_settings_and_is_fetched_again(
    folder: Path, content: bytes
) -> None:
    (folder / FILE_NAME).write_bytes(content)
    kept = CentreSettings(folder)
    assert kept.version == 0
    assert kept.over(Config()).config == Config()


def test_a_value_changed_by_hand_beyond_the_limits_does_not_stop_the_start(folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(
        document(2, idle__extend_s=1, camera__source="/dev/null", sound__volume=0.1)
    )
    config, refused = CentreSettings(folder).over(Config())
    assert set(refused) == {"idle.extend_s", "camera.source"}
    assert config.sound.volume == 0.1
    assert config.camera.source == "auto"


def test_a_disk_that_refuses_leaves_the_last_good_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = CentreSettings(folder)
    kept.keep(document(1, idle__thanks_s=9))

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        kept.keep(document(2, idle__thanks_s=30))
    assert kept.version == CentreSettings(folder).version == 1


# --- into effect --------------------------------------------------------------------------------


class Screens:
    """A kiosk's screens: somebody is shopping or nobody is."""

    def __init__(self, folder: Path, base: Config | None = None) -> None:
        self.is_quiet = True
        self.shown: list[Config] = []
        self.lists: list[tuple[object, object]] = []
        self.follows = True
        self._posted: list[Callable[[], None]] = []
        base = base or Config()
        kept = CentreSettings(folder)
        self.follow = FollowCentre(
            kept,
            base,
            kept.over(base),
            follow_volunteers=self._let_in,
            post=self._posted.append,
            is_quiet=lambda: self.is_quiet,
            apply=self.shown.append,
        )

    def _let_in(self, before: object, now: object) -> bool:
        self.lists.append((before, now))
        return self.follows

    def run(self) -> None:
        """The screens' thread does what was posted."""
        while self._posted:
            self._posted.pop(0)()


def test_nothing_changes_under_a_shoppers_finger(folder: Path) -> None:
    screens = Screens(folder)
    screens.is_quiet = False
    screens.follow.take(document(4, idle__thanks_s=9))
    screens.run()
    assert screens.shown == []
    assert screens.follow.version == 4
    assert screens.follow.report()["in_effect"] == "0"
    screens.is_quiet = True
    screens.follow.look()
    assert [config.idle.thanks_s for config in screens.shown] == [9]
    assert screens.follow.report() == {"in_effect": "4", "refused": "", "waiting": ""}
    screens.follow.look()
    assert len(screens.shown) == 1


def test_two_versions_while_somebody_shops_become_one_change(folder: Path) -> None:
    screens = Screens(folder)
    screens.is_quiet = False
    screens.follow.take(document(1, idle__thanks_s=9))
    screens.follow.take(document(2, sound__volume=0.2))
    screens.is_quiet = True
    screens.run()
    [config] = screens.shown
    assert (config.idle.thanks_s, config.sound.volume) == (Config().idle.thanks_s, 0.2)
    assert screens.follow.report()["in_effect"] == "2"


def test_what_does_not_fit_is_named_and_the_rest_is_in_effect(folder: Path) -> None:
    screens = Screens(folder)
    screens.follow.take(document(1, idle__extend_s=5, idle__thanks_s=9, strange__key=1))
    screens.run()
    assert screens.shown[0].idle.thanks_s == 9
    assert screens.follow.report()["refused"] == "idle.extend_s,strange.key"
    assert Screens(folder).follow.report()["refused"] == "idle.extend_s,strange.key"


def test_a_strange_key_never_makes_a_report_that_the_centre_would_not_take(folder: Path) -> None:
    screens = Screens(folder)
    (key,) = ["a,b&c=Ә"]
    screens.follow.take(msgspec.json.encode(SettingsDocument(1, SHOP, {key: 1})))
    screens.run()
    assert screens.follow.report()["refused"] == ""


def test_what_needs_another_start_is_said_until_then(folder: Path) -> None:
    screens = Screens(folder)
    screens.follow.take(document(1, sync__interval_s=300))
    screens.run()
    assert screens.follow.report()["waiting"] == "sync.interval_s"
    started_again = Screens(folder)
    assert started_again.follow.report() == {"in_effect": "1", "refused": "", "waiting": ""}


def test_volunteers_count_at_once_even_while_somebody_shops(folder: Path) -> None:
    screens = Screens(folder)
    screens.is_quiet = False
    screens.follows = False
    screens.follow.take(msgspec.json.encode(SettingsDocument(1, SHOP, {}, (ASEL,))))
    assert screens.lists == [((), (ASEL,))]
    assert screens.follow.report()["refused"] == "volunteers"
    screens.follows = True
    screens.follow.take(document(2))
    assert screens.lists[1] == ((ASEL,), ())
    assert screens.follow.report()["refused"] == ""


def test_cut_off_before_settings_are_kept_the_volunteer_comes_with_the_next_try(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screens = Screens(folder)
    came = msgspec.json.encode(SettingsDocument(1, SHOP, {}, (ASEL,)))

    def cut(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("kiosk.centre_settings.write_whole", cut)
        with pytest.raises(ConfigError):
            screens.follow.take(came)
    screens.follow.take(came)
    assert screens.lists == [((), (ASEL,)), ((), (ASEL,))]


def test_what_a_volunteer_chose_stays_where_the_centre_names_nothing(folder: Path) -> None:
    local = msgspec.convert({"sound": {"volume": 0.2}, "shop": {"volunteer_phone": "5"}}, Config)
    screens = Screens(folder, local)
    screens.follow.take(document(1, shop__volunteer_phone="+77015550101"))
    screens.run()
    assert screens.shown[-1].shop.volunteer_phone == "+77015550101"
    assert screens.shown[-1].sound.volume == 0.2
    screens.follow.take(document(2))
    screens.run()
    assert screens.shown[-1] == local
