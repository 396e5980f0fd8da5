"""The composition root: the only place that names every part. Script: ``adal-kiosk``.

Nothing heavy is imported up here: the start screen must not wait for what it does not need.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk.admin.setup_progress import needs_setup
from kiosk.back_room import follow_volunteers, make_office, office_settings
from kiosk.backlight import Backlight
from kiosk.backup import carry_out_restore
from kiosk.board import Board
from kiosk.catalogue import CatalogueStore
from kiosk.centre_settings import CentreSettings
from kiosk.clock import system_wall_ms
from kiosk.config import Config, load_config
from kiosk.domain.errors import AdalError, ConfigError, SyncError
from kiosk.facts import ENROLMENT_FILE, PICTURES_FOLDER, ROOT, SOFTWARE
from kiosk.follow_centre import FollowCentre
from kiosk.heart import Heart
from kiosk.honesty import Honesty
from kiosk.i18n import Texts
from kiosk.late_journal import LateJournal
from kiosk.local_settings import laid_over
from kiosk.night import Night, hours_of
from kiosk.power import Power, start_again
from kiosk.scan_event import ScanEvent
from kiosk.scanner.known import KnownCodes, known_codes
from kiosk.scanner.scan import CameraStatus, Scan
from kiosk.scanner.service import ScannerService
from kiosk.scanner.sources import make_source
from kiosk.screens.face import Face
from kiosk.screens.window import WindowSettings, harden
from kiosk.shelf import CHANGES, LocalShelf
from kiosk.till import Till, TillSettings
from kiosk.views import Screen

if TYPE_CHECKING:
    from kiosk.admin.machine import SyncView
    from kiosk.app import KioskApp
    from kiosk.clock import StampClock
    from kiosk.domain.chain import StoredEntry
    from kiosk.domain.products import Catalogue
    from kiosk.journal import Journal
    from kiosk.scanner.sources import FrameSource
    from kiosk.screens.sounds import Sounds
    from kiosk.voice import VoiceGuide
    from sync.client import SyncStatus, Uploader

log = logging.getLogger("kiosk")

UPLOAD_STATE_FILE = "upload.json"
RECENT_ENTRIES = 100
"""More than a shop writes in the minutes in which a sale can be undone."""

HEARING = frozenset({"starting", "sending", "in_step"})
"""States of the uploader in which what is written here is on its way to the centre."""

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
        self._clock: StampClock | None = None
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
        self.uploader: Uploader | None = None
        self._server_url = ""
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
        self.till.subscribe(lambda _state: self.follow.look())
        self.office.subscribe(lambda _state: self.follow.look())

    def _source_maker(self) -> Callable[[], FrameSource]:
        if self.make_source is not None:
            make = self.make_source
            return lambda: make(self.packs())
        return make_source(str(self.config.camera.source), self.packs())

    def _is_quiet(self) -> bool:
        """Nobody shops and nobody is in the back room."""
        state = self.till.state
        return state.screen is Screen.START and not (state.saving or self.office.state.is_open)

    def _settings_changed(self, config: Config) -> None:
        self.config = config
        self.till.settings_changed(till_settings(config))
        self.office.settings_changed(office_settings(config))
        self.dress(config)

    def packs(self) -> list[tuple[str, str]]:
        """(GTIN-14, name) of everything that has a barcode, for the demo camera."""
        return [
            (code, product.name_in("ru"))
            for product in self.shelf.catalogue.products
            for code in product.codes[:1]
        ]

    def start(self) -> None:
        """Opens the journal, then the camera, then the way to the centre, in the background."""
        self.journal.start(self._on_journal, self._on_journal_error)
        self.scanner.start()

    def stop(self) -> None:
        """Ends in an order that loses nothing: the journal last."""
        self.heart.stopping()
        self.scanner.stop()
        self.office.stop()
        if self.uploader is not None:
            self.uploader.stop()
        self.honesty.stop()
        self.journal.close()

    # --- journal ---

    def _open_journal(self) -> Journal:
        from kiosk.clock import StampClock
        from kiosk.journal import Journal

        self._clock = StampClock()
        return Journal.open(self.directory, clock=self._clock)

    def now_ms(self) -> int:
        """Corrected wall time, UTC; the system's until the journal is open."""
        return system_wall_ms() if self._clock is None else self._clock.now_ms()

    @property
    def is_told_by_centre(self) -> bool:
        """Whether the centre had to set this kiosk's time."""
        return self._clock is not None and self._clock.is_told_by_centre

    def _on_journal(self, journal: Journal) -> None:
        from kiosk.domain.entries import Boot

        self._on_posts()
        changes = journal.recent(CHANGES, after=self.shelf.looked_at)
        self.shelf.catch_up(changes[::-1])
        journal.on_commit(lambda entry, _ledger: self._committed(entry, journal))
        self._remember_sales(journal)
        journal.append(Boot(SOFTWARE))
        try:
            self._start_uploader(journal)
        except SyncError as error:
            log.error("%s Sales stay here until then.", error)  # noqa: TRY400
        self.post(self.till.ledger_changed)
        self.honesty.look(journal)
        self.heart.selling()

    def _remember_sales(self, journal: Journal) -> None:
        """What was bought just before a power cut can be taken back after it."""
        from kiosk.undo_desk import sales_to_undo

        head = journal.head()
        last = journal.read_since(head.epoch, max(0, head.seq - RECENT_ENTRIES))
        assert self._clock is not None, "the journal was opened with it"
        recent = sales_to_undo(last, self._clock.stamp(), time.monotonic())
        self.post(lambda: self.till.remember_sales(recent))

    def _on_journal_error(self, message: str) -> None:
        self.post(lambda: self.till.out_of_order(message))
        self.heart.out_of_order(message)

    def _committed(self, entry: StoredEntry, journal: Journal) -> None:
        self.shelf.committed(entry)
        self.honesty.committed(entry, journal)
        self.post(self.till.ledger_changed)
        if self.uploader is not None:
            self.uploader.nudge()

    # --- centre ---

    def _start_uploader(self, journal: Journal) -> None:
        from kiosk.clock import BUILT_MS
        from kiosk.from_centre import FromCentre
        from sync import enrolment
        from sync.client import Hooks, Uploader, UploaderSettings

        enrolled = enrolment.load(self.directory / ENROLMENT_FILE)
        if enrolled is None:
            log.warning("not enrolled: sales are kept here; see: python -m kiosk enrol --help")
            self.post(lambda: self.till.centre_changed(hears=False))
            return
        if self.config.sync.server_url:
            enrolled = msgspec.structs.replace(enrolled, server_url=self.config.sync.server_url)
        settings = UploaderSettings(
            interval_s=self.config.sync.interval_s,
            state_path=self.directory / UPLOAD_STATE_FILE,
            clock_floor_ms=BUILT_MS,
            software=SOFTWARE,
        )
        self.follow.look_again()
        from_centre = FromCentre(self.directory, self._on_posts)
        hooks = Hooks(
            on_status=self._on_sync_status,
            on_catalogue=self._on_catalogue,
            catalogue_version=lambda: self.shelf.version,
            on_server_time=lambda server_ms: self._on_server_time(journal, server_ms),
            goods=from_centre,
            replies=from_centre,
            settings=self.follow,
        )
        self._server_url = enrolled.server_url
        self.uploader = Uploader(journal, enrolled, settings, hooks)
        self.uploader.start()

    def enrol(self, server_url: str, code: str) -> str:
        """Makes this kiosk belong to a shop, while it runs; gives the shop's name. Slow.

        Raises:
            SyncError: the centre said no, or could not be reached.
            JournalError: the journal is not open.
        """
        from kiosk.backup import renewal
        from kiosk.enrolling import enrol_identity, enrol_kiosk

        if renewal.waiting(self.directory) is not None:
            # Restored without its key: the journal opens once there is a new one.
            restored = enrol_kiosk(self.directory, server_url, code)
            self.post(self.power.restart_program)
            return restored.shop.name
        journal = self.journal.opened
        if (self.directory / ENROLMENT_FILE).exists():
            # The centre would issue an epoch that cannot be begun while the journal is open.
            raise SyncError(
                "This kiosk is enrolled already. To enrol it anew, stop the program and run: "
                "python -m kiosk enrol"
            )
        enrolled = enrol_identity(self.directory, journal.identity, server_url, code)
        if enrolled.epoch != journal.identity.epoch:
            # Nothing may be written any more under the old key.
            self.post(self.power.restart_program)
        elif self.uploader is None:
            self._start_uploader(journal)
        return enrolled.shop.name

    def sync_view(self) -> SyncView | None:
        """How things stand with the centre; None while the kiosk is not enrolled."""
        from kiosk.admin.machine import SyncView

        if self.uploader is None:
            return None
        status = self.uploader.status
        return SyncView(
            status.state.value,
            self.uploader.backlog,
            status.last_contact_ms,
            status.last_error,
            self._server_url,
        )

    def send_now(self) -> None:
        """A volunteer stands here and wants it sent: not in ten minutes."""
        if self.uploader is not None:
            self.uploader.send_now()

    def _on_sync_status(self, status: SyncStatus) -> None:
        log.info("centre: %s, backlog %d %s", status.state, status.backlog, status.last_error)
        hears = status.state.value in HEARING
        self.post(lambda: self.till.centre_changed(hears=hears))

    def _on_posts(self) -> None:
        """Campaigns or replies came, or the program starts; not in the screens' thread."""
        self.board.load()
        self.post(self.till.posts_changed)

    def _on_catalogue(self, document: bytes) -> None:
        catalogue = self.shelf.publish(document)
        log.info(
            "catalogue version %d with %d products", catalogue.version, len(catalogue.products)
        )

    def _on_shelf_changed(self, catalogue: Catalogue) -> None:
        self.post(lambda: self.till.catalogue_changed(catalogue))

    def _on_server_time(self, journal: Journal, server_ms: int) -> None:
        assert self._clock is not None, "the uploader starts after the journal"
        correction = self._clock.server_time_heard(server_ms)
        if correction is not None:
            journal.append(correction)

    # --- camera ---

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


def face_of(config: Config, directory: Path) -> Face:
    """What the screens are told of this shop."""
    return Face(
        ROOT,
        dict(config.shop.name.items()),
        dict(config.shop.cause.items()),
        tuple(config.language.offered),
        directory / PICTURES_FOLDER,
        config.window.panel_inches,
        config.window.theme,
    )


def voice_of(config: Config) -> VoiceGuide | None:
    """Spoken prompts, where they are wanted."""
    if not config.voice.enabled:
        return None
    from kiosk.voice import Speaker, VoiceGuide

    speaker = Speaker(config.voice.output, config.voice.words_per_minute)
    return VoiceGuide(speaker, Texts(ROOT / "assets" / "locale"))


def volume_of(config: Config) -> float:
    """How loud, from 0.0 to 1.0."""
    return config.sound.volume if config.sound.enabled else 0.0


def make_app(
    config: Config,
    directory: Path,
    *,
    make_source: Callable[[list[tuple[str, str]]], FrameSource] | None = None,
) -> tuple[KioskApp, Kiosk]:
    """The window and all that stands behind it; the other parts start after the first picture.

    ``make_source`` replaces the camera of the configuration; it is given the catalogue's packs.
    """
    window = config.window
    is_filled = os.environ.get("ADAL_WINDOW") == "filled"  # set by the service that runs cage
    harden(
        WindowSettings(
            window.width_px, window.height_px, kiosk=window.fullscreen, is_filled=is_filled
        )
    )
    from kiosk.app import KioskApp, post, stop_window
    from kiosk.scanner.wedge import WedgeReader

    kiosk = Kiosk(config, directory, post, make_source, stop_window)
    config = kiosk.config
    app = KioskApp(
        kiosk.till,
        face_of(config, directory),
        kiosk=window.fullscreen,
        camera=kiosk.scanner,
        wedge=WedgeReader(max_gap_s=config.scanner.usb_gap_ms_max / 1000),
        sound_volume=volume_of(config),
        on_ready=kiosk.start,
        office=kiosk.office,
        heart=kiosk.heart,
        night=Night(
            hours_of(config.night.dark_from, config.night.dark_until),
            kiosk.now_ms,
            time.monotonic,
        ),
        backlight=Backlight(config.night.brightness_percent),
        start_again=kiosk.power.restart_program,
        voice=voice_of(config),
    )

    def dress(now: Config) -> None:
        app.change_face(face_of(now, directory))
        app.sounds.set_volume(volume_of(now))

    kiosk.dress = dress
    kiosk.sounds = app.sounds
    if needs_setup(directory, kiosk.office.service("pins")):
        kiosk.office.set_up()
    return app, kiosk


def run_window(config: Config, directory: Path) -> int:
    """Runs the kiosk until its window is closed; starts it again when that was asked for."""
    directory.mkdir(parents=True, exist_ok=True)
    app, kiosk = make_app(config, directory)
    # A window that nobody can close still ends in good order when the system asks it to; set
    # before SDL looks, or it would take the signal for a click on the closing key.
    signal.signal(signal.SIGTERM, lambda *_: kiosk.stop_window())
    try:
        app.run()
    finally:
        kiosk.stop()
    if kiosk.power.starts_again:
        start_again()
    return 0


def data_directory(config: Config, chosen: Path | None) -> Path:
    """Where the journal lives: as asked for, as configured, or the usual place."""
    directory = chosen or (Path(config.storage.directory) if config.storage.directory else None)
    if directory is None:
        from platformdirs import user_data_path

        directory = user_data_path("adal")
    return directory


EXAMPLES = """examples:
  python -m kiosk                                   the kiosk, with config.toml
  python -m kiosk demo                              a demo shop with its own central server
  python -m kiosk enrol --server https://centre.example.kz --code 7KQ2-M8XP
  python -m kiosk count n1000=2 n500=4 c100=10      what the cash box holds
  python -m kiosk journal verify                    is the journal whole and unchanged?
  python -m kiosk volunteer add "Asel"              somebody who may come into the back room
  python -m kiosk products import goods.xlsx        goods and prices from a table
  python -m kiosk backup /media/stick               a copy of everything, checked
  python -m kiosk scan pack.jpg                     what is written in these bars?
  python -m kiosk doctor                            what is wrong here, and what to do?
"""

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code: 0 done, 1 failed, 2 wrong words."""
    words = list(sys.argv[1:] if argv is None else argv)
    early, rest = _common_options().parse_known_args(words)
    logging.basicConfig(
        level=logging.INFO if early.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        config, trouble = _settings(early.config, ask_doctor=rest[:1] == ["doctor"])
        directory = data_directory(config, early.data)
        if not rest:
            carry_out_restore(directory)
            return run_window(laid_over(early.config, directory), directory)
        options = _parser(directory, config, trouble).parse_args(words)
        return int(options.run(options))
    except AdalError as error:
        sys.stderr.write(f"adal-kiosk: {error}\n")
        return FAILED
    except OSError as error:
        what = f"{error.filename or 'A file'}: {error.strerror or error}"
        sys.stderr.write(f"adal-kiosk: {what}. Check that it is there and may be written.\n")
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _settings(path: Path, *, ask_doctor: bool) -> tuple[Config, str]:
    """The file's settings, and what is wrong with it: the doctor alone goes on without them."""
    try:
        return load_config(path), ""
    except ConfigError as error:
        if not ask_doctor:
            raise
        return Config(), str(error)


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=ROOT / "config.toml", help="settings (default: %(default)s)"
    )
    common.add_argument("--data", type=Path, help="folder of the journal (default: by config.toml)")
    common.add_argument("--verbose", action="store_true", help="say more on the way")
    return common


def _parser(directory: Path, config: Config, trouble: str) -> argparse.ArgumentParser:
    """The whole command line; its modules are only imported when it is used."""
    from kiosk import boxcount, demo, enrolling, products_command
    from kiosk.admin import pin_command
    from kiosk.backup import command as backup_command
    from kiosk.doctor import command as doctor_command
    from kiosk.install import command as install_command
    from kiosk.journal import commands as journal_commands
    from kiosk.scanner import command as scan_command

    parser = argparse.ArgumentParser(
        prog="adal-kiosk",
        description="Adal, the self-checkout of a shop without a seller.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_common_options()],
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    demo.add_command(commands, make_app)
    enrolling.add_command(commands, directory)
    boxcount.add_command(commands, directory, config.cash.kinds)
    journal_commands.add_commands(commands, directory)
    pin_command.add_command(commands, directory)
    products_command.add_command(commands, directory)
    backup_command.add_command(commands, directory)
    doctor_command.add_command(
        commands,
        config,
        directory,
        ROOT,
        harden=lambda: harden(WindowSettings()),
        upload_state=UPLOAD_STATE_FILE,
        trouble=trouble,
    )
    install_command.add_commands(commands, ROOT)
    scan_command.add_command(
        commands,
        lambda: make_source(str(config.camera.source)),
        lambda: known_codes(_goods_at_rest(directory)),
    )
    return parser


def _goods_at_rest(directory: Path) -> Catalogue:
    """The goods as a kiosk last noted them; its journal is not opened, so it may be running."""
    from kiosk.journal import Journal

    journal = LateJournal(lambda: Journal.open(directory))
    return LocalShelf(CatalogueStore(directory), journal).catalogue


if __name__ == "__main__":
    sys.exit(main())
