"""Taking numbers home with ``adal-sync pull``: all of it once, and later only what is new."""

import csv
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from kiosk.domain.entries import CashTender, Correction, Sale, SaleLine, SaleRef
from kiosk.domain.errors import WireError
from sync import journalfile, pull
from sync.__main__ import main
from sync.centre import NoAnswer
from sync.enrolment import Enrolment
from sync.pull import PullCentre, Question, Taken
from sync.server import admin
from tests.sync.harness import MemoryJournal, RunningServer, new_identity, running, sqlite_url
from tests.sync.test_upload import push


def reader_token(server: RunningServer) -> str:
    return server.store.write(lambda c: admin.add_token(c, name="pc", now_ms=1))


def filled(server: RunningServer, sales: int) -> tuple[MemoryJournal, Enrolment]:
    journal = MemoryJournal(new_identity())
    given = server.enrol(journal)
    journal.add_sales(sales)
    push(journal, given)
    return journal, given


def question(since: str = "1", what: str = "sales", **only: str) -> Question:
    is_more = since == "last"
    return Question(what, {} if is_more else pull.since(since), only, is_more)


def take(
    server: RunningServer,
    token: str,
    out: Path,
    since: str = "1",
    *,
    what: str = "sales",
    progress: pull.Progress = lambda done, total: None,
) -> Taken:
    with PullCentre(server.url, token) as centre:
        return pull.pull(centre, server.url, question(since, what), out, progress)


def rows_of(out: Path) -> list[dict]:
    if out.suffix == ".parquet":
        return parquet.read_table(out).to_pylist()
    if out.suffix == ".csv":
        with out.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


class Cut:
    """A network that goes away after so many pages."""

    def __init__(self, pages: int) -> None:
        self.pages, self.seen = pages, []

    def __call__(self, done: int, total: int | None) -> None:
        self.seen.append(done)
        if len(self.seen) == self.pages:
            raise NoAnswer("the network went away")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "PAGE_ROWS", 4)


def test_every_sale_comes_home_once_over_several_pages(
    server: RunningServer, tmp_path: Path
) -> None:
    journals = [filled(server, 25)[0], filled(server, 10)[0]]
    token, out, seen = reader_token(server), tmp_path / "sales.jsonl", []
    taken = take(server, token, out, progress=lambda done, total: seen.append((done, total)))
    assert taken == Taken(35, 35)
    assert seen[-1] == (35, 35)
    rows = rows_of(out)
    wanted = {(j.identity.kiosk_id, e.seq) for j in journals for e in j.entries}
    assert {(row["kiosk_id"], row["seq"]) for row in rows} == wanted
    assert rows[0]["time"].endswith("+05:00")
    assert take(server, token, tmp_path / "later.csv", "24").rows == 2
    assert take(server, token, tmp_path / "day.csv", "2026-01-01").rows == 35
    assert take(server, token, tmp_path / "none.csv", "2999-01-01").rows == 0
    assert (tmp_path / "none.csv").read_text("utf-8-sig").startswith("shop,region,kiosk_id")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_last_time_brings_only_what_came_since(
    sqlite_server: RunningServer, tmp_path: Path, kind: str
) -> None:
    server, out = sqlite_server, tmp_path / f"lines.{kind}"
    journal, given = filled(server, 9)
    token = reader_token(server)
    assert take(server, token, out, "last", what="lines") == Taken(9, 9)
    assert take(server, token, out, "last", what="lines") == Taken(0, 9)
    journal.add_sales(3)
    push(journal, given)
    filled(server, 5)
    assert take(server, token, out, "last", what="lines") == Taken(8, 17)
    rows = rows_of(out)
    assert len({(row["kiosk_id"], str(row["seq"])) for row in rows}) == len(rows) == 17
    assert sorted(p.name for p in tmp_path.glob("lines*")) == [out.name, f"{out.name}.state"]


@pytest.mark.parametrize("since", ["1", "last"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_broken_download_goes_on_where_it_stopped(
    sqlite_server: RunningServer, tmp_path: Path, since: str, kind: str
) -> None:
    server = sqlite_server
    journal, given = filled(server, 6)
    token = reader_token(server)
    whole, broken = tmp_path / f"whole.{kind}", tmp_path / f"broken.{kind}"
    take(server, token, broken, since)
    before = broken.read_bytes()
    journal.add_sales(18)
    push(journal, given)
    cut = Cut(3)
    with pytest.raises(NoAnswer):
        take(server, token, broken, since, progress=cut)
    assert broken.read_bytes() == before
    part = tmp_path / f"broken.{kind}.part"
    with part.open("ab") as file:
        file.write(b"half a page, " * 10_000)
    again: list[int] = []
    take(server, token, broken, since, progress=lambda done, total: again.append(done))
    take(server, token, whole, "1")
    assert rows_of(broken) == rows_of(whole)
    assert len(rows_of(whole)) == 24
    assert len(again) - 1 == {"1": 3, "last": 2}[since]
    assert [p.name for p in tmp_path.glob("*.part*")] == []


def test_a_download_that_brought_nothing_leaves_nothing_behind(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    token, out = reader_token(sqlite_server), tmp_path / "sales.csv"
    with pytest.raises(Exception, match="token"):
        take(sqlite_server, "read.wrong", out)
    assert list(tmp_path.glob("sales*")) == []
    assert take(sqlite_server, token, out, "last") == Taken(0, 0)  # a shop without a kiosk
    sqlite_server.stop()
    with pytest.raises(NoAnswer):
        take(sqlite_server, token, out, "last")
    assert sorted(p.name for p in tmp_path.glob("sales*")) == ["sales.csv", "sales.csv.state"]


def test_a_stop_between_the_file_and_its_state_is_mended(
    sqlite_server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, given = filled(sqlite_server, 6)
    token, out = reader_token(sqlite_server), tmp_path / "sales.csv"
    take(sqlite_server, token, out, "last")
    journal.add_sales(2)
    push(journal, given)
    replace = Path.replace

    def stop(path: Path, target: Path) -> Path:
        if path.name.endswith(".part.state"):
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            take(sqlite_server, token, out, "last")
    assert len(rows_of(out)) == 8
    journal.add_sales(1)
    push(journal, given)
    assert take(sqlite_server, token, out, "last") == Taken(1, 9)
    assert [row["seq"] for row in rows_of(out)] == [str(n) for n in range(1, 10)]


def test_another_question_does_not_go_on_with_an_old_download(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    filled(sqlite_server, 10)
    token, out = reader_token(sqlite_server), tmp_path / "sales.jsonl"
    with pytest.raises(NoAnswer):
        take(sqlite_server, token, out, progress=Cut(2))
    assert take(sqlite_server, token, out, "6").rows == 5
    assert [row["seq"] for row in rows_of(out)] == [6, 7, 8, 9, 10]


def test_a_file_is_not_mixed_with_another_servers_or_tables_or_a_persons_changes(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    filled(sqlite_server, 3)
    token, out = reader_token(sqlite_server), tmp_path / "sales.csv"
    take(sqlite_server, token, out, "last")
    (tmp_path / "other").mkdir()
    with running(sqlite_url(tmp_path / "other")) as other:
        other.add_shop()
        with pytest.raises(WireError, match="came from"):
            take(other, reader_token(other), out, "last")
    with pytest.raises(WireError, match="another table"):
        take(sqlite_server, token, out, "last", what="lines")
    out.write_bytes(out.read_bytes() + b"my own notes\r\n")
    with pytest.raises(WireError, match="was changed"):
        take(sqlite_server, token, out, "last")
    (tmp_path / "sales.csv.state").unlink()
    with pytest.raises(WireError, match=r"no sales\.csv\.state"):
        take(sqlite_server, token, out, "last")
    assert out.read_bytes().endswith(b"my own notes\r\n")


def test_a_part_from_another_server_is_not_gone_on_with(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    filled(sqlite_server, 9)
    out = tmp_path / "sales.jsonl"
    with pytest.raises(NoAnswer):
        take(sqlite_server, reader_token(sqlite_server), out, progress=Cut(2))
    (tmp_path / "other").mkdir()
    with running(sqlite_url(tmp_path / "other")) as other:
        other.add_shop()
        journal, _ = filled(other, 2)
        take(other, reader_token(other), out)
    assert {row["kiosk_id"] for row in rows_of(out)} == {journal.identity.kiosk_id}


def test_a_journal_taken_home_is_checked_with_no_server(
    server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal, given = filled(server, 9)
    journal.add_payload(b"\xff\x00")
    push(journal, given)
    out = tmp_path / "journal.jsonl"
    take(server, reader_token(server), out, "last", what="journal")
    [report] = journalfile.verify(journalfile.read_file(out))
    assert (report.entries, report.signed, report.key_known) == (10, True, True)
    assert (report.faults, report.head) == ((), journal.head())
    out.write_bytes(out.read_bytes().replace(b"180,", b"179,", 1))
    assert main(["verify", str(out)]) == 1


def test_a_spreadsheet_gets_numbers_as_numbers_and_no_formulas(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    server, journal = sqlite_server, MemoryJournal()
    given = server.enrol(journal)
    lines = (SaleLine('=HYPERLINK("http://evil")', 250, 1), SaleLine("Самса", 250, 2))
    sold = journal.add(Sale("c1", "ru", lines, 750, CashTender({"n1000": 1}, {}, 250)))
    journal.add(
        Correction(
            SaleRef(1, 1, sold.hash.hex()), "shopper", "mistake", lines, 750, 250, 0, "cash",
            1000, {"n1000": 1}, {},
        )
    )  # fmt: skip
    push(journal, given)
    token, out = reader_token(server), tmp_path / "sales.csv"
    take(server, token, out)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    first, second = rows_of(out)
    assert (first["total_tenge"], second["total_tenge"]) == ("750", "-750")
    assert (first["items"], second["left_to_cause_tenge"]) == ("3", "-250")
    assert first["receipt"] == sold.receipt
    assert first["goods"].startswith("1 × =HYPERLINK")
    take(server, token, tmp_path / "lines.csv", what="lines")
    assert rows_of(tmp_path / "lines.csv")[0]["name"] == '\'=HYPERLINK("http://evil")'


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "-5", "1.5"])
def test_a_since_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(WireError, match="--since"):
        pull.since(text)


def test_the_command_line_says_what_came(
    sqlite_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(sqlite_server, 5)
    out = tmp_path / "lines.csv"
    words = ["pull", "--what", "lines", "--since", "last", "--out", str(out)]
    words += ["--server", sqlite_server.url, "--json"]
    assert main(words) == 1
    assert "Downloads" in capsys.readouterr().err
    assert main([*words, "--token", reader_token(sqlite_server)]) == 0
    assert json.loads(capsys.readouterr().out) == {"new_rows": 5, "rows": 5, "out": str(out)}
    assert main([*words, "--token", "read.wrong"]) == 1


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_a_file_of_a_program_that_knew_other_columns_is_not_mixed_with_new_ones(
    sqlite_server: RunningServer, tmp_path: Path, kind: str
) -> None:
    journal, given = filled(sqlite_server, 3)
    token, out = reader_token(sqlite_server), tmp_path / f"sales.{kind}"
    take(sqlite_server, token, out, "last")
    beside = tmp_path / f"sales.{kind}.state"
    known = json.loads(beside.read_text("utf-8"))
    assert known.pop("columns")[-1] == "true_time"
    beside.write_text(json.dumps(known), "utf-8")
    journal.add_sales(1)
    push(journal, given)
    if kind == "jsonl":  # each line names its own
        assert take(sqlite_server, token, out, "last") == Taken(1, 4)
        return
    before = out.read_bytes()
    with pytest.raises(WireError, match="other columns"):
        take(sqlite_server, token, out, "last")
    assert out.read_bytes() == before
    assert take(sqlite_server, token, out) == Taken(4, 4)
    assert take(sqlite_server, token, out, "last") == Taken(0, 4)
