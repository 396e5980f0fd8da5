"""What the first start shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.admin.new_pin import NewPinState
from kiosk.admin.setup_progress import SetupStep
from kiosk.config import LANGUAGES
from kiosk.domain.errors import AdalError
from kiosk.domain.products import Product

SERVER, CODE, VOLUNTEER_NAME = "server", "code", "volunteer"
"""Names of the fields that are typed once, not per language."""

_TYPED = (SetupStep.NAME, SetupStep.CAUSE, SetupStep.VOLUNTEER, SetupStep.ENROL)
LATER = frozenset({SetupStep.NAME, SetupStep.CAUSE, SetupStep.ENROL})
"""Steps with a key of their own to leave them for later."""


class SetupProblem(StrEnum):
    """What stands above the keys until something is typed."""

    NAME_REFUSED = "name_refused"
    NO_ADDRESS = "no_address"
    OVERHEARD = "overheard"
    CODE_REFUSED = "code_refused"
    UNREACHABLE = "unreachable"
    NOT_ENROLLED = "not_enrolled"
    NOT_SAVED = "not_saved"


@dataclass(frozen=True, slots=True)
class SetupState:
    """``texts`` are the fields of the step that is on, in order; ``chosen`` is being typed.

    ``reads`` counts what the camera read in its test; ``code_read`` and ``product`` are the last.
    ``error`` is what a problem came of, where one did.
    """

    step: SetupStep = SetupStep.LANGUAGE
    default: str = LANGUAGES[0]
    offered: tuple[str, ...] = LANGUAGES
    texts: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""
    volunteer_name: str = ""
    pin: NewPinState = field(default_factory=NewPinState)
    reads: int = 0
    code_read: str = ""
    product: Product | None = None
    is_busy: bool = False
    enrolled: str = ""
    problem: SetupProblem | None = None
    error: AdalError | None = None

    @property
    def number(self) -> int:
        """The step's place, from 1."""
        return list(SetupStep).index(self.step) + 1

    @property
    def text(self) -> str:
        """What stands in the field that is being typed."""
        return self.texts.get(self.chosen, "")

    @property
    def is_ready(self) -> bool:
        """Whether the main key does something."""
        return not self.is_busy and (self.step not in _TYPED or bool(self.text.strip()))
