"""Sends the fleet's lives to a real centre: enrolled kiosks, signed journals, over HTTP."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chain
from kiosk.domain.entries import Entry, EntryBody, Stamp, encode
from kiosk.domain.errors import SyncError
from kiosk.domain.ledger import KAZAKHSTAN
from sync import enrolment, wire
from sync.centre import Centre, NoAnswer
from sync.fleet.life import Life, invented
from sync.fleet.places import CAUSES, KIND_WEIGHTS, KINDS, REGIONS

SOFTWARE = "adal 0.1.0 (demo fleet)"
NEWEST_UNSENT_DAYS = 2
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
"""Before each further try: a hundred shops at once keep a small machine busy."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A shop that the centre must know before its kiosk can enrol."""

    slug: str
    name: str
    region_code: str
    cause: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a fleet, how long, ending when; the same seed gives the same lives."""

    shops: int
    days: int
    seed: int
    end_ms: int

    @property
    def first_day(self) -> date:
        """The day that all shops open."""
        end = datetime.fromtimestamp(self.end_ms / 1000, KAZAKHSTAN).date()
        return end - timedelta(days=self.days - 1)

    def end_of_day_ms(self, number: int) -> int:
        """Midnight after a day, or now on the last."""
        day = self.first_day + timedelta(days=number + 1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=KAZAKHSTAN)
        return min(int(midnight.timestamp() * 1000), self.end_ms)


@dataclass(slots=True)
class Summary:
    """What was sent; ``silent``: shops that were not heard of at the end."""

    shops: int = 0
    regions: int = 0
    days: int = 0
    entries: int = 0
    suggestions: int = 0
    silent: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def places(plan: Plan) -> list[Place]:
    """The shops, spread over the regions: the first has most."""
    rng = random.Random(plan.seed)
    weights = [1 / (n + 2) for n in range(len(REGIONS))]
    # Every region that can have one has one.
    codes = list(REGIONS[: plan.shops])
    codes += rng.choices(REGIONS, weights, k=plan.shops - len(codes))
    made = []
    for number, code in enumerate(codes, 1):
        kind, name = rng.choices(KINDS, KIND_WEIGHTS)[0]
        slug = f"demo{plan.seed}-{code}-{kind}-{number}"
        made.append(Place(slug, f"{name} № {number}", code, rng.choice(CAUSES)))
    return made


def patiently(ask: Callable[[], T]) -> T:
    """The answer of a centre that may be busy at first; what was sent twice counts once.

    Raises:
        NoAnswer: of the last try.
    """
    for pause_s in PAUSES_S:
        try:
            return ask()
        except NoAnswer as error:
            time.sleep(max(pause_s, error.retry_after_s or 0.0))
    return ask()


class FleetKiosk:
    """One kiosk: its key, its chain, its life, its connection to the centre."""

    def __init__(self, place: Place, plan: Plan) -> None:
        self.place = place
        seed = f"{plan.seed} {place.slug}"
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.kiosk_id = chain.kiosk_id_of(self._key.public_key().public_bytes_raw())
        rng = random.Random(seed)
        self.life = Life(rng, invented(rng, plan.days), place.slug)
        self._holds_back = rng.random() < 0.04
        self._plan = plan
        self._unsent: list[chain.StoredEntry] = []
        self._catalogue_version = 0
        self.entries = self.suggestions = 0

    @property
    def is_silent(self) -> bool:
        """Whether it stops being heard of before the end."""
        return self.life.character.silent_days > 0

    @property
    def waiting(self) -> int:
        """Entries that the centre knows of and lacks."""
        return len(self._unsent)

    def enrol(self, server_url: str, code: str) -> None:
        """Asks to belong to its shop, with the code of a coordinator."""
        given = patiently(
            lambda: enrolment.enrol(
                server_url, code, kiosk_id=self.kiosk_id, epoch=1, key=self._key, software=SOFTWARE
            )
        )
        self._head = chain.Head(given.epoch, 0, bytes.fromhex(given.link_hash))
        self._centre = Centre(server_url, given.token, software=SOFTWARE)

    def live(self, number: int) -> None:
        """Lives one day and sends what it made, unless it has fallen silent."""
        if number >= self._plan.days - self.life.character.silent_days:
            return
        day = self._plan.first_day + timedelta(days=number)
        for body, at_ms in self.life.day(day, number):
            # The last day is not over yet.
            if at_ms <= self._plan.end_ms:
                self._write(body, at_ms)
        is_held_back = self._holds_back and number >= self._plan.days - NEWEST_UNSENT_DAYS
        self._send(1 if is_held_back and len(self._unsent) > 1 else len(self._unsent))
        self._take_catalogue()

    def _take_catalogue(self) -> None:
        """As a kiosk does: takes the newest, and tells with the next mark which one it has."""
        mark = patiently(lambda: self._centre.mark(self._catalogue_version))
        if mark.catalogue_version == self._catalogue_version:
            return
        document = patiently(lambda: self._centre.catalogue(self._catalogue_version))
        if document is not None:
            self._catalogue_version = msgspec.json.decode(
                document, type=wire.CatalogueDocument
            ).version

    def close(self) -> None:
        """Ends the connection."""
        self._centre.close()

    def _write(self, body: EntryBody, at_ms: int) -> None:
        stamp = Stamp(at_ms, "demo", max(0, at_ms - self.life.boot_ms))
        entry = chain.make_entry(self._key, self.kiosk_id, self._head, encode(Entry(body, stamp)))
        self._head = entry.head
        self._unsent.append(entry)

    def _send(self, count: int) -> None:
        wanted, self._unsent = self._unsent[:count], self._unsent[count:]
        head_seq = self._head.seq
        while wanted:
            run = wire.fitting(wanted)
            batch = wire.make_batch(run, head_seq)
            ack = patiently(partial(self._centre.push, batch))
            if ack.head_hash != run[-1].hash.hex():
                raise SyncError("The centre acknowledged something else; is it the right one?")
            self.entries += len(run)
            wanted = wanted[len(run) :]
        if not self._unsent:
            self._send_wishes()

    def _send_wishes(self) -> None:
        while self.life.wishes:
            name, salt, text = self.life.wishes.pop()
            wish = wire.SuggestionText(self.kiosk_id, name, salt, text)
            patiently(partial(self._centre.suggestion, wish))
            self.suggestions += 1


def run_fleet(
    plan: Plan,
    server_url: str,
    code_for: Callable[[Place], str],
    *,
    workers: int,
    set_clock: Callable[[int], Any] = lambda _: None,
    progress: Callable[[int], Any] = lambda _: None,
) -> Summary:
    """Fills a centre.

    Args:
        plan: how much life.
        server_url: the centre's address.
        code_for: makes a shop known to the centre and gives a code that enrols its kiosk.
        workers: kiosks that send at once.
        set_clock: told the time (ms UTC) that each day is sent at, if the centre lets us.
        progress: told how many more days of shops are done.

    Raises:
        AdalError: when the centre refuses or cannot be reached.
    """
    kiosks = [FleetKiosk(place, plan) for place in places(plan)]
    set_clock(plan.end_of_day_ms(-1))
    for kiosk in kiosks:
        kiosk.enrol(server_url, code_for(kiosk.place))

    def one(kiosk: FleetKiosk, number: int) -> None:
        kiosk.live(number)
        progress(1)

    try:
        with ThreadPoolExecutor(workers) as pool:
            for number in range(plan.days):
                set_clock(plan.end_of_day_ms(number))
                for done in [pool.submit(one, kiosk, number) for kiosk in kiosks]:
                    done.result()
    finally:
        for kiosk in kiosks:
            kiosk.close()
    return _summary(plan, kiosks)


def _summary(plan: Plan, kiosks: Sequence[FleetKiosk]) -> Summary:
    return Summary(
        shops=len(kiosks),
        regions=len({kiosk.place.region_code for kiosk in kiosks}),
        days=plan.days,
        entries=sum(kiosk.entries for kiosk in kiosks),
        suggestions=sum(kiosk.suggestions for kiosk in kiosks),
        silent=[kiosk.place.slug for kiosk in kiosks if kiosk.is_silent],
        waiting=[kiosk.place.slug for kiosk in kiosks if kiosk.waiting],
    )
