"""A newer version of the program, and the way back; real folders, a made-up systemd."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.domain.errors import ConfigError
from kiosk.install.versions import WATCHED_S, Version, Versions


class Machine:
    """What its commands would do and say; ``bad``: slots whose program does not run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bad: dict[str, str] = {}
        self.running: str | None = None
        self.restarts = 0
        self.waited_s = 0.0
        self.ran: list[str] = []

    @property
    def linked(self) -> str:
        return (self.folder / "current").readlink().name

    def run(self, words: Sequence[str]) -> tuple[int, str]:
        said = " ".join(words)
        self.ran.append(said)
        if said.startswith("python3 -m venv"):
            (Path(words[-1]) / "bin").mkdir(parents=True)
        elif " pip install " in said:
            slot = Path(words[0]).parents[1]
            (slot / "bin" / "adal-kiosk").touch()
        elif said.startswith("systemctl restart"):
            self.running = self.linked
        return self._answer(said, words)

    def _answer(self, said: str, words: Sequence[str]) -> tuple[int, str]:
        if " pip install " in said:
            return int(self._is_bad(Path(words[0]).parents[1].name, "pip")), ""
        if said.startswith("runuser"):
            return int(self._is_bad(Path(words[4]).parents[1].name, "doctor")), "✗ libraries"
        if said.startswith("systemctl restart"):
            return int(self._is_bad(self.linked, "start")), ""
        if self.running is not None:
            self.restarts += self._is_bad(self.running, "later") and self.waited_s > 10
        status = "out of order: x" if self._is_bad(self.running, "journal") else "selling"
        says = {
            "=NRestarts": str(self.restarts),
            "=Type": "notify",
            "=StatusText": status,
            "journalctl": "Traceback: it fell over",
        }
        return 0, next((text for part, text in says.items() if part in said), "")

    def _is_bad(self, slot: str | None, how: str) -> bool:
        return slot is not None and self.bad.get(slot) == how

    def sleep(self, seconds: float) -> None:
        self.waited_s += seconds


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def versions(machine: Machine) -> Versions:
    return Versions(machine.folder, run=machine.run, sleep=machine.sleep)


WHEEL = Version(Path("/srv/adal-0.2.0-py3-none-any.whl"), Path("/srv/kiosk.txt"))


def quietly(_words: str) -> None:
    pass


def test_each_newer_version_takes_the_other_place(versions: Versions, machine: Machine) -> None:
    assert versions.current is None
    for expected in ("a", "b", "a"):
        versions.bring(WHEEL, quietly)
        assert (versions.current, machine.running) == (expected, expected)
    assert machine.waited_s >= 3 * WATCHED_S, "it is watched before it is believed"


@pytest.mark.parametrize("how", ["pip", "doctor"])
def test_what_cannot_be_installed_never_runs(
    versions: Versions, machine: Machine, how: str
) -> None:
    versions.bring(WHEEL, quietly)
    machine.bad["b"] = how
    machine.ran.clear()
    with pytest.raises(ConfigError, match="goes on"):
        versions.bring(WHEEL, quietly)
    assert (versions.current, machine.running) == ("a", "a")
    assert not any("restart" in said for said in machine.ran)


@pytest.mark.parametrize("how", ["start", "later", "journal"])
def test_a_version_that_does_not_sell_gives_way_to_the_one_before(
    versions: Versions, machine: Machine, how: str
) -> None:
    versions.bring(WHEEL, quietly)
    machine.bad["b"] = how
    machine.waited_s = 0
    with pytest.raises(ConfigError, match="it fell over"):
        versions.bring(WHEEL, quietly)
    assert (versions.current, machine.running) == ("a", "a")


def test_one_goes_back_by_hand_where_there_was_one(versions: Versions, machine: Machine) -> None:
    with pytest.raises(ConfigError, match="no version before"):
        versions.back(quietly)
    versions.bring(WHEEL, quietly)
    versions.bring(WHEEL, quietly)
    versions.back(quietly)
    assert (versions.current, machine.running) == ("a", "a")


def test_a_power_cut_while_the_link_is_changed_leaves_a_whole_one(
    versions: Versions, machine: Machine
) -> None:
    versions.bring(WHEEL, quietly)
    (machine.folder / "current.new").symlink_to("b")
    assert versions.current == "a"
    versions.bring(WHEEL, quietly)
    assert versions.current == "b"
