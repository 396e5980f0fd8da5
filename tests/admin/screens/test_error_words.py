"""What a screen says of an error: what to do, in the volunteer's language, and its technical part."""

import errno
import re
import sqlite3
from importlib import import_module
from pathlib import Path

import pytest

import kiosk
from kiosk.admin.backup_state import Outcome, Task
from kiosk.admin.setup_state import SetupProblem, SetupState
from kiosk.domain.errors import AdalError, ConfigError, JournalError
from kiosk.i18n import Texts
from kiosk.screens.tr import tr
from kiosk.sheets.faults import SheetError, Wrong
from tests.admin.screens.driver import OfficeKiosk
from tests.screens.driver import visible

PACKAGE = Path(kiosk.__file__).parent
LOCALE = PACKAGE.parent / "assets" / "locale"
RAISED = re.compile(r"^class \w+\(\w*(Error|Unreachable)\)", re.MULTILINE)
"""A class of errors: only modules with one need to be there."""
NEVER_SHOWN = {
    "CellError",  # becomes a row of the preview, which has its own words
    "TourError",  # the tour plays on a developer's machine
}
CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.IGNORECASE)


def classes(base: type[AdalError] = AdalError) -> set[type[AdalError]]:
    """Every class of the kiosk's tree, once all its modules are there."""
    below = {found for child in base.__subclasses__() for found in classes(child)}
    return {base, *below}


@pytest.fixture(scope="module")
def tree() -> list[type[AdalError]]:
    for path in PACKAGE.rglob("*.py"):
        if RAISED.search(path.read_text("utf-8")):
            import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    found = [each for each in classes() if each.__module__.startswith("kiosk.")]
    assert len(found) > 20
    return sorted(found, key=lambda each: each.__name__)


@pytest.fixture
def speak(window: None):
    """A function that has the window speak a language."""
    tr.load(Texts(LOCALE))
    yield tr.use
    tr.use("kk")


def test_every_kind_of_error_says_what_to_do_in_every_language(tree, speak) -> None:
    from kiosk.admin.screens.error_words import sentence_of

    for kind in tree:
        error = Exception.__new__(kind)
        if kind.__name__ in NEVER_SHOWN or isinstance(error, SheetError):
            continue
        speak("en")
        english = sentence_of(error)
        for language in ("kk", "ru"):
            speak(language)
            assert sentence_of(error) != english, (kind, language)
            assert CYRILLIC.search(sentence_of(error)), (kind, language)


def test_every_branch_of_the_tree_has_advice_of_its_own(tree) -> None:
    branches = {each for each in tree if each.__base__ is AdalError}
    silent = {each.__name__ for each in branches if "advice" not in vars(each)}
    assert silent == NEVER_SHOWN


def test_what_is_wrong_with_a_table_is_said_in_every_language(speak) -> None:
    from kiosk.admin.screens.error_words import told

    speak("ru")
    assert told(SheetError(Wrong.EMPTY)) == tr._(SheetError(Wrong.EMPTY).args[0])
    assert CYRILLIC.search(told(SheetError(Wrong.EMPTY)))


def refused(number: int) -> AdalError:
    """A save that the disk refused, as the kiosk's modules raise it."""
    try:
        try:
            raise OSError(number, "as the system says it", "/var/lib/adal/settings.json")
        except OSError as error:
            raise ConfigError(f"settings.json: cannot be written ({error.strerror}).") from error
    except ConfigError as error:
        return error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_disk_that_refuses_is_told_by_what_helps_then_by_file_and_number(speak, number) -> None:
    from kiosk.admin.screens.error_words import told

    for language in ("kk", "ru"):
        speak(language)
        sentence, detail = told(refused(number)).split("\n")
        assert CYRILLIC.search(sentence)
        assert sentence != tr._(ConfigError.advice)
        assert detail == f"settings.json: {errno.errorcode[number]}"


def test_a_full_disk_under_the_journal_is_known_through_all_its_wrappings(speak, tmp_path) -> None:
    from kiosk.admin.screens.error_words import told
    from kiosk.journal.database import in_words, writer_engine

    engine = writer_engine(tmp_path / "journal.db", create=True)
    with pytest.raises(JournalError) as caught, in_words("saving", tmp_path), engine.begin() as to:
        to.exec_driver_sql("PRAGMA max_page_count = 2")
        to.exec_driver_sql("CREATE TABLE filled (words TEXT)")
        to.exec_driver_sql("INSERT INTO filled VALUES (?)", ("x" * 100_000,))
    assert isinstance(caught.value.__cause__.__cause__, sqlite3.Error)
    speak("ru")
    assert "SQLITE_FULL" in told(caught.value)
    assert "не осталось места" in told(caught.value)


def test_words_too_long_for_a_line_are_cut(speak) -> None:
    from kiosk.admin.screens.error_words import DETAIL_LENGTH_MAX, detail_of

    detail = detail_of(AdalError("x" * 500 + "\udcff"))
    assert len(detail) == DETAIL_LENGTH_MAX + 1


def test_a_failed_backup_and_a_failed_set_up_say_it_in_the_volunteers_language(speak) -> None:
    from kiosk.admin.screens.backup import outcome_text
    from kiosk.admin.screens.setup_words import problem_of

    speak("ru")
    error = AdalError("Something that only a technician understands.")
    later = Outcome(Task.RESTORED, ok=False, message=str(error), trouble="other")
    state = SetupState(problem=SetupProblem.NOT_ENROLLED, error=error)
    for text in (
        outcome_text(Outcome(Task.MAKE, ok=False, message=str(error), error=error)),
        outcome_text(later),
        problem_of(state),
    ):
        sentence, detail = text.split("\n")
        assert CYRILLIC.search(sentence)
        assert detail == str(error)


def test_a_passing_word_of_the_office_is_in_the_volunteers_language(office: OfficeKiosk) -> None:
    office.come_in()
    office.room.office.set_language("ru")
    office.room.office.tell(refused(errno.ENOSPC))
    office.settle()
    [toast] = [each for each in visible(office.front()) if type(each).__name__ == "AdminToast"]
    assert toast.text.startswith("На диске или флешке не осталось места.")
    assert toast.text.endswith("settings.json: ENOSPC")
