"""What the doctor says of a computer and of what is plugged into it; the kernel's files in a folder."""

from pathlib import Path

import numpy as np
import pytest

from kiosk.config import Camera, Config, Sound, Voice
from kiosk.doctor import devices, machine
from kiosk.doctor.finding import Finding, Verdict

TOUCH = """I: Bus=0003 Vendor=222a Product=0001 Version=0110
N: Name="ILITEK ILITEK-TP"
P: Phys=usb-0000:01:00.0-1.1/input0
H: Handlers=mouse0 event0
B: PROP=2
B: EV=b
B: KEY=400 0 0 0 0 0
B: ABS=265000000000000
"""
PAD = TOUCH.replace("ILITEK ILITEK-TP", "Touchpad").replace("PROP=2", "PROP=5")
KEYS = """I: Bus=0003 Vendor=1a2c Product=0e24 Version=0110
N: Name="USB Keyboard"
B: PROP=0
B: EV=120013
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files of a kernel that knows of nothing yet."""
    root = tmp_path / "root"
    write(root / "proc/mounts", "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n")
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def of_machine(root: Path, directory: Path) -> dict[str, Finding]:
    return {one.name: one for one in machine.findings(directory, root)}


def of_devices(
    root: Path, config: Config | None = None, *, is_running: bool = False
) -> dict[str, Finding]:
    every = devices.findings(config or Config(), is_running=is_running, root=root)
    return {one.name: one for one in every}


@pytest.mark.parametrize("kind", ["tmpfs", "overlay"])
def test_a_journal_that_a_restart_would_wipe_is_found(root, tmp_path, kind):
    data = tmp_path / "adal"
    write(
        root / "proc/mounts",
        f"/dev/mmcblk0p2 / ext4 rw 0 0\n{kind} {tmp_path} {kind} rw 0 0\nproc /proc proc rw 0 0\n",
    )
    found = of_machine(root, data)["data folder"]
    assert found.verdict is Verdict.WRONG
    assert "partition of its own" in found.do
    with (root / "proc/mounts").open("a") as mounts:
        mounts.write(f"/dev/mmcblk0p3 {data} ext4 rw 0 0\n")
    assert of_machine(root, data)["data folder"].verdict is Verdict.GOOD


def test_a_folder_that_cannot_be_written_is_wrong_and_names_itself(root, tmp_path):
    place = tmp_path / "proc-like"
    place.symlink_to("/proc/self")
    found = of_machine(root, place)["writing"]
    assert found.verdict is Verdict.WRONG
    assert str(place) in found.says


def test_looking_leaves_nothing_behind(root, tmp_path):
    place = tmp_path / "data"
    place.mkdir()
    assert of_machine(root, place)["writing"].verdict is Verdict.GOOD
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("millidegrees", "verdict"),
    [("45000", Verdict.GOOD), ("78000", Verdict.LOOK), ("86000", Verdict.WRONG)],
)
def test_a_hot_machine_is_to_be_given_air(root, tmp_path, millidegrees, verdict):
    write(root / "sys/class/thermal/thermal_zone0/temp", millidegrees)
    assert of_machine(root, tmp_path)["warmth"].verdict is verdict


def test_a_pi_with_too_little_voltage_is_told_so(root, tmp_path):
    assert "power" not in of_machine(root, tmp_path), "other machines do not measure it"
    write(root / "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    write(root / "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    assert of_machine(root, tmp_path)["power"].verdict is Verdict.GOOD
    write(root / "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert of_machine(root, tmp_path)["power"].verdict is Verdict.WRONG


def test_a_clock_from_before_the_program_is_wrong(root, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "system_wall_ms", lambda: 1_000_000)
    found = of_machine(root, tmp_path)["clock"]
    assert found.verdict is Verdict.WRONG
    assert "1970-01-01" in found.says


def test_a_touch_screen_is_told_from_a_touch_pad_and_a_keyboard(root):
    write(root / "proc/bus/input/devices", f"{KEYS}\n{PAD}\n")
    assert of_devices(root)["touch"].verdict is Verdict.LOOK
    write(root / "proc/bus/input/devices", f"{KEYS}\n{PAD}\n{TOUCH}\n")
    assert of_devices(root)["touch"].says == "ILITEK ILITEK-TP"


def test_a_screen_is_named_with_its_size_and_a_small_one_remarked(root, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    write(root / "sys/class/drm/card0-HDMI-A-1/status", "disconnected\n")
    assert of_devices(root)["screen"].verdict is Verdict.WRONG
    write(root / "sys/class/drm/card0-DSI-1/status", "connected\n")
    write(root / "sys/class/drm/card0-DSI-1/modes", "800x480\n640x480\n")
    found = of_devices(root)["screen"]
    assert (found.verdict, found.says) == (Verdict.GOOD, "DSI-1 800x480")
    write(root / "sys/class/drm/card0-DSI-1/modes", "480x320\n")
    assert of_devices(root)["screen"].verdict is Verdict.LOOK


@pytest.mark.parametrize(
    ("level", "verdict"), [(128, Verdict.GOOD), (8, Verdict.LOOK), (252, Verdict.LOOK)]
)
def test_a_camera_gives_a_picture_with_some_light_in_it(root, tmp_path, level, verdict):
    import cv2

    folder = tmp_path / "pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.full((480, 640, 3), level, np.uint8))
    found = of_devices(root, Config(camera=Camera(source=str(folder))))["camera"]
    assert found.verdict is verdict
    assert "640 × 480" in found.says


def test_a_camera_that_is_missing_is_wrong_unless_there_shall_be_none(root):
    gone = Config(camera=Camera(source="/dev/video-that-is-not-there"))
    assert of_devices(root, gone)["camera"].verdict is Verdict.WRONG
    assert of_devices(root, Config(camera=Camera(source="none")))["camera"].verdict is Verdict.GOOD


def test_a_running_kiosks_camera_is_left_alone(root):
    gone = Config(camera=Camera(source="/dev/video-that-is-not-there"))
    assert of_devices(root, gone, is_running=True)["camera"].verdict is Verdict.GOOD


def test_sound_is_missed_only_where_it_is_wanted(root):
    assert of_devices(root)["sound"].verdict is Verdict.LOOK
    silent = Config(sound=Sound(enabled=False))
    assert of_devices(root, silent)["sound"].verdict is Verdict.GOOD
    write(root / "dev/snd/pcmC0D0p", "")
    assert of_devices(root)["sound"].verdict is Verdict.GOOD


def test_a_voice_that_is_switched_on_wants_its_program_and_its_headphones(root, monkeypatch):
    spoken = Config(voice=Voice(enabled=True, output="plughw:CARD=Headset"))
    assert "voice" not in of_devices(root)
    monkeypatch.setattr("shutil.which", lambda name: None)
    missing = of_devices(root, spoken)["voice"]
    assert missing.verdict is Verdict.LOOK
    assert "apt-get install espeak-ng" in missing.do
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert "aplay -L" in of_devices(root, spoken)["voice"].do
    cards = root / "proc/asound/cards"
    cards.parent.mkdir(parents=True, exist_ok=True)
    cards.write_text(" 1 [Headset        ]: USB-Audio - Headset\n")
    assert of_devices(root, spoken)["voice"].verdict is Verdict.GOOD
