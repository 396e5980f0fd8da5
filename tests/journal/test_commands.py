"""``python -m kiosk journal …`` for people and for programs."""

import argparse
import base64
import json

import pytest

from kiosk.domain import chain
from kiosk.domain.chain import StoredEntry
from kiosk.journal import Journal
from kiosk.journal.commands import add_commands
from kiosk.journal.export import line_of
from tests.journal.support import Times, fill, surgery

COUNT = 8


@pytest.fixture
def closed(directory):
    journal = Journal.open(directory, clock=Times().clock())
    fill(journal)
    journal.close()
    return directory


@pytest.fixture
def run(directory, capfdbinary):
    """Runs ``journal …`` and gives exit code, output and complaints."""

    def command(*words):
        parser = argparse.ArgumentParser(prog="kiosk")
        add_commands(parser.add_subparsers(), directory)
        args = parser.parse_args(["journal", *words])
        code = args.run(args)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return command


def test_verify_says_that_all_is_well(closed, run):
    code, out, err = run("verify")
    assert code == 0
    assert "(8 entries) is as it was written" in out
    assert err == ""


def test_verify_names_what_is_wrong_and_exits_with_1(closed, run):
    with surgery(closed) as connection:
        connection.execute("UPDATE entry SET payload = x'7b7d' WHERE seq = 3")
    code, out, _ = run("verify")
    assert code == 1
    assert "fault: entry 1/3 was changed" in out
    assert "NOT in order" in out


def test_verify_answers_programs_in_one_line(closed, run):
    code, out, _ = run("verify", "--json")
    answer = json.loads(out)
    assert code == 0
    assert out.count("\n") == 1
    assert (answer["ok"], answer["entries"], answer["heads"][0]["seq"]) == (True, COUNT, COUNT)


@pytest.mark.parametrize("words", [["verify"], ["rebuild"], ["export", "--out", "x"], ["show"]])
def test_without_a_journal_each_command_says_so_and_exits_with_2(run, words, tmp_path):
    code, out, err = run(*words, "--data", str(tmp_path / "nowhere"))
    assert (code, out) == (2, "")
    assert "There is no journal at" in err
    code, out, _ = run(*words, "--json", "--data", str(tmp_path / "nowhere"))
    assert code == 2
    assert json.loads(out)["ok"] is False


def test_rebuild_tells_what_it_set_right(closed, run):
    with surgery(closed) as connection:
        connection.execute("UPDATE stock SET quantity = 1")
    code, out, _ = run("rebuild")
    assert code == 0
    assert "set right: stock of water: 1 cached, 95 by the entries" in out
    code, out, _ = run("rebuild", "--json")
    assert json.loads(out) == {
        "ok": True,
        "entries": COUNT,
        "replaced": [],
        "restored": [],
        "entry_faults": [],
    }


def test_rebuild_refuses_a_journal_that_was_changed(closed, run):
    with surgery(closed) as connection:
        connection.execute("UPDATE entry SET payload = x'7b7d' WHERE seq = 3")
    code, out, _ = run("rebuild")
    assert code == 1
    assert "Nothing was rebuilt" in out


def test_an_export_carries_everything_a_stranger_needs_to_check_it(closed, run, tmp_path):
    out = tmp_path / "journal.jsonl"
    code, _, _ = run("export", "--out", str(out))
    assert code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(lines) == COUNT
    public_key = bytes.fromhex(lines[0]["public_key"])
    assert lines[0]["kiosk_id"] == chain.kiosk_id_of(public_key)
    assert all("public_key" not in line for line in lines[1:])
    stored = [
        StoredEntry(
            line["kiosk_id"],
            line["epoch"],
            line["seq"],
            bytes.fromhex(line["prev_hash"]),
            bytes.fromhex(line["hash"]),
            line["payload"].encode(),
            bytes.fromhex(line["signature"]),
        )
        for line in lines
    ]
    assert not list(chain.link_faults(stored, chain.Head(1, 0, chain.GENESIS)))
    assert not list(chain.signature_faults(stored, public_key))


def test_an_export_can_begin_in_the_middle_and_go_to_the_output(closed, run):
    code, out, _ = run("export", "--since", "1/5", "--out", "-")
    assert code == 0
    assert [json.loads(line)["seq"] for line in out.splitlines()] == [6, 7, 8]


def test_an_export_that_cannot_be_written_leaves_nothing(closed, run, tmp_path):
    code, _, err = run("export", "--out", str(tmp_path / "no such place" / "x.jsonl"))
    assert code == 2
    assert "cannot be written" in err
    assert not list(tmp_path.glob("*.part"))


def test_a_payload_that_is_no_utf_8_travels_in_base64():
    entry = StoredEntry("k", 1, 1, bytes(32), bytes(32), b"\xff{}", bytes(64))
    fields = json.loads(line_of(entry))
    assert "payload" not in fields
    assert base64.b64decode(fields["payload_base64"]) == b"\xff{}"


def test_show_prints_the_last_entries_in_plain_words(closed, run):
    code, out, _ = run("show", "-n", "3")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["1/6", "1/7", "1/8"]
    assert "360\u00a0₸ by Cash: 1 × Су" in out
    assert "suggestion" in out
    assert "2027-02-09 05:00:00" in out


def test_show_prints_what_it_cannot_read_as_such(closed, run):
    with surgery(closed) as connection:
        connection.execute("UPDATE entry SET payload = x'ff' WHERE seq = 8")
    code, out, _ = run("show", "-n", "1")
    assert code == 0
    assert "unreadable" in out
    code, out, _ = run("show", "-n", "2", "--json")
    assert [json.loads(line).get("payload_base64") for line in out.splitlines()] == [None, "/w=="]


@pytest.mark.parametrize("since", ["5", "1/", "/5", "1/x", "-1/5"])
def test_a_position_that_is_none_is_refused_by_its_name(run, since):
    with pytest.raises(SystemExit) as caught:
        run("export", "--out", "-", f"--since={since}")
    assert caught.value.code == 2


@pytest.mark.parametrize("name", ["verify", "rebuild", "export", "show"])
def test_each_commands_help_has_examples(name, tmp_path, capsys):
    parser = argparse.ArgumentParser(prog="kiosk")
    add_commands(parser.add_subparsers(), tmp_path)
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["journal", name, "--help"])
    assert caught.value.code == 0
    assert f"  python -m kiosk journal {name}" in capsys.readouterr().out
