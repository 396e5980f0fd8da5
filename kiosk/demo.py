"""``python -m kiosk demo``: a shop to try, with a central server of its own on this machine.

It is the real thing: a server process, a kiosk enrolled with a one-time code, a counted box and
a filled shelf. Only the packs before the lens are drawn, when there is no camera.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.backup import carry_out_restore
from kiosk.boxcount import parse_pieces
from kiosk.config import Camera, Config, Qr, load_config
from kiosk.domain.entries import CashCount, Stocktake, StocktakeLine
from kiosk.domain.errors import CameraError, SyncError
from kiosk.enrolling import enrol_kiosk
from kiosk.facts import ENROLMENT_FILE, ROOT
from kiosk.local_settings import laid_over
from kiosk.power import start_again
from kiosk.views import Screen

if TYPE_CHECKING:
    from kiosk.scanner.demo import DemoCamera
    from kiosk.scanner.sources import FrameSource
    from kiosk.screens.tour import Tour
    from kiosk.views import TillState
    from sync.enrolment import Enrolment

log = logging.getLogger(__name__)

SHOP = "demo"
REGION_MANGYSTAU = "47"
PORT_DEFAULT = 8484
SERVER_START_TIMEOUT_S = 60.0
BOX = "n2000=1 n1000=2 n500=4 c200=5 c100=8 c50=10 c20=12 c10=10 c5=8"
ON_THE_SHELF = 24
VOLUNTEER, PIN = "Demo", "271828"
QR_PAYLOAD = "https://pay.example/adal-demo"
"""A name reserved for examples: it leads nowhere."""
PACK_EVERY_S = 5.0
PACKS_PER_VISIT = 3

EXAMPLES = """examples:
  python -m kiosk demo                 the demo shop in a window
  python -m kiosk demo --tour          one purchase by itself, pictures in ./tour
  python -m kiosk demo --fresh         forget the last demo first
"""


MakeApp = Callable[..., tuple[Any, Any]]
"""``kiosk.front_room.make_app``, handed in by the command line."""


def add_command(subparsers: Any, make_app: MakeApp) -> None:
    """Adds ``demo`` to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo",
        help="a demo shop with its own central server",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dir", type=Path, help="folder of the demo (default: a user data folder)")
    parser.add_argument("--fresh", action="store_true", help="start with an empty folder")
    parser.add_argument("--port", type=int, default=PORT_DEFAULT, help="port of the server")
    parser.add_argument(
        "--tour",
        nargs="?",
        const=Path("tour"),
        type=Path,
        metavar="FOLDER",
        help="play one purchase with real touches and save a picture of every screen",
    )
    parser.set_defaults(run=lambda options: run_demo(options, make_app))


def run_demo(options: argparse.Namespace, make_app: MakeApp) -> int:
    """Starts server and kiosk, runs the window, ends both."""
    # Asked to end, the demo ends its server too.
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))
    directory = options.dir or _usual_directory()
    centre_directory, kiosk_directory = directory / "centre", directory / "kiosk"
    if options.fresh:
        # Only what a demo made: the folder may be any that was named on the command line.
        _forget(centre_directory)
        _forget(kiosk_directory)
    carry_out_restore(kiosk_directory)
    restarts = _run_once(options, make_app, centre_directory, kiosk_directory)
    if restarts:
        start_again(without=("--fresh",))  # or the demo would forget what was just done
    return 0


def _run_once(
    options: argparse.Namespace, make_app: MakeApp, centre_directory: Path, kiosk_directory: Path
) -> bool:
    """One run of server and window; whether the kiosk is to start again."""
    with central_server(centre_directory, options.port) as server_url:
        set_up_shop(centre_directory, kiosk_directory, server_url)
        config = demo_config(laid_over(options.config, kiosk_directory))
        _say(f"Central server: {server_url}   kiosk's data: {kiosk_directory}")
        _say(f"Back room: hold the shop's name for two seconds; PIN {PIN}")
        packs = DemoPacks(by_themselves=options.tour is None)
        app, kiosk = make_app(config, kiosk_directory, make_source=packs.make_source)
        packs.follow(kiosk)
        try:
            if options.tour is None:
                app.run()
                return bool(kiosk.power.starts_again)
            tour = _play(app, kiosk, options.tour, packs)
            _wait_until_sent(kiosk)
            _say(f"Receipt {tour.receipt}. The central server holds:")
            sale = _sale_at_centre(centre_directory, server_url, tour.receipt)
            _say(json.dumps(sale, ensure_ascii=False, indent=2))
            return False
        finally:
            packs.stop()
            kiosk.stop()


def demo_config(config: Config) -> Config:
    """The shipped settings with what a demo needs: a window and a QR that leads nowhere."""
    return msgspec.structs.replace(config, qr=Qr(QR_PAYLOAD), camera=Camera("auto"))


# --- the centre ---------------------------------------------------------------------------


@contextmanager
def central_server(directory: Path, port: int) -> Iterator[str]:
    """Runs the real central server in a process of its own; gives its address."""
    port = _free_port(port)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / "server.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sync", "serve", "--port", str(port), "--data", str(directory)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
        try:
            server_url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(server_url, process)
            yield server_url
        finally:
            process.terminate()
            process.wait(timeout=20)


def set_up_shop(centre: Path, kiosk_directory: Path, server_url: str) -> None:
    """Makes shop, catalogue and enrolment where they are missing; counts box and shelf once."""
    kiosk_directory.mkdir(parents=True, exist_ok=True)
    file = kiosk_directory / ENROLMENT_FILE
    if file.exists():
        _move_to(file, server_url)
    else:
        _enrol(centre, kiosk_directory, server_url)
    _let_volunteer_in(kiosk_directory)


def _enrol(centre: Path, kiosk_directory: Path, server_url: str) -> None:
    from sync.server import seed

    config = load_config(ROOT / "config.toml").shop
    code = seed.prepare(
        f"sqlite:///{centre.absolute() / 'adal.db'}",
        ROOT / "assets" / "demo" / "catalogue.csv",
        slug=SHOP,
        name=config.name["kk"],
        region_code=REGION_MANGYSTAU,
        cause=config.cause["kk"],
    )
    enrolled = enrol_kiosk(kiosk_directory, server_url, code)
    _fill(kiosk_directory, enrolled)


def centre_command(centre: Path, *words: list[str]) -> dict[str, Any]:
    """Runs one of the centre's own commands and gives its JSON answer.

    Raises:
        SyncError: when the command fails, with what it said.
    """
    flat = [word for part in words for word in part]
    done = subprocess.run(
        [sys.executable, "-m", "sync", *flat, "--data", str(centre), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SyncError(f"sync {' '.join(flat)} failed: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _fill(kiosk_directory: Path, enrolled: Enrolment) -> None:
    """A volunteer's first visit: the catalogue taken in, the box and the shelf counted."""
    from kiosk.catalogue import CatalogueStore
    from kiosk.journal import Journal
    from sync.centre import Centre

    with Centre(enrolled.server_url, enrolled.token) as centre:
        document = centre.catalogue(0)
    if document is None:
        raise SyncError("The central server has no catalogue; start the demo with --fresh.")
    published = CatalogueStore(kiosk_directory).replace(document)
    journal = Journal.open(kiosk_directory)
    try:
        counted = parse_pieces(BOX.split()).to_codes()
        shelf = tuple(StocktakeLine(p.product_id, ON_THE_SHELF) for p in published.products)
        journal.append(CashCount(counted, "demo")).result()
        journal.append(Stocktake(shelf, "demo")).result()
    finally:
        journal.close()


def _let_volunteer_in(kiosk_directory: Path) -> None:
    """Somebody has a PIN, so that the demo starts with the shop and not with its set-up."""
    from kiosk.admin.pins import PinBook

    book = PinBook(kiosk_directory)
    if not book.is_set_up:
        book.add(VOLUNTEER, PIN)


def _move_to(file: Path, server_url: str) -> None:
    """The server of this demo may have another port than last time."""
    from sync import enrolment

    enrolled = enrolment.load(file)
    if enrolled is not None and enrolled.server_url != server_url:
        enrolment.save(msgspec.structs.replace(enrolled, server_url=server_url), file)


def _wait_until_healthy(server_url: str, process: subprocess.Popen[bytes]) -> None:
    import httpx

    deadline_s = time.monotonic() + SERVER_START_TIMEOUT_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            if httpx.get(f"{server_url}/healthz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass  # not listening yet
        time.sleep(0.1)
    raise SyncError("The central server did not start; see server.log in the demo's folder.")


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one when somebody has it."""
    with socket.socket() as probe:
        # As the server itself does: a port that was just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- packs before the lens ----------------------------------------------------------------


class DemoPacks:
    """Shows a drawn pack now and then while a visit waits for goods, where no camera is.

    Packs that came by themselves at other times would push a visitor off the screen he is
    trying out.
    """

    def __init__(self, *, by_themselves: bool) -> None:
        self._by_themselves = by_themselves
        self._camera: DemoCamera | None = None
        self._packs: list[tuple[str, str]] = []
        self._state: Callable[[], TillState] | None = None
        self._stopping = threading.Event()

    def make_source(self, packs: list[tuple[str, str]]) -> FrameSource:
        """The first camera there is, else the drawn one; called in the scanner's thread.

        A tour always has the drawn one, so that it can ask for a pack.
        """
        from kiosk.scanner.camera import FirstCamera
        from kiosk.scanner.demo import DemoCamera

        if self._camera is None:
            self._packs = packs
            self._camera = DemoCamera(packs, automatic=False)
        return FirstCamera(otherwise=self._camera) if self._by_themselves else self._camera

    def show(self, gtin: str) -> None:
        """Holds this pack before the drawn lens, now."""
        if self._camera is None:
            raise CameraError("The drawn camera is not running; is there another kiosk?")
        self._camera.show(gtin)

    def follow(self, kiosk: Any) -> None:
        """Watches what the shopper is doing, and shows him a pack when he could use one."""
        if not self._by_themselves:
            return
        self._state = lambda: kiosk.till.state
        threading.Thread(target=self._run, name="demo-packs", daemon=True).start()

    def stop(self) -> None:
        """No more packs."""
        self._stopping.set()

    def _run(self) -> None:
        shown_in_visit = 0
        upcoming: Iterator[tuple[str, str]] | None = None
        while not self._stopping.wait(PACK_EVERY_S):
            if self._camera is None or self._state is None or not self._packs:
                continue
            upcoming = upcoming or cycle(self._packs)
            screen = self._state().screen
            if screen is Screen.START:
                shown_in_visit = 0
            elif screen is Screen.BASKET and shown_in_visit < PACKS_PER_VISIT:
                shown_in_visit += 1
                self._camera.show(next(upcoming)[0])


# --- small things -------------------------------------------------------------------------


def _play(app: Any, kiosk: Any, pictures: Path, packs: DemoPacks) -> Tour:
    """Plays one purchase in the window and leaves its pictures."""
    from kiosk.screens.tour import Tour

    tour = Tour(app, kiosk.till, pictures, packs.show)
    app.run()
    _say(f"Pictures: {pictures.absolute()}")
    if tour.error is not None:
        raise tour.error
    return tour


def _sale_at_centre(centre: Path, server_url: str, receipt: str) -> dict[str, Any]:
    """The sale with that receipt number, asked for as a coordinator's program would."""
    from sync.centre import Centre

    name = f"tour-{time.time_ns()}"
    token = centre_command(centre, ["token", "add", "--name", name])["token"]
    with Centre(server_url, token) as reader:
        page = json.loads(reader.sales({"shop": SHOP}))
    centre_command(centre, ["token", "revoke", "--name", name])
    for row in page["rows"]:
        if row["receipt"] == receipt:
            found: dict[str, Any] = row
            return found
    raise SyncError(f"The central server does not hold the sale {receipt}.")


def _wait_until_sent(kiosk: Any) -> None:
    until_s = time.monotonic() + SERVER_START_TIMEOUT_S
    while kiosk.uploader is None or kiosk.uploader.backlog:
        if time.monotonic() > until_s:
            raise SyncError("The sale did not reach the central server; see server.log.")
        time.sleep(0.1)


def _usual_directory() -> Path:
    from platformdirs import user_data_path

    return user_data_path("adal-demo")


def _forget(directory: Path) -> None:
    import shutil

    if directory.exists():
        shutil.rmtree(directory)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
