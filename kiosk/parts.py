"""All parts of a running kiosk, joined; what the window adds is in ``front_room.py``.

Nothing heavy is imported up here: the start screen must not wait for what it does not need.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.back_room import follow_volunteers, make_office, office_settings
from kiosk.board import Board
from kiosk.catalogue import CatalogueStore
from kiosk.centre_line import CentreLine
from kiosk.centre_settings import CentreSettings
from kiosk.config import Config
from kiosk.domain.errors import SyncError
from kiosk.facts import ROOT, SOFTWARE
from kiosk.follow_centre import FollowCentre
from kiosk.heart import Heart
from kiosk.honesty import Honesty
from kiosk.i18n import Texts
from kiosk.late_clock import LateClock
from kiosk.late_journal import LateJournal
from kiosk.power import Power
from kiosk.scan_event import ScanEvent
from kiosk.scanner.known import KnownCodes, known_codes
from kiosk.scanner.scan import CameraStatus, Scan
from kiosk.scanner.service import ScannerService
from kiosk.scanner.sources import make_source
from kiosk.shelf import CHANGES, LocalShelf
from kiosk.till import Till, TillSettings
from kiosk.views import Screen

if TYPE_CHECKING:
    from kiosk.domain.chain import StoredEntry
    from kiosk.domain.products import Catalogue
    from kiosk.journal import Journal
    from kiosk.scanner.sources import FrameSource
    from kiosk.screens.sounds import Sounds
    from sync.client import Uploader

log = logging.getLogger(__name__)

RECENT_ENTRIES = 100
"""More than a shop writes in the minutes in which a sale can be undone."""

Post = Callable[[Callable[[], None]], None]


@dataclass
class Kiosk:
    """All parts of a running kiosk, joined but not yet started.

    ``post`` brings a call to the screens' thread; it is the only door between threads. ``config``
    is given without the centre's settings, and has them in it from then on.
    """

    config: Config
    directory: Path
    post: Post
    make_source: Callable[[list[tuple[str, str]]], FrameSource] | None = None
    stop_window: Callable[[], None] = lambda: None
    heart: Heart = field(default_factory=Heart)

    def __post_init__(self) -> None:
        kept, base = CentreSettings(self.directory), self.config
        in_effect = kept.over(base)
        self.config = in_effect.config
        self.clock = LateClock()
        self.journal = LateJournal(self._open_journal)
        self.shelf = LocalShelf(
            CatalogueStore(self.directory), self.journal, self._on_shelf_changed
        )
        self.board = Board(self.directory)
        self.till = Till(
            journal=self.journal,
            catalogue=self.shelf.catalogue,
            settings=till_settings(self.config),
            new_id=lambda: uuid.uuid4().hex,
            monotonic_s=time.monotonic,
            post=self.post,
            now_ms=self.now_ms,
            posts_on=self.board.on,
        )
        self.honesty = Honesty(
            lambda permille: self.post(lambda: self.till.honesty_changed(permille)), self.now_ms
        )
        self.scanner = ScannerService(
            self._source_maker(),
            known=self._known_codes,
            on_scan=self._on_scan,
            on_status=self._on_camera,
        )
        self.sounds: Sounds | None = None
        """The window's; None until there is one."""
        self.dress: Callable[[Config], None] = lambda config: None
        """Changes the window's words and sounds."""
        self.power = Power(self.stop_window)
        self.office = make_office(self, self.power)
        self.follow = FollowCentre(
            kept,
            base,
            in_effect,
            follow_volunteers=lambda before, now: follow_volunteers(self, before, now),
            post=self.post,
            is_quiet=self._is_quiet,
            apply=self._settings_changed,
        )
        self.centre = CentreLine(
            self.directory,
            lambda: self.config,
            journal=self.journal,
            clock=self.clock,
            shelf=self.shelf,
            follow=self.follow,
            on_posts=self._on_posts,
            on_hears=lambda hears: self.post(lambda: self.till.centre_changed(hears=hears)),
            restart=lambda: self.post(self.power.restart_program),
        )
        self.till.subscribe(lambda _state: self.follow.look())
        self.office.subscribe(lambda _state: self.follow.look())

    def start(self) -> None:
        """Opens the journal, then the camera, then the way to the centre, in the background."""
        self.journal.start(self._on_journal, self._on_journal_error)
        self.scanner.start()

    def stop(self) -> None:
        """Ends in an order that loses nothing: the journal last."""
        self.heart.stopping()
        self.scanner.stop()
        self.office.stop()
        self.centre.stop()
        self.honesty.stop()
        self.journal.close()

    def now_ms(self) -> int:
        """Corrected wall time, UTC; the system's until the journal is open."""
        return self.clock.now_ms()

    @property
    def uploader(self) -> Uploader | None:
        """What sends the journal; None while the kiosk belongs to no shop."""
        return self.centre.uploader

    # --- settings ---

    def _is_quiet(self) -> bool:
        """Nobody shops and nobody is in the back room."""
        state = self.till.state
        return state.screen is Screen.START and not (state.saving or self.office.state.is_open)

    def _settings_changed(self, config: Config) -> None:
        self.config = config
        self.till.settings_changed(till_settings(config))
        self.office.settings_changed(office_settings(config))
        self.dress(config)

    # --- journal ---

    def _open_journal(self) -> Journal:
        from kiosk.journal import Journal

        return Journal.open(self.directory, clock=self.clock.begin())

    def _on_journal(self, journal: Journal) -> None:
        from kiosk.domain.entries import Boot

        self._on_posts()
        changes = journal.recent(CHANGES, after=self.shelf.looked_at)
        self.shelf.catch_up(changes[::-1])
        journal.on_commit(lambda entry, _ledger: self._committed(entry, journal))
        self._remember_sales(journal)
        journal.append(Boot(SOFTWARE))
        try:
            self.centre.begin(journal)
        except SyncError as error:
            log.error("%s Sales stay here until then.", error)  # noqa: TRY400
        self.post(self.till.ledger_changed)
        self.honesty.look(journal)
        self.heart.selling()

    def _remember_sales(self, journal: Journal) -> None:
        """What was bought just before a power cut can be taken back after it."""
        from kiosk.till.undo_desk import sales_to_undo

        head = journal.head()
        last = journal.read_since(head.epoch, max(0, head.seq - RECENT_ENTRIES))
        recent = sales_to_undo(last, self.clock.stamp(), time.monotonic())
        self.post(lambda: self.till.remember_sales(recent))

    def _on_journal_error(self, message: str) -> None:
        self.post(lambda: self.till.out_of_order(message))
        self.heart.out_of_order(message)

    def _committed(self, entry: StoredEntry, journal: Journal) -> None:
        self.shelf.committed(entry)
        self.honesty.committed(entry, journal)
        self.post(self.till.ledger_changed)
        self.centre.nudge()

    def _on_posts(self) -> None:
        """Campaigns or replies came, or the program starts; not in the screens' thread."""
        self.board.load()
        self.post(self.till.posts_changed)

    def _on_shelf_changed(self, catalogue: Catalogue) -> None:
        self.post(lambda: self.till.catalogue_changed(catalogue))

    # --- camera ---

    def _source_maker(self) -> Callable[[], FrameSource]:
        if self.make_source is not None:
            make = self.make_source
            return lambda: make(self._packs())
        return make_source(str(self.config.camera.source), self._packs())

    def _packs(self) -> list[tuple[str, str]]:
        """(GTIN-14, name) of everything that has a barcode, for the demo camera."""
        return [
            (code, product.name_in("ru"))
            for product in self.shelf.catalogue.products
            for code in product.codes[:1]
        ]

    def _known_codes(self) -> KnownCodes:
        return known_codes(self.shelf.catalogue)

    def _on_scan(self, scan: Scan) -> None:
        candidates = tuple(code.gtin14 for code in scan.candidates)
        event = ScanEvent(candidates, scan.text, str(scan.symbology))
        self.post(lambda: self._scanned(event))

    def _scanned(self, event: ScanEvent) -> None:
        if self.office.state.is_open:
            self.office.scanned(event)
        else:
            self.till.scanned(event)

    def _on_camera(self, status: CameraStatus) -> None:
        self.post(lambda: self.till.camera_changed(lost=status is CameraStatus.LOST))


def till_settings(config: Config) -> TillSettings:
    """What the till needs of the configuration."""
    texts = Texts(ROOT / "assets" / "locale")
    return TillSettings(
        languages=config.language.offered,
        default_language=config.language.default,
        unknown_names={
            language: texts.in_language(language).gettext("Unknown product")
            for language in config.language.offered
        },
        tender_kinds=config.cash.kinds,
        rounding_tenge=config.cash.rounding_tenge,
        qr_payload=config.qr.payload,
        idle_after_s=config.idle.warn_after_s,
        extend_s=config.idle.extend_s,
        thanks_s=config.idle.thanks_s,
        undo_window_s=config.idle.undo_window_s,
        volunteer_phone=config.shop.volunteer_phone,
        voice_offered=config.voice.enabled,
        # In headphones only who wears them hears it; from a loudspeaker everybody.
        voice_speaks=config.voice.enabled and bool(config.voice.output),
    )
