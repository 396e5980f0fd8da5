"""What the first start says."""

from __future__ import annotations

from kiosk.admin.screens.error_words import told
from kiosk.admin.setup_progress import SetupStep
from kiosk.admin.setup_state import CODE, SERVER, SetupProblem, SetupState
from kiosk.screens.tr import tr

OWN_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""Each language by its own name, in whatever language the page is."""

SHOP_NAME_LENGTH_MAX = 40
CAUSE_LENGTH_MAX = 80
URL_LENGTH_MAX = 200


def field_names(state: SetupState) -> list[tuple[str, str]]:
    """The step's fields and what their keys say."""
    names = {**OWN_NAMES, SERVER: tr._("Address of the centre"), CODE: tr._("One-time code")}
    return [(name, names.get(name, "")) for name in state.texts]


def hint_of(state: SetupState) -> str:
    """What to type."""
    if state.step is SetupStep.ENROL:
        return (
            tr._("The one-time code, as the coordinator told it.")
            if state.chosen == CODE
            else tr._("The address of the centre. The coordinator knows it.")
        )
    return {
        SetupStep.NAME: tr._("The shop's name, as shoppers see it."),
        SetupStep.CAUSE: tr._("What the money is for."),
        SetupStep.VOLUNTEER: tr._("Name of the first volunteer. Only this kiosk shows it."),
    }[state.step]


def problem_of(state: SetupState) -> str:
    """What is in the way, and what to do; empty when nothing is."""
    if state.problem is None:
        return ""
    return {
        SetupProblem.NAME_REFUSED: tr._("This name is taken. Please type another one."),
        SetupProblem.NO_ADDRESS: tr._("This is no address. Like: centre.example.kz"),
        SetupProblem.OVERHEARD: tr._(
            "Without https the code can be read on the way. To go on, press Next again."
        ),
        SetupProblem.CODE_REFUSED: tr._(
            "The centre did not take the code. Please ask for a new one."
        ),
        SetupProblem.UNREACHABLE: tr._("No answer. Check the network and the address."),
        SetupProblem.NOT_ENROLLED: tr._("That did not work: {error}"),
        SetupProblem.NOT_SAVED: tr._("Not saved: {error}"),
    }[state.problem].format(error=told(state.error) if state.error else "")
