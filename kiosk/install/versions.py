"""Two versions of the program side by side, and which of them runs.

``a`` and ``b`` are virtual environments; ``current`` is a link to one of them. A newer version is
put into the other one, looked at, and only then linked; when the service does not come up with it,
the link goes back. A power cut at any moment leaves a link to a whole version.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.domain.errors import ConfigError
from kiosk.heart import SELLING
from kiosk.install.plan import CONFIG, SERVICE, USER

SLOTS = ("a", "b")
LINK = "current"
WATCHED_S = 30.0
"""So long a new version must run without starting again."""
_LOOK_EVERY_S = 2.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Version:
    """What to install: the program's wheel and, best, exact versions of its libraries."""

    wheel: Path
    requirements: Path | None = None


class Versions:
    """The versions in a folder.

    Args:
        folder: where ``a``, ``b`` and ``current`` lie.
        run: runs a command and gives its exit code and what it said.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        run: Callable[[Sequence[str]], tuple[int, str]] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._run = run or _ran
        self._sleep = sleep

    @property
    def current(self) -> str | None:
        """The slot that runs; None before the first installation."""
        link = self._folder / LINK
        name = link.readlink().name if link.is_symlink() else ""
        return name if name in SLOTS else None

    @property
    def other(self) -> str:
        """The slot that does not run."""
        return next(slot for slot in SLOTS if slot != self.current)

    def bring(self, version: Version, tell: Tell) -> None:
        """Installs a version beside the present one and changes over to it.

        Raises:
            ConfigError: it did not come about; what ran before runs again.
        """
        slot = self.other
        tell(f"Installing beside the present version, as {slot}")
        self._install(slot, version)
        tell("Looking at it")
        self._look_at(slot)
        self.change_to(slot, tell)

    def back(self, tell: Tell) -> None:
        """Changes over to the version before.

        Raises:
            ConfigError: there is none, or it does not run either.
        """
        if not (self._folder / self.other / "bin" / "adal-kiosk").exists():
            raise ConfigError("There is no version before this one.")
        self.change_to(self.other, tell)

    def change_to(self, slot: str, tell: Tell) -> None:
        """Links a slot and starts it; links the one before again when it does not run.

        Raises:
            ConfigError: with the service's last words.
        """
        before = self.current
        self._link(slot)
        tell(f"Starting {slot}")
        trouble = self._trouble_starting(tell)
        if not trouble:
            return
        if before is None:
            raise ConfigError(f"The kiosk does not start:\n{trouble}")
        tell(f"{slot} does not run; back to {before}")
        self._link(before)
        self._run(("systemctl", "restart", SERVICE))
        raise ConfigError(f"The new version did not run, the one before does again:\n{trouble}")

    # --- one step each ---

    def _install(self, slot: str, version: Version) -> None:
        place = self._folder / slot
        if place.exists():
            shutil.rmtree(place)
        self._must(("python3", "-m", "venv", str(place)))
        pip = (str(place / "bin/python"), "-m", "pip", "install", "--quiet", "--no-cache-dir")
        if version.requirements is None:
            wheel = version.wheel.absolute().as_uri()
            self._must((*pip, f"adal[kiosk] @ {wheel}"))
        else:
            locked = str(version.requirements)
            self._must((*pip, "--require-hashes", "--requirement", locked))
            self._must((*pip, "--no-deps", str(version.wheel)))

    def _look_at(self, slot: str) -> None:
        """As the user who will run it; on the settings that it will have."""
        program = str(self._folder / slot / "bin" / "adal-kiosk")
        words = ("runuser", "-u", USER, "--", program, "--config", CONFIG, "doctor", "--program")
        self._must(words)

    def _link(self, slot: str) -> None:
        """Whole at any moment: the link is made under another name, and renamed."""
        fresh = self._folder / f"{LINK}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(slot)
        fresh.replace(self._folder / LINK)
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _trouble_starting(self, tell: Tell) -> str:
        """Restarts the service and looks on; what it said when it did not stay up."""
        # The program says when it can sell (Type=notify); until then this waits.
        code, _ = self._run(("systemctl", "restart", SERVICE))
        restarts = self._shown("NRestarts")
        if code == 0:
            tell(f"It can sell; looking on for {WATCHED_S:.0f} s")
        looked_s = 0.0
        while code == 0 and looked_s < WATCHED_S:
            self._sleep(_LOOK_EVERY_S)
            looked_s += _LOOK_EVERY_S
            code, _ = self._run(("systemctl", "is-active", "--quiet", SERVICE))
            code = code or int(self._shown("NRestarts") != restarts)
        if code == 0 and self._says_it_sells():
            return ""
        _, said = self._run(("journalctl", "--unit", SERVICE, "--lines", "15", "--no-pager"))
        return said

    def _says_it_sells(self) -> bool:
        """Under X nothing is heard of the program: that it runs must do."""
        return self._shown("Type") != "notify" or self._shown("StatusText").startswith(SELLING)

    def _shown(self, name: str) -> str:
        words = ("systemctl", "show", SERVICE, f"--property={name}", "--value")
        return self._run(words)[1].strip()

    def _must(self, words: Sequence[str]) -> None:
        code, said = self._run(words)
        if code:
            raise ConfigError(
                f"This failed with exit code {code}: {' '.join(words)}\n{said}\n"
                "Nothing was changed; what ran goes on."
            )


def _ran(words: Sequence[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            list(words), capture_output=True, text=True, errors="replace", cwd="/", check=False
        )
    except FileNotFoundError:
        return 127, f"{words[0]} is not installed"
    return done.returncode, done.stdout + done.stderr
