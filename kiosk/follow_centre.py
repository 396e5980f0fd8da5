"""Brings settings from the centre into effect, when nobody is in the middle of something.

They come in the uploader's thread. Volunteers count at once: who was shut out must not come in
for another hour because somebody is shopping. All else waits for the start screen with nobody in
the back room, so that no language, limit or coin changes under a finger.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence

import msgspec

from kiosk.centre_settings import CentreSettings, InEffect, waiting
from kiosk.config import Config
from kiosk.domain.errors import AdalError
from kiosk.domain.remote_values import VOLUNTEERS, RemoteVolunteer, SettingsDocument

log = logging.getLogger(__name__)

REPORTED_MAX = 30
_KEY = re.compile("[a-z_.]{1,40}")

Followed = Callable[[Sequence[RemoteVolunteer], Sequence[RemoteVolunteer]], bool]
"""Lets volunteers in and out as (before, now) say; False when one that shall be out stays."""


class FollowCentre:
    """What the uploader hands settings to.

    Args:
        kept: the file.
        base: the configuration without the centre.
        in_effect: what the program started with.
        follow_volunteers: brings the PIN book up to the centre's list.
        post: brings a call to the screens' thread.
        is_quiet: whether nobody is in the middle of something; asked in the screens' thread.
        apply: changes what is shown and done; called in the screens' thread.
    """

    def __init__(
        self,
        kept: CentreSettings,
        base: Config,
        in_effect: InEffect,
        *,
        follow_volunteers: Followed,
        post: Callable[[Callable[[], None]], None],
        is_quiet: Callable[[], bool],
        apply: Callable[[Config], None],
    ) -> None:
        self._kept = kept
        self._base = base
        self._started_with = self._config = in_effect.config
        self._in_effect = kept.version
        self._refused = in_effect.refused
        self._follow_volunteers = follow_volunteers
        self._volunteers_refused = False
        self._post = post
        self._is_quiet = is_quiet
        self._apply = apply
        self._waits = False
        self._lock = threading.Lock()

    # --- in the uploader's thread ---

    @property
    def version(self) -> int:
        """Of the settings that are here; 0 for none."""
        return self._kept.version

    def report(self) -> dict[str, str]:
        """What became of them, for the centre's page."""
        with self._lock:
            refused = (*self._refused, *((VOLUNTEERS,) if self._volunteers_refused else ()))
            return {
                "in_effect": str(self._in_effect),
                "refused": _listed(refused),
                "waiting": _listed(waiting(self._started_with, self._config)),
            }

    def look_again(self) -> None:
        """At the program's start: who should be out may have been the last one then."""
        kept = self._kept.kept
        if kept is not None:
            self._let_in_and_out(kept.volunteers, kept.volunteers)

    def take(self, document: bytes) -> None:
        """Keeps newer settings, which were checked to be ours.

        Raises:
            ConfigError: the disk refused.
        """
        before = self._kept.kept
        fresh = msgspec.json.decode(document, type=SettingsDocument)
        # Volunteers first: cut off in between, the same settings come again and are followed
        # again. The other way round a new volunteer would wait for a change that never comes.
        self._let_in_and_out(before.volunteers if before else (), fresh.volunteers)
        self._kept.keep(document)
        log.info("settings of version %d came from the centre", fresh.version)
        self._post(self._came)

    def _let_in_and_out(
        self, before: Sequence[RemoteVolunteer], now: Sequence[RemoteVolunteer]
    ) -> None:
        try:
            all_followed = self._follow_volunteers(before, now)
        except AdalError as error:
            log.error("%s", error)  # noqa: TRY400  the message says what to do
            all_followed = False
        with self._lock:
            self._volunteers_refused = not all_followed

    # --- in the screens' thread ---

    def look(self) -> None:
        """Something changed on the screens; perhaps nobody is here any more."""
        if self._waits and self._is_quiet():
            self._waits = False
            self._bring_in()

    def _came(self) -> None:
        self._waits = self._kept.version != self._in_effect
        self.look()

    def _bring_in(self) -> None:
        version = self._kept.version
        config, refused = self._kept.over(self._base)
        self._apply(config)
        with self._lock:
            self._in_effect, self._config, self._refused = version, config, refused


def _listed(keys: Sequence[str]) -> str:
    """Keys in one parameter; a strange one, which the centre would not take, is left out."""
    return ",".join(key for key in keys[:REPORTED_MAX] if _KEY.fullmatch(key))
