"""Every event of a shopper and of the devices, as the one step of the visit that it asks for.

It joins the visit (pure), the catalogue and the journal. All methods are called on one thread,
the screens'; what other threads finish comes back through ``post``. What takes more than a step
has a room of its own beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from kiosk.domain.checkout import Screen, Visit
from kiosk.domain.money import Denomination, Pieces
from kiosk.domain.products import Catalogue
from kiosk.domain.tender import ChangeChoice
from kiosk.ports import JournalPort
from kiosk.scan_event import TYPED, ScanEvent, scan_event_of
from kiosk.till.goods import Goods
from kiosk.till.help import Help
from kiosk.till.just_sold import JustSold
from kiosk.till.leaving import Leaving
from kiosk.till.payment import Payment
from kiosk.till.saving import Saving
from kiosk.till.settings import TillSettings
from kiosk.till.suggestion import Suggestion
from kiosk.till.taking_back import TakingBack
from kiosk.till.today import Today
from kiosk.till.undo_desk import RecentSale, UndoDesk
from kiosk.till.visit_shown import VisitShown
from kiosk.views import Post, TillState, Voice


class Till:
    """One shop's till; see the module's docstring for threads."""

    def __init__(
        self,
        *,
        journal: JournalPort,
        catalogue: Catalogue,
        settings: TillSettings,
        new_id: Callable[[], str],
        monotonic_s: Callable[[], float],
        post: Callable[[Callable[[], None]], None],
        now_ms: Callable[[], int] | None = None,
        posts_on: Callable[[date], tuple[Post, ...]] = lambda _day: (),
    ) -> None:
        self._undo_desk = desk = UndoDesk(settings.undo_window_s)
        self._shown = shown = VisitShown(
            journal=journal,
            catalogue=catalogue,
            settings=settings,
            undo_desk=desk,
            today=Today(journal, now_ms, posts_on),
            new_id=new_id,
            now_s=monotonic_s,
        )
        saving = Saving(journal, shown, post)
        just_sold = JustSold(shown)
        self._goods = Goods(shown, saving, just_sold)
        self._payment = Payment(journal, shown, saving, just_sold, desk)
        self._taking_back = TakingBack(journal, shown, saving, desk)
        self._help = Help(shown, saving)
        self._leaving = Leaving(shown, saving, self._taking_back)
        self._suggestion = Suggestion(shown, saving)

    # --- who looks on ---

    @property
    def state(self) -> TillState:
        """What the screens show now."""
        return self._shown.state

    def subscribe(self, watcher: Callable[[TillState], None]) -> None:
        """Calls ``watcher`` after each change."""
        self._shown.subscribe(watcher)

    def catalogue_changed(self, catalogue: Catalogue) -> None:
        """A new version came; lines in the basket keep the price they came with."""
        self._shown.catalogue = catalogue
        self._shown.show()

    def settings_changed(self, settings: TillSettings) -> None:
        """The centre set something; called on the start screen, where nobody is shopping."""
        self._undo_desk.change_window(settings.undo_window_s)
        self._shown.settings_changed(settings)

    def ledger_changed(self) -> None:
        """Something was committed; the box or the sums may have moved."""
        self._shown.show()

    def posts_changed(self) -> None:
        """The centre sent other campaigns or replies."""
        self._shown.show()

    def honesty_changed(self, permille: int | None) -> None:
        """The box was counted, or the counts of before were read."""
        self._shown.show(honesty_permille=permille)

    def centre_changed(self, *, hears: bool) -> None:
        """Whether what is written here reaches the centre; a call for help does not without it."""
        self._help.centre_changed(hears=hears)

    def out_of_order(self, message: str) -> None:
        """The journal cannot be opened: nothing can be sold until an operator has looked."""
        self._shown.show(out_of_order=message)

    def camera_changed(self, *, lost: bool) -> None:
        """The camera went away or came back."""
        self._shown.show(camera_lost=lost)

    # --- any screen ---

    def activity(self) -> None:
        """A touch anywhere: somebody is here."""
        self._shown.activity()

    def extend(self) -> None:
        """ "I am still here", by touch or scan."""
        self._shown.activity()

    def tick(self) -> None:
        """Time passes; called about twice a second."""
        self._help.tick()
        self._leaving.tick()

    def set_language(self, language: str) -> None:
        """Another language, at any moment."""
        if language in self._shown.settings.languages:
            self._shown.activity()
            self._shown.show(language=language)

    def call_help(self) -> None:
        """A volunteer is wanted; said again within half a minute it is the same call."""
        self._help.call()

    def switch_voice(self) -> None:
        """Spoken prompts on or off, for this visit."""
        self._shown.activity()
        now = self.state.voice
        if now is not Voice.NONE:
            self._shown.show(voice=Voice.OFF if now is Voice.ON else Voice.ON)

    def cancel(self) -> None:
        """The shopper leaves; nothing is sold."""
        self._leaving.cancel()

    def back(self) -> None:
        """One screen back."""
        self._shown.step(Visit.back)

    def open_suggest(self) -> None:
        """The suggestions box."""
        self._go(Screen.SUGGEST)

    def send_suggestion(self, text: str) -> None:
        """What the shopper wrote; empty text is nothing."""
        self._suggestion.send(text)

    # --- start ---

    def begin(self) -> None:
        """A touch on the start screen."""
        if self._shown.visit.screen is Screen.START:
            self._go(Screen.BASKET)

    def open_undo(self) -> None:
        """Somebody wants his last purchase undone."""
        self._taking_back.open()

    # --- goods ---

    def scanned(self, event: ScanEvent) -> None:
        """A code was read; it also wakes the start screen and counts as activity."""
        self._goods.scanned(event)

    def typed_code(self, text: str, symbology: str = TYPED) -> None:
        """Digits from the keypad, or what a USB scanner typed."""
        self._goods.scanned(scan_event_of(text, symbology))

    def pick(self, product_id: str) -> None:
        """A product chosen from the picture list."""
        self._goods.pick(product_id)

    def enter_price(self, price_tenge: int) -> None:
        """The price of an unknown product, off its shelf tag."""
        self._goods.enter_price(price_tenge)

    def plus(self, key: str) -> None:
        """One more of a line."""
        self._goods.change_quantity(key, +1)

    def minus(self, key: str) -> None:
        """One fewer; the last one takes the line out."""
        self._goods.change_quantity(key, -1)

    def remove(self, key: str) -> None:
        """The whole line out."""
        self._shown.step(lambda v: v.with_basket(v.basket.with_quantity(key, 0)))

    def undo(self) -> None:
        """The basket as it was before."""
        self._shown.step(Visit.undo)

    def open_pick(self) -> None:
        """The picture list, from the top."""
        self._go(Screen.PICK, category=None, query="")

    def choose_category(self, category: str | None) -> None:
        """Only one category, or all."""
        self._shown.activity()
        self._shown.show(category=category)

    def search(self, query: str) -> None:
        """Part of a name."""
        self._shown.activity()
        self._shown.show(query=query)

    def open_keypad(self) -> None:
        """A code is going to be typed."""
        self._go(Screen.KEYPAD)

    # --- money ---

    def pay_cash(self) -> None:
        """To the notes and coins."""
        self._go(Screen.CASH)

    def pay_qr(self) -> None:
        """To the QR code, where the shop has one."""
        if self._shown.settings.qr_payload:
            self._go(Screen.QR)

    def tap_piece(self, denomination: Denomination) -> None:
        """One more piece that is going into the box."""
        self._shown.step(lambda visit: visit.tap(denomination))

    def untap_piece(self, denomination: Denomination) -> None:
        """One fewer."""
        self._shown.step(lambda visit: visit.untap(denomination))

    def clear_pieces(self) -> None:
        """Start tapping again."""
        self._shown.step(lambda visit: visit.with_tendered(Pieces()))

    def exact_amount(self, exact: bool) -> None:
        """He has exactly the sum."""
        self._shown.step(lambda visit: visit.pay_exactly(exact))

    def choose_change(self, choice: ChangeChoice) -> None:
        """Take the change, take the nearest smaller one, or leave it to the cause."""
        self._shown.step(lambda visit: replace(visit, choice=choice))

    def take_offer(self, index: int) -> None:
        """One of the offered ways to put money in."""
        self._payment.take_offer(index)

    def none_left(self, denomination: Denomination) -> None:
        """He found none of these in the box; the change is worked out again."""
        self._payment.none_left(denomination)

    def confirm_cash(self) -> None:
        """ "Money in, change taken": the sale is written, and only then thanked for."""
        self._payment.confirm_cash()

    def confirm_qr(self) -> None:
        """ "I have paid": recorded as claimed."""
        self._payment.confirm_qr()

    def finish(self) -> None:
        """From the thanks back to the start."""
        self._leaving.finish()

    # --- undoing a sale ---

    def find_receipt(self, text: str) -> None:
        """Looks a recent sale up by its receipt number."""
        self._taking_back.find(text)

    def confirm_undo(self) -> None:
        """The money is back where it was: the correction is written."""
        self._taking_back.confirm()

    def remember_sales(self, recent: Sequence[RecentSale]) -> None:
        """Sales of before a restart that can still be taken back, oldest first."""
        self._taking_back.remember(recent)

    def _go(self, screen: Screen, **changes: object) -> None:
        """On to another screen, where the visit allows it."""
        self._shown.step(lambda visit: visit.go(screen), **changes)
