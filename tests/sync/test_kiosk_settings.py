"""Settings on their way from the centre to a kiosk: only ours, only newer, only signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.errors import ConfigError, WireError
from kiosk.domain.remote_values import SettingsDocument
from sync import wire
from sync.client import Hooks, State, SyncStatus, Uploader, UploaderSettings
from sync.enrolment import Enrolment
from sync.kiosk_settings import require_ours, settings_bytes
from sync.proof import signed_bytes
from tests.sync.harness import (
    MemoryJournal,
    OneAnswerServer,
    RunningServer,
    http_answer,
    wait_until,
)
from tests.web.people import logged_in
from tests.web.test_settings import save

KEY = Ed25519PrivateKey.generate()
SERVER_KEY = wire.to_base64(KEY.public_key().public_bytes_raw())
SHOP = 7


def signed(version: int, shop_id: int = SHOP, key: Ed25519PrivateKey = KEY) -> tuple[bytes, str]:
    document = msgspec.json.encode(SettingsDocument(version, shop_id, {"idle.thanks_s": 9}))
    return document, wire.to_base64(key.sign(settings_bytes(shop_id, document)))


def test_our_own_newer_settings_pass() -> None:
    document, signature = signed(3)
    assert require_ours(SERVER_KEY, signature, SHOP, 2, document).version == 3


@pytest.mark.parametrize("have", [3, 4, 2**31 - 1])
def test_an_old_version_played_again_is_refused(have: int) -> None:
    document, signature = signed(3)
    with pytest.raises(WireError, match="not newer"):
        require_ours(SERVER_KEY, signature, SHOP, have, document)


def test_another_key_another_shop_and_another_byte_are_refused() -> None:
    document, signature = signed(3)
    strange = signed(3, key=Ed25519PrivateKey.generate())
    others = signed(3, shop_id=SHOP + 1)
    for given, proof in (
        strange,
        others,
        (document.replace(b":9", b":8"), signature),
        (document + b" ", signature),
        (document, ""),
        (document, "AAAA"),
        (document, wire.to_base64(bytes(64))),
    ):
        with pytest.raises(WireError):
            require_ours(SERVER_KEY, proof, SHOP, 0, given)


def test_another_shops_settings_signed_for_ours_are_refused() -> None:
    """A mistake of the centre, not of the way."""
    document, _ = signed(3, shop_id=SHOP + 1)
    proof = wire.to_base64(KEY.sign(settings_bytes(SHOP, document)))
    with pytest.raises(WireError, match="another shop"):
        require_ours(SERVER_KEY, proof, SHOP, 0, document)


def test_a_catalogues_signature_is_none_for_settings() -> None:
    document, _ = signed(3)
    with pytest.raises(WireError):
        require_ours(
            SERVER_KEY, wire.to_base64(KEY.sign(signed_bytes(SHOP, document))), SHOP, 0, document
        )


# --- a real uploader ----------------------------------------------------------------------------


@dataclass
class Keeper:
    """Where settings go; as the kiosk's, without its screens."""

    version: int = 0
    taken: list[SettingsDocument] = field(default_factory=list)
    fails: bool = False

    def report(self) -> dict[str, str]:
        return {"in_effect": str(self.version), "refused": "", "waiting": ""}

    def take(self, document: bytes) -> None:
        if self.fails:
            raise ConfigError("The disk is full.")
        self.taken.append(msgspec.json.decode(document, type=SettingsDocument))
        self.version = self.taken[-1].version


@pytest.fixture
def keeper() -> Keeper:
    """Give a kiosk's place for settings."""
    return Keeper()


@pytest.fixture
def kiosk(
    sqlite_server: RunningServer, keeper: Keeper
) -> Iterator[tuple[Uploader, list[SyncStatus], MemoryJournal]]:
    """Give an uploader that runs, and what it tells."""
    journal, told = MemoryJournal(), list[SyncStatus]()
    uploader = following(sqlite_server.enrol(journal), journal, keeper, told)
    yield uploader, told, journal
    uploader.stop()


def following(
    given: Enrolment, journal: MemoryJournal, keeper: Keeper, told: list[SyncStatus]
) -> Uploader:
    settings = UploaderSettings(interval_s=0.05, backoff_s_min=0.05, backoff_s_max=0.05)
    hooks = Hooks(on_status=told.append, settings=keeper)
    uploader = Uploader(journal, given, settings, hooks)
    uploader.start()
    return uploader


def test_an_uploader_brings_each_version_once_and_says_what_it_has(
    sqlite_server: RunningServer, keeper: Keeper, kiosk: Any
) -> None:
    person = logged_in(sqlite_server)
    save(person, **{"idle.thanks_s": "9"})
    wait_until(lambda: keeper.version == 1)
    save(person, **{"idle.thanks_s": "11"})
    wait_until(lambda: keeper.version == 2)
    assert [one.values for one in keeper.taken] == [{"idle.thanks_s": 9}, {"idle.thanks_s": 11}]
    wait_until(lambda: "In effect</span>" in person.get("/shops/aktau-tsc/settings").text)
    assert len(keeper.taken) == 2


def test_a_disk_that_refuses_settings_does_not_hold_up_the_sales(
    sqlite_server: RunningServer, keeper: Keeper, kiosk: Any
) -> None:
    uploader, told, journal = kiosk
    keeper.fails = True
    save(logged_in(sqlite_server), **{"idle.thanks_s": "9"})
    wait_until(lambda: any("disk is full" in one.last_error for one in told))
    journal.add_sales(3)
    uploader.send_now()
    wait_until(lambda: uploader.backlog == 0)
    keeper.fails = False
    wait_until(lambda: keeper.version == 1)
    wait_until(lambda: uploader.status.state is State.IN_STEP)


def test_settings_that_somebody_on_the_way_made_up_are_refused_and_said(
    sqlite_server: RunningServer, keeper: Keeper
) -> None:
    from sync.centre import Centre
    from sync.take_settings import SettingsRefusedError, take_settings

    given = sqlite_server.enrol(MemoryJournal())
    document, signature = signed(3, shop_id=given.shop.shop_id)
    answer = http_answer(
        "200 OK",
        document,
        "Content-Type: application/json",
        f"{wire.SIGNATURE_HEADER}: {signature}",
    )
    with OneAnswerServer(answer) as liar, Centre(liar.url) as centre:
        with pytest.raises(SettingsRefusedError, match="not signed by our centre"):
            take_settings(centre, keeper, given)
        unknown = msgspec.structs.replace(given, server_key="")
        take_settings(centre, keeper, unknown)
        assert liar.requests == 1, "without a key to check by, nothing is even asked for"
    assert keeper.taken == []
