"""Starting again, the program or the whole machine, and switching it off."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from kiosk.domain.errors import N_, AdalError

log = logging.getLogger(__name__)

TIMEOUT_S = 20


class PowerError(AdalError):
    """The machine cannot be switched from here."""

    advice = N_("The machine does not allow it from here. Use its switch.")


class Power:
    """What a volunteer can do to the machine; ``stop`` ends the window in an orderly way."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self.starts_again = False
        """Whether the program is to begin anew once everything of this run has ended."""

    def restart_program(self) -> None:
        """Ends the window; whoever runs it begins anew."""
        self.starts_again = True
        self._stop()

    def reboot(self) -> None:
        """Starts the machine again.

        Raises:
            PowerError: when this user may not, or the machine has no systemd.
        """
        self._ask("reboot")

    def shut_down(self) -> None:
        """Switches the machine off.

        Raises:
            PowerError: when this user may not, or the machine has no systemd.
        """
        self._ask("poweroff")

    def _ask(self, verb: str) -> None:
        command = shutil.which("systemctl")
        if command is None:
            raise PowerError("This machine cannot be switched from here; use its own switch.")
        try:
            done = subprocess.run(
                [command, "--no-ask-password", verb],
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PowerError(f"The machine did not answer ({error}); use its switch.") from error
        if done.returncode:
            log.warning("systemctl %s: %s", verb, done.stderr.strip())
            raise PowerError(
                "The system does not let this user do that. Wait until the thanks are gone, "
                "then use the machine's own switch; no sale is lost."
            )


def start_again(*, without: tuple[str, ...] = ()) -> None:
    """Replaces this process by a new one with the same words, but for some; does not return."""
    log.warning("starting again")
    words = [word for word in sys.orig_argv[1:] if word not in without]
    os.execv(sys.executable, [sys.executable, *words])
