"""The steps that make a Debian or Raspberry Pi OS machine a kiosk, in their order."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kiosk.domain.errors import ConfigError
from sync.steps import Folder, Run, Step, Write

FILES = Path(__file__).parent / "files"
USER = "adal-kiosk"
PROGRAM = "/opt/adal/kiosk"
CURRENT = f"{PROGRAM}/current"
DATA = "/var/lib/adal-kiosk"
BACKUPS = "/var/backups/adal-kiosk"
CONFIG = "/etc/adal/kiosk.toml"
SERVICE = "adal-kiosk.service"
UNITS = ("adal-kiosk-backup.service", "adal-kiosk-backup.timer")

NEEDED = (
    *("python3-venv", "libgl1", "libegl1", "libgles2", "libxi6", "libxcursor1", "libxrandr2"),
    # Debian 13 gave these a new name; apt takes a name that is none for a pattern.
    *("libxss1", "^libmtdev1(t64)?$", "^libasound2(t64)?$", "^libzbar0(t64)?$"),
    "^libglib2.0-0(t64)?$",
    "espeak-ng",  # for [voice]; it is small
)
"""What the program and its window load."""

SCREENS = {
    "cage": ("cage", "xwayland", "xkb-data", "seatd"),
    "x": ("xserver-xorg-core", "xserver-xorg-input-libinput", "xinit", "libpam-systemd"),
}
"""What draws on the panel: a Wayland compositor for one window, or an X server in a session."""

LOBBY = ("dbus", "polkitd", "systemd-timesyncd")
"""Switching the machine off from the glass; the right time."""

_OTHER_FILES = {
    "61-adal-kiosk.rules": "/etc/udev/rules.d/61-adal-kiosk.rules",
    "50-adal-kiosk.rules": "/etc/polkit-1/rules.d/50-adal-kiosk.rules",
    "journald.conf": "/etc/systemd/journald.conf.d/adal-kiosk.conf",
    "watchdog.conf": "/etc/systemd/system.conf.d/adal-kiosk.conf",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What differs from machine to machine.

    ``settings``: the text of a config.toml to begin with. ``screen``: of :data:`SCREENS`.
    ``keep``: backups that stay.
    """

    settings: str
    screen: str = "cage"
    keep: int = 7


def before_program(choices: Choices) -> list[Step]:
    """Packages, user, folders, settings, services; each may be done again.

    Raises:
        ConfigError: for choices that cannot be.
    """
    if choices.screen not in SCREENS:
        raise ConfigError(f"--screen {choices.screen!r}: {' or '.join(SCREENS)}.")
    if choices.keep < 1:
        raise ConfigError(f"--keep {choices.keep}: at least 1.")
    return [*_system(choices), *_files(choices)]


def after_program() -> list[Step]:
    """The kiosk starts, now and after every power cut; the text console makes room for it."""
    return [
        Run(("systemctl", "try-reload-or-restart", "systemd-udevd.service")),
        Run(("systemctl", "daemon-reload")),
        Run(("systemctl", "disable", "getty@tty1.service")),
        Run(("systemctl", "set-default", "multi-user.target")),
        Run(("systemctl", "enable", SERVICE)),
        Run(("systemctl", "enable", "--now", "adal-kiosk-backup.timer")),
    ]


def _system(choices: Choices) -> Iterator[Step]:
    packages = (*NEEDED, *SCREENS[choices.screen], *LOBBY)
    yield Run(("apt-get", "install", "-y", "--no-install-recommends", *packages))
    yield Run(
        (
            *("useradd", "--system", "--user-group", "--home-dir", DATA),
            *("--shell", "/usr/sbin/nologin", USER),
        ),
        ("id", USER),
    )
    # The groups that Debian gives the devices to: camera and screen, fingers, sound.
    yield Run(("usermod", "--append", "--groups", "video,render,input,audio", USER))
    yield Folder("/etc/adal", 0o755, "root:root")
    yield Folder("/opt/adal", 0o755, "root:root")
    yield Folder(PROGRAM, 0o755, "root:root")
    yield Folder(DATA, 0o700, f"{USER}:{USER}")
    yield Folder(BACKUPS, 0o700, f"{USER}:{USER}")


def _files(choices: Choices) -> Iterator[Step]:
    yield Write(CONFIG, for_lobby(choices.settings), 0o644, once=True)
    service = rendered(f"{choices.screen}.service", choices)
    yield Write(f"/etc/systemd/system/{SERVICE}", service)
    for unit in UNITS:
        yield Write(f"/etc/systemd/system/{unit}", rendered(unit, choices))
    for name, path in _OTHER_FILES.items():
        yield Folder(str(Path(path).parent), 0o755, "root:root")
        yield Write(path, rendered(name, choices))


def rendered(name: str, choices: Choices) -> str:
    """A file of this package with the choices put in."""
    return Template((FILES / name).read_text()).substitute(
        user=USER,
        program=PROGRAM,
        current=CURRENT,
        data=DATA,
        backups=BACKUPS,
        config=CONFIG,
        keep=choices.keep,
        hardening=(FILES / "hardening").read_text().strip(),
    )


def for_lobby(settings: str) -> str:
    """The shipped config.toml with what a lobby wants in it: a full screen, its own folder.

    Raises:
        ConfigError: when the text has no such keys to change.
    """
    changed = settings
    for key, before, now in (
        ("fullscreen", "fullscreen = false", "fullscreen = true"),
        ("directory", 'directory = ""', f'directory = "{DATA}"'),
    ):
        if changed.count(before) != 1:
            raise ConfigError(f"config.toml: {key} does not stand there as {before!r}, once.")
        changed = changed.replace(before, now)
    tomllib.loads(changed)
    return changed
