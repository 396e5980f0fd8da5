"""One product's editor: the whole at a glance, and one part of it at a time."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.admin.desk import Said
from kiosk.admin.product_state import Note, Part, ProductState
from kiosk.admin.screens.kv import load_kv
from kiosk.admin.screens.product_codes import CodesPart
from kiosk.admin.screens.product_keys import (
    ProductChoiceKey,
    Question,
    code_text,
    status_text,
    stock_text,
)
from kiosk.admin.screens.product_numbers import CasePart, PricePart, TypeCodePart
from kiosk.admin.screens.product_pictures import FilesPart, PicturePart
from kiosk.admin.screens.product_texts import CategoryPart, NamePart
from kiosk.admin.screens.view import AdminView
from kiosk.domain.money import format_tenge
from kiosk.domain.products import Status, name_in
from kiosk.screens import pictures
from kiosk.screens.fit import tied
from kiosk.screens.pick import category_name
from kiosk.screens.tr import tr
from kiosk.screens.widgets import reuse

load_kv("product")

LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""As on the keys that switch languages: each in itself."""


class FormPart(BoxLayout):
    """Everything about the product; a touch on something edits it."""

    view = ObjectProperty(None)
    texture = ObjectProperty(None, allownone=True)
    below_text = StringProperty()
    price_text = StringProperty()
    price_missing = BooleanProperty(False)
    category_text = StringProperty()
    codes_text = StringProperty()
    save_text = StringProperty()
    ready = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self._spare: list[Widget] = []
        super().__init__(**kwargs)

    def opened(self, _state: ProductState) -> None:
        """Nothing to prepare."""

    def draw(self, state: ProductState) -> None:
        """Fields from the form."""
        form = state.form
        self.texture = pictures.product(form.picture)
        self.below_text = stock_text(state.stock)
        self.price_missing = form.price_tenge is None
        self.price_text = "—" if form.price_tenge is None else format_tenge(form.price_tenge)
        self.category_text = category_name(form.category)
        self.codes_text = _codes_text(state)
        self.save_text = tr._("Saving…") if state.saving else tr._("Save")
        self.ready = not state.saving
        self._show_names(state)
        self._show_statuses(state)

    def _show_names(self, state: ProductState) -> None:
        fields = {"kk": self.ids.field_kk, "ru": self.ids.field_ru, "en": self.ids.field_en}
        for language, key in fields.items():
            key.caption = LANGUAGE_NAMES[language]
            key.value = tied(state.form.names.get(language, "")) or "—"
            key.missing = language == tr.language and not state.form.has_name

    def _show_statuses(self, state: ProductState) -> None:
        keys = reuse(self.ids.statuses, len(Status), self._status_key, self._spare)
        for key, status in zip(keys, Status, strict=True):
            key.choice, key.text = status.value, status_text(status)
            key.chosen = status is state.form.status

    def _status_key(self) -> ProductChoiceKey:
        key = ProductChoiceKey()
        key.bind(on_release=lambda touched: self.view.desk.set_status(touched.choice))
        return key


_PARTS = {
    Part.FORM: FormPart,
    Part.NAME: NamePart,
    Part.PRICE: PricePart,
    Part.CATEGORY: CategoryPart,
    Part.CODES: CodesPart,
    Part.TYPE_CODE: TypeCodePart,
    Part.CASE: CasePart,
    Part.PICTURE: PicturePart,
    Part.FILES: FilesPart,
}


class ProductView(AdminView):
    """Shows the part that is being edited; parts are built when they are first needed."""

    title_text = StringProperty()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parts: dict[Part, Any] = {}
        self._shown: tuple[object, ...] = ()
        self._question: Question | None = None
        super().__init__(*args, **kwargs)

    def title(self) -> str:
        """The product's name, once it has one."""
        return self.title_text or tr._("New product")

    def draw(self, state: ProductState) -> None:
        """The part on top; told when it has just come on, to begin afresh."""
        names = state.before.names
        self.title_text = name_in(names, tr.language) if names else ""
        part = self._part(state.part)
        shown = (state.part, state.name_language, state.case_code)
        if shown != self._shown or part.parent is None:
            self._shown = shown
            self.ids.place.clear_widgets()
            self.ids.place.add_widget(part)
            part.opened(state)
        part.draw(state)
        self._show_question(state)

    def on_leave(self, *_args: object) -> None:
        """Off the page: the live picture stops, and the next product begins afresh."""
        self.ids.place.clear_widgets()
        self._shown = ()

    def words(self, said: Said) -> str:
        """What happened, and what to do."""
        values = dict(said.values)
        if "code" in values:
            values["code"] = code_text(str(values["code"]))
        return _texts()[Note(said.note)].format(**values)

    def _part(self, part: Part) -> Any:
        if part not in self._parts:
            self._parts[part] = _PARTS[part](view=self)
        return self._parts[part]

    def _show_question(self, state: ProductState) -> None:
        if not state.asking:
            if self._question is not None and self._question.parent is not None:
                self.remove_widget(self._question)
            return
        question = self._question or self._new_question()
        question.heading = tr._("Save the changes?")
        question.text = tr._("What you changed here is not saved yet.")
        question.no_text = tr._("Do not save")
        question.third_text = tr._("Go on editing")
        question.yes_text = tr._("Save")
        if question.parent is None:
            self.add_widget(question)

    def _new_question(self) -> Question:
        question = Question()
        question.bind(
            on_yes=lambda *_args: self.desk.save(),
            on_no=lambda *_args: self.desk.discard(),
            on_third=lambda *_args: self.desk.stay(),
        )
        self._question = question
        return question


def _codes_text(state: ProductState) -> str:
    """The first barcode, and how many more codes there are."""
    form = state.form
    codes = (*form.codes, *form.cases)
    if not codes:
        return tr._("Without a barcode")
    first = code_text(codes[0])
    if len(codes) == 1:
        return first
    return tr._("{code}, more: {n}").format(code=first, n=len(codes) - 1)


def _texts() -> dict[Note, str]:
    _ = tr._
    return {
        Note.SAVED: _("Saved: {name}"),
        Note.NOT_SAVED: _("It could not be saved: {reason}"),
        Note.NAME_MISSING: _("Please type a name in at least one language."),
        Note.PRICE_MISSING: _("Please type the price."),
        Note.CODE_ADDED: _("Barcode added: {code}"),
        Note.CODE_HERE: _("This product already has the barcode {code}."),
        Note.CODE_TAKEN: _("The barcode {code} belongs to another product: {name}"),
        Note.NO_PRODUCT_CODE: _("This is not an item's code. Look for the striped barcode."),
        Note.CODE_MISTYPED: _("A digit is wrong or missing. Please type the code once more."),
        Note.NO_CAMERA: _("The camera gives no picture. Choose a file from a USB stick."),
        Note.PICTURE_FAILED: _("This picture cannot be used. Please choose another one."),
    }
