"""What is signed each day, and what somebody who kept it can show later."""

import argparse
import json
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select

from kiosk.domain import chain
from kiosk.domain.errors import WireError
from sync import checkpoints as kept
from sync.__main__ import main
from sync.checkpoints import Checkpoint, CheckpointHead, check, check_links, sign
from sync.cli import checkpoints as command
from sync.server import admin
from sync.server import checkpoints as centre
from sync.server.schema import entry, watermark
from sync.server.schema.voices import checkpoint
from sync.server.server_key import server_key
from sync.wire import from_base64, payload_fields, to_base64
from tests.sync.harness import MemoryJournal, RunningServer, wait_until
from tests.sync.test_upload import push

DAY_MS = 86_400_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def made_of(journal: MemoryJournal, seq: int, key: Ed25519PrivateKey = KEY, **more: object):
    """A checkpoint that names one head of a journal."""
    at = journal.entries[seq - 1]
    head = CheckpointHead(at.kiosk_id, at.epoch, at.seq, at.hash.hex())
    content = Checkpoint("47", "2026-11-21", 1, kept.NO_PREVIOUS, [head])
    fields = {name: getattr(content, name) for name in content.__struct_fields__}
    return sign(Checkpoint(**{**fields, **more}), key)


def journal_of(count: int) -> MemoryJournal:
    journal = MemoryJournal()
    journal.add_sales(count)
    return journal


def rewritten(journal: MemoryJournal, seq: int) -> MemoryJournal:
    """A forger with the kiosk's key: one entry changed, all after it chained and signed again."""
    forged = MemoryJournal(journal.identity)
    for old in journal.entries:
        payload = old.payload.replace(b"180", b"980") if old.seq == seq else old.payload
        forged.add_payload(payload)
    return forged


def test_a_day_is_signed_once_for_each_region_and_names_the_day_before(
    server: RunningServer,
) -> None:
    journal = journal_of(3)
    given = server.enrol(journal)
    push(journal, given)
    now_ms = server.settings.now_ms()
    assert centre.make_due(server.store, now_ms - DAY_MS) == ["47"]
    journal.add_sales(1)
    push(journal, given)
    assert centre.make_due(server.store, now_ms) == ["47"]
    assert centre.make_due(server.store, now_ms + 1) == []
    key = server_key(server.store).public_key().public_bytes_raw()
    days = server.store.read(lambda c: centre.days_of(c, "47", 9))
    second, first = (
        kept.read(httpx.get(f"{server.url}/checkpoints/47/{day.isoformat()}.json").content)
        for day in days
    )
    assert first.is_signed_by(key)
    assert second.is_signed_by(key)
    assert first.content.previous_hash == kept.NO_PREVIOUS
    assert second.content.previous_hash == first.hash
    assert [head.seq for head in first.content.heads] == [3]
    assert second.content.heads[0].hash == journal.head().hash.hex()
    assert check_links([first, second]) == []
    assert check(journal.entries, second, key) == []


def test_a_days_checkpoint_never_changes_and_is_cached_for_ever(sqlite_server) -> None:
    server = sqlite_server
    centre.make_due(server.store, server.settings.now_ms())
    latest = f"{server.url}/checkpoints/47/latest.json"
    first = httpx.get(latest)
    day = kept.read(first.content).content.day
    again = httpx.get(f"{server.url}/checkpoints/47/{day}.json")
    assert again.content == first.content
    assert "immutable" in again.headers["cache-control"]
    assert "immutable" not in first.headers["cache-control"]
    tag = {"If-None-Match": first.headers["etag"]}
    assert httpx.get(latest, headers=tag).status_code == 304
    for path in ("47/2020-01-01", "75/latest", "47/nonsense", "47/..%2f..%2fetc"):
        assert httpx.get(f"{server.url}/checkpoints/{path}.json").status_code == 404


def test_several_servers_at_once_make_one(server: RunningServer) -> None:
    now_ms = server.settings.now_ms()
    centre.make_due(server.store, now_ms)
    began = threading.Barrier(4)
    made: list[list[str]] = []

    def work() -> None:
        began.wait()
        made.append(centre.make_due(server.store, now_ms + DAY_MS))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [[], [], [], ["47"]]
    assert (
        server.store.read(lambda c: c.execute(select(func.count(checkpoint.c.day))).scalar()) == 2
    )


def test_a_journal_that_grew_honestly_agrees_with_what_was_kept() -> None:
    journal = journal_of(5)
    at_three = made_of(journal, 3)
    assert check(journal.entries, at_three) == []
    # A part of it that begins right after the checkpoint proves it too.
    assert check(journal.entries[3:], at_three) == []


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_journal_that_was_written_anew_is_found_though_its_own_chain_holds(seq: int) -> None:
    journal = journal_of(5)
    forged = rewritten(journal, seq)
    start = chain.Head(1, 0, chain.GENESIS)
    assert list(chain.link_faults(forged.entries, start)) == []
    [fault] = check(forged.entries, made_of(journal, 3))
    assert "entry 3 is not the one" in fault
    [fault] = check(forged.entries[3:], made_of(journal, 3))
    assert "entry 4 does not follow" in fault
    # A change after that day is not the checkpoint's to know.
    assert check(rewritten(journal, 4).entries, made_of(journal, 3)) == []


def test_entries_missing_at_the_end_are_found_which_no_chain_shows_by_itself() -> None:
    journal = journal_of(5)
    [fault] = check(journal.entries[:4], made_of(journal, 5))
    assert "ends at 4" in fault
    [fault] = check(journal.entries[4:], made_of(journal, 2))
    assert "cannot be compared" in fault
    other = journal_of(1)
    assert "does not stand in" in check(other.entries, made_of(journal, 5))[0]


def test_a_file_without_its_beginning_agrees_only_when_it_follows_a_checkpoint() -> None:
    journal = journal_of(9)
    at_three, at_eight = made_of(journal, 3), made_of(journal, 8, day="2026-11-22")
    [fault] = check(journal.entries[1:], at_eight)
    assert "entries 1 to 1 are missing" in fault
    assert "1 to 3 are missing" in check(journal.entries[3:], at_eight)[0]
    assert check(journal.entries[3:], at_eight, earlier=[at_three]) == []
    assert check(journal.entries[3:], at_three, earlier=[at_eight]) == []
    # What begins after somebody else's signature begins after nothing.
    stranger = made_of(journal, 3, Ed25519PrivateKey.generate())
    assert check(journal.entries[3:], at_eight, earlier=[stranger])


def test_an_epoch_that_is_left_out_is_found() -> None:
    journal = journal_of(2)
    head = journal.entries[-1]
    later = CheckpointHead(head.kiosk_id, 2, 7, "00" * 32)
    first = CheckpointHead(head.kiosk_id, 1, 2, head.hash.hex())
    [fault] = check(journal.entries, made_of(journal, 2, heads=[first, later]))
    assert "epoch 2 is missing" in fault


def test_a_changed_or_foreign_checkpoint_is_not_believed() -> None:
    journal = journal_of(2)
    made = made_of(journal, 2)
    changed = replace(made, document=made.document.replace(b'"seq":2', b'"seq":1'))
    assert "was changed" in check(journal.entries, changed)[0]
    stranger = made_of(journal, 2, Ed25519PrivateKey.generate())
    own = KEY.public_key().public_bytes_raw()
    assert "another key" in check(journal.entries, stranger, own)[0]
    assert check(journal.entries, made, own) == []
    for junk in (
        b"",
        b"{}",
        made.to_file()[:-9],
        made.to_file().replace(b'"signature":"', b'"x":"'),
    ):
        with pytest.raises(WireError):
            kept.read(junk)


def test_checkpoints_that_contradict_each_other_are_found() -> None:
    journal = journal_of(5)
    first = made_of(journal, 5)
    next_day = {"day": "2026-11-22", "previous_hash": first.hash}
    assert check_links([first, made_of(journal, 5, **next_day)]) == []
    [fault] = check_links([made_of(journal, 3, **next_day), first])
    assert "became shorter" in fault
    [fault] = check_links([first, made_of(rewritten(journal, 5), 5, **next_day)])
    assert "entry 5 differs" in fault
    [fault] = check_links([first, made_of(journal, 5, day="2026-11-22")])
    assert "does not follow" in fault
    [fault] = check_links([first, made_of(journal, 5, made_ms=2)])
    assert "two different" in fault


def test_the_command_line_checks_an_exported_journal_offline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = journal_of(4)
    (tmp_path / "47.json").write_bytes(made_of(journal, 4).to_file())
    own = to_base64(KEY.public_key().public_bytes_raw())

    def verify(entries, *more: str) -> tuple[int, dict]:
        _export(tmp_path / "journal.jsonl", entries, journal.identity.public_key)
        paths = (str(tmp_path / "journal.jsonl"), "--checkpoint", str(tmp_path / "47.json"))
        code = main(["verify", *paths, "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    assert verify(journal.entries, "--server-key", own)[0] == 0
    code, said = verify(rewritten(journal, 2).entries)
    assert (code, said["ok"], said["faults"]) == (1, False, [])
    assert "entry 4 is not the one" in said["checkpoint_faults"][0]
    assert verify(journal.entries[:3])[0] == 1
    assert verify(journal.entries, "--server-key", to_base64(bytes(32)))[0] == 1


def test_what_the_centre_lost_shows_in_its_next_checkpoint(server: RunningServer) -> None:
    journal = journal_of(3)
    push(journal, server.enrol(journal))
    now_ms = server.settings.now_ms()
    centre.make_due(server.store, now_ms)
    server.store.write(lambda c: c.execute(delete(watermark)))
    centre.make_due(server.store, now_ms + DAY_MS)
    key = server_key(server.store).public_key().public_bytes_raw()
    days = server.store.read(lambda c: centre.days_of(c, "47", 9))
    found = server.store.read(
        lambda c: [centre.find(c, "47", day.isoformat(), key) for day in days]
    )
    assert "left the region" in check_links(found)[0]
    assert server.store.read(lambda c: c.execute(select(func.count(entry.c.seq))).scalar()) == 3


def test_a_region_without_shops_has_none_and_one_without_kiosks_an_empty_one(
    sqlite_server: RunningServer,
) -> None:
    server = sqlite_server
    server.store.write(
        lambda c: admin.add_shop(
            c, slug="other", name="Дүкен", region_code="75", cause="", now_ms=1
        )
    )
    assert centre.make_due(server.store, server.settings.now_ms()) == ["47", "75"]
    latest = httpx.get(f"{server.url}/checkpoints/75/latest.json")
    assert kept.read(latest.content).content.heads == []


def _export(path: Path, entries, public_key: bytes) -> None:
    lines = [
        {
            "kiosk_id": one.kiosk_id,
            "epoch": one.epoch,
            "seq": one.seq,
            "prev_hash": one.prev_hash.hex(),
            "hash": one.hash.hex(),
            "signature": one.signature.hex(),
            "public_key": public_key.hex(),
            **payload_fields(one.payload),
        }
        for one in entries
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")


def test_the_server_makes_what_is_due_by_itself_while_it_runs(sqlite_server) -> None:
    server = sqlite_server
    with centre.making(server.store, server.settings.now_ms):
        wait_until(lambda: bool(server.store.read(centre.latest_days)))
    assert list(server.store.read(centre.latest_days)) == ["47"]


def test_the_command_line_makes_checkpoints_and_writes_them_to_files(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = sqlite_server
    journal = journal_of(2)
    push(journal, server.enrol(journal))

    def run(*words: str) -> dict:
        parser = argparse.ArgumentParser()
        command.add_commands(parser.add_subparsers())
        options = parser.parse_args(
            ["checkpoint", *words, "--json", "--db", server.settings.database_url]
        )
        assert options.run(options) == 0
        return json.loads(capsys.readouterr().out)

    said = run("make")
    assert said["made"] == ["47"]
    assert run("make")["made"] == []
    file = tmp_path / "47.json"
    assert run("get", "--region", "47", "--out", str(file))["heads"] == 1
    key = from_base64(said["server_key"], 32, "key")
    assert check(journal.entries, kept.read_file(file), key) == []
