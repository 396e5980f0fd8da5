"""The first start: language, shop, cause, the first volunteer, camera, centre.

What a step chose is on the disk before the next one shows; after a power cut the first start goes
on where it stood. All can be left for later but the first PIN: without one nobody could come in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from kiosk import local_settings
from kiosk.admin.desk import Desk
from kiosk.admin.new_pin import NewPin
from kiosk.admin.pin_file import PinError
from kiosk.admin.pins import PinBook, PinRefused
from kiosk.admin.ports import Room
from kiosk.admin.setup_progress import Progress, SetupStep, keep_progress, read_progress
from kiosk.admin.setup_state import CODE, SERVER, VOLUNTEER_NAME, SetupProblem, SetupState
from kiosk.centre_address import address_of, invitation_in, is_overheard
from kiosk.config import LANGUAGES, Config
from kiosk.domain.errors import AdalError, RefusedError, Unreachable
from kiosk.scan_event import ScanEvent

log = logging.getLogger(__name__)

_PER_LANGUAGE = (SetupStep.NAME, SetupStep.CAUSE)
_ABOUT_THE_FIRST = (SetupStep.VOLUNTEER, SetupStep.PIN)
_PLACE_OF_PIN = list(SetupStep).index(SetupStep.PIN)


class SetupDesk(Desk[SetupState]):
    """Goes through the steps; asks ``room`` for ``config``, ``pins``, ``enrol``, ``setup_done``."""

    takes_scans = True

    def __init__(self, room: Room) -> None:
        config: Config = room.service("config")
        languages = config.language
        super().__init__(room, SetupState(default=languages.default, offered=languages.offered))
        self._pins: PinBook = room.service("pins")
        self._new_pin = NewPin()
        self._visited: set[tuple[SetupStep, str]] = set()
        self._typed: dict[tuple[SetupStep, str], str] = {
            **{(SetupStep.NAME, code): text for code, text in config.shop.name.items()},
            **{(SetupStep.CAUSE, code): text for code, text in config.shop.cause.items()},
            (SetupStep.ENROL, SERVER): config.sync.server_url,
        }

    def open(self, argument: object = None) -> None:
        """Goes on where the first start stood, or shows the step that is asked for."""
        if isinstance(argument, SetupStep):
            self._go(self._possible(argument))
            return
        progress = read_progress(self.room.directory) or Progress()
        self._go(self._possible(progress.step))

    def close(self) -> None:
        """Somebody went out in the middle; once there is a PIN the rest can wait for a visit."""
        self._new_pin.forget()
        if self._pins.is_set_up:
            self._keep(SetupStep.DONE, lambda: None, is_finished=True)

    def scanned(self, event: ScanEvent) -> None:
        """A pack before the lens while the camera is tried out; the centre's picture to enrol."""
        if self.state.step is SetupStep.ENROL:
            self._take_invitation(event.text)
        if self.state.step is SetupStep.CAMERA:
            product = self.room.shelf.catalogue.first_known(event.candidates)
            code = event.candidates[0].lstrip("0") if event.candidates else event.text
            self.show(reads=self.state.reads + 1, code_read=code, product=product)

    def preview(self) -> object:
        """What the camera sees: an RGB array, or None."""
        return self.room.service("camera").latest_preview()

    # --- languages ---

    def choose_default(self, language: str) -> None:
        """The language every shopper finds first; it is offered, of course."""
        offered = {*self.state.offered, language}
        self.show(default=language, offered=_in_order(offered))
        self.room.service("session").set_language(language)

    def toggle_offered(self, language: str) -> None:
        """One more language on the screen, or one fewer; the first one stays."""
        if language != self.state.default:
            self.show(offered=_in_order({*self.state.offered} ^ {language}))

    # --- typing ---

    def choose_field(self, name: str) -> None:
        """Another field of this step."""
        if name in self.state.texts and not self.state.is_busy:
            self._visited.add((self.state.step, name))
            self.show(chosen=name)

    def type_text(self, text: str) -> None:
        """What stands in the field now."""
        state = self.state
        if state.chosen and not state.is_busy and text != state.text:
            self._typed[state.step, state.chosen] = text
            self.show(texts={**state.texts, state.chosen: text}, problem=None)

    def press(self, digit: str) -> None:
        """One more digit of the PIN."""
        self._new_pin.press(digit)
        self.show(pin=self._new_pin.state)

    def erase(self) -> None:
        """The PIN's last digit back."""
        self._new_pin.erase()
        self.show(pin=self._new_pin.state)

    # --- on and back ---

    def forward(self) -> None:
        """The main key: this step is done."""
        state = self.state
        if not state.is_ready:
            return
        unseen = self._unseen_field()
        if unseen:
            self.choose_field(unseen)
        elif state.step is SetupStep.LANGUAGE:
            self._save("language", {"default": state.default, "offered": list(state.offered)})
        elif state.step is SetupStep.NAME:
            self._save("shop", {"name": _trimmed(state.texts)})
        elif state.step is SetupStep.CAUSE:
            self._save("shop", {"cause": _trimmed(state.texts)})
        elif state.step is SetupStep.VOLUNTEER:
            self._new_pin.forget()
            self._go(SetupStep.PIN)
        elif state.step is SetupStep.PIN:
            self._enter_pin()
        elif state.step is SetupStep.ENROL and not state.enrolled:
            self._enrol()
        elif state.step is SetupStep.DONE:
            self._keep(SetupStep.DONE, self.room.service("setup_done"), is_finished=True)
        else:
            self.skip()

    def skip(self) -> None:
        """Left as it is, for later."""
        if self.state.step not in _ABOUT_THE_FIRST and not self.state.is_busy:
            following = self._after(self.state.step)
            self._keep(following, lambda: self._go(following))

    def back(self) -> None:
        """The step before."""
        steps = [s for s in SetupStep if self._possible(s) is s]
        place = steps.index(self.state.step)
        if place and not self.state.is_busy:
            self._new_pin.forget()
            self._go(steps[place - 1])

    # --- inside: steps ---

    def _possible(self, step: SetupStep) -> SetupStep:
        """The step, or another where it makes no sense: the first PIN is set only once."""
        if self._pins.is_set_up and list(SetupStep).index(step) <= _PLACE_OF_PIN:
            return SetupStep.CAMERA
        if not self._pins.is_set_up and list(SetupStep).index(step) > _PLACE_OF_PIN:
            return SetupStep.VOLUNTEER
        if step is SetupStep.PIN and not self._volunteer_name:
            return SetupStep.VOLUNTEER  # the name was typed, but not kept, before a power cut
        return step

    def _after(self, step: SetupStep) -> SetupStep:
        steps = list(SetupStep)
        return self._possible(steps[min(steps.index(step) + 1, len(steps) - 1)])

    def _go(self, step: SetupStep) -> None:
        names = self._fields(step)
        self._visited.update((step, name) for name in names[:1])
        self.show(
            step=step,
            texts={name: self._typed.get((step, name), "") for name in names},
            chosen=names[0] if names else "",
            volunteer_name=self._volunteer_name,
            pin=self._new_pin.state,
            is_busy=False,
            problem=None,
            reads=0,
            code_read="",
            product=None,
        )

    @property
    def _volunteer_name(self) -> str:
        return self._typed.get((SetupStep.VOLUNTEER, VOLUNTEER_NAME), "")

    def _fields(self, step: SetupStep) -> tuple[str, ...]:
        if step in _PER_LANGUAGE:
            others = [code for code in self.state.offered if code != self.state.default]
            return (self.state.default, *others)
        if step is SetupStep.VOLUNTEER:
            return (VOLUNTEER_NAME,)
        return (SERVER, CODE) if step is SetupStep.ENROL else ()

    def _unseen_field(self) -> str:
        """A field of this step that is empty, or that nobody has looked at."""
        for name, text in self.state.texts.items():
            if name != self.state.chosen and (
                not text.strip() or (self.state.step, name) not in self._visited
            ):
                return name
        return ""

    # --- inside: the disk ---

    def _save(self, table: str, values: dict[str, object]) -> None:
        following = self._after(self.state.step)
        directory = self.room.directory

        def job() -> None:
            local_settings.save(directory, {table: values})
            keep_progress(directory, Progress(following))

        self._work(job, lambda: self._go(following))

    def _keep(
        self, step: SetupStep, then: Callable[[], None], *, is_finished: bool = False
    ) -> None:
        directory = self.room.directory
        self._work(lambda: keep_progress(directory, Progress(step, is_finished)), then)

    def _work(self, job: Callable[[], object], done: Callable[[], None]) -> None:
        self.show(is_busy=True, problem=None)
        self.room.work(job, lambda _result: done(), self._not_saved)

    def _not_saved(self, error: AdalError) -> None:
        log.error("%s", error)
        self.show(is_busy=False, problem=SetupProblem.NOT_SAVED, error=error)

    # --- inside: the first PIN ---

    def _enter_pin(self) -> None:
        if not self.state.pin.is_ready:
            return
        if not self._new_pin.is_again:
            pin = self._new_pin.checking()
            self._ask_pins(lambda: self._pins.refuse_unusable(pin), self._usable)
        elif self._new_pin.is_same():
            pin = self._new_pin.checking()
            name = self._volunteer_name
            self._ask_pins(lambda: self._pins.add(name, pin), self._added)
        else:
            self.show(pin=self._new_pin.state)

    def _ask_pins(self, job: Callable[[], object], done: Callable[[], None]) -> None:
        self.show(pin=self._new_pin.state, is_busy=True, problem=None)
        self.room.work(job, lambda _result: done(), self._pin_failed)

    def _usable(self) -> None:
        self._new_pin.usable()
        self.show(pin=self._new_pin.state, is_busy=False)

    def _added(self) -> None:
        self._new_pin.forget()
        self._keep(SetupStep.CAMERA, lambda: self._go(SetupStep.CAMERA))

    def _pin_failed(self, error: AdalError) -> None:
        if isinstance(error, PinRefused):
            self._new_pin.unusable()
            self.show(pin=self._new_pin.state, is_busy=False)
            return
        self._new_pin.forget()
        if type(error) is PinError:
            self._go(SetupStep.VOLUNTEER)
            self.show(problem=SetupProblem.NAME_REFUSED)
            return
        self.show(pin=self._new_pin.state)
        self._not_saved(error)

    # --- inside: the centre ---

    def _take_invitation(self, text: str) -> None:
        """Address and code out of the picture; enrolling stays the main key's."""
        found = invitation_in(text)
        if found is None or self.state.is_busy or self.state.enrolled:
            return
        typed = dict(zip((SERVER, CODE), found, strict=True))
        self._typed.update({(SetupStep.ENROL, name): value for name, value in typed.items()})
        self._visited.update((SetupStep.ENROL, name) for name in typed)
        self.show(texts=typed, chosen=CODE, problem=None)

    def _enrol(self) -> None:
        address = address_of(self.state.texts[SERVER])
        code = self.state.texts[CODE].strip().upper()
        if not address:
            self.show(chosen=SERVER, problem=SetupProblem.NO_ADDRESS)
            return
        # The second press, with the warning before his eyes, is his decision.
        if is_overheard(address) and self.state.problem is not SetupProblem.OVERHEARD:
            self.show(problem=SetupProblem.OVERHEARD)
            return
        enrol: Callable[[str, str], str] = self.room.service("enrol")
        self.show(is_busy=True, problem=None)
        self.room.work(lambda: enrol(address, code), self._enrolled, self._not_enrolled)

    def _enrolled(self, message: str) -> None:
        self.show(is_busy=False, enrolled=message)
        self._keep(SetupStep.DONE, lambda: self._go(SetupStep.DONE))

    def _not_enrolled(self, error: AdalError) -> None:
        log.warning("%s", error)
        problem = SetupProblem.NOT_ENROLLED
        if isinstance(error, RefusedError):
            problem = SetupProblem.CODE_REFUSED
        elif isinstance(error, Unreachable):
            problem = SetupProblem.UNREACHABLE
        self.show(is_busy=False, problem=problem, error=error)


def _in_order(languages: set[str]) -> tuple[str, ...]:
    return tuple(code for code in LANGUAGES if code in languages)


def _trimmed(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(text.split()) for name, text in texts.items()}
