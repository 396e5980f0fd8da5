"""The till: a shopper's events in, what the screens show out.

It joins the visit (pure), the catalogue and the journal, and knows no Kivy. All methods are
called on one thread, the screens'; what other threads finish comes back through ``post``.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from kiosk.domain.basket import product_line, unknown_line
from kiosk.domain.chain import StoredEntry
from kiosk.domain.checkout import Screen, Visit, abandoned, cash_sale, qr_sale
from kiosk.domain.entries import (
    CashTender,
    EntryBody,
    HelpCall,
    PieceMissing,
    Sale,
    UnknownScan,
    decode,
)
from kiosk.domain.errors import AdalError, CheckoutError
from kiosk.domain.ledger import day_of
from kiosk.domain.money import AMOUNT_TENGE_MAX, Denomination, Pieces, format_tenge
from kiosk.domain.products import Catalogue, Product, Status
from kiosk.domain.tender import CashAdvice, ChangeChoice, advise, round_down
from kiosk.idle import IdleWatch
from kiosk.ports import JournalPort
from kiosk.scan_event import TYPED, ScanEvent, is_case, scan_event_of
from kiosk.undo_desk import RecentSale, UndoDesk
from kiosk.views import Notice, Post, Said, ThanksView, TillState, UndoView, Voice

log = logging.getLogger(__name__)

SUGGESTION_LENGTH_MAX = 500
STILL_IN_HAND_S = 5.0
"""A pack of the sale just made, read again this soon after, is being put away, not bought."""
HELP_AGAIN_AFTER_S = 30.0
"""Pressing "call a volunteer" again sooner is the same call."""
PHONE_SHOWN_S = 180.0
"""Time to take out a telephone and to type the number."""
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class TillSettings:
    """What differs from shop to shop."""

    languages: tuple[str, ...]
    default_language: str
    unknown_names: Mapping[str, str]
    tender_kinds: tuple[Denomination, ...]
    rounding_tenge: int
    qr_payload: str
    idle_after_s: float
    extend_s: float
    thanks_s: float
    undo_window_s: float
    volunteer_phone: str = ""
    voice_offered: bool = False
    """Whether there is a key for spoken prompts ..."""
    voice_speaks: bool = False
    """... and whether each visit begins with them."""

    @property
    def voice(self) -> Voice:
        """How each visit begins."""
        if not self.voice_offered:
            return Voice.NONE
        return Voice.ON if self.voice_speaks else Voice.OFF


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
        self._journal = journal
        self._now_ms = now_ms
        self._posts_on = posts_on
        self._centre_hears = True
        self._catalogue = catalogue
        self._settings = settings
        self._new_id = new_id
        self._monotonic_s = monotonic_s
        self._post = post
        self._watchers: list[Callable[[TillState], None]] = []
        self._undo_desk = UndoDesk(settings.undo_window_s)
        self._waiting_scans: deque[ScanEvent] = deque()
        self._sold_codes: frozenset[str] = frozenset()
        self._help_called_s = -HELP_AGAIN_AFTER_S
        self._help_said_s = -PHONE_SHOWN_S
        self._idle = IdleWatch(settings.idle_after_s, settings.extend_s)
        self._serial = 0
        self._visit = Visit(new_id())
        self._state = TillState(
            language=settings.default_language,
            tender_kinds=settings.tender_kinds,
            qr_payload=settings.qr_payload,
            voice=settings.voice,
        )
        self._idle.touch(monotonic_s())
        self._show()

    # --- who looks on ---

    @property
    def state(self) -> TillState:
        """What the screens show now."""
        return self._state

    def subscribe(self, watcher: Callable[[TillState], None]) -> None:
        """Calls ``watcher`` after each change."""
        self._watchers.append(watcher)

    def catalogue_changed(self, catalogue: Catalogue) -> None:
        """A new version came; lines in the basket keep the price they came with."""
        self._catalogue = catalogue
        self._show()

    def settings_changed(self, settings: TillSettings) -> None:
        """The centre set something; called on the start screen, where nobody is shopping."""
        self._settings = settings
        self._undo_desk.change_window(settings.undo_window_s)
        self._idle = IdleWatch(settings.idle_after_s, settings.extend_s)
        self._idle.touch(self._monotonic_s())
        self._show(
            language=settings.default_language,
            tender_kinds=settings.tender_kinds,
            qr_payload=settings.qr_payload,
            voice=settings.voice,
        )

    def ledger_changed(self) -> None:
        """Something was committed; the box or the sums may have moved."""
        self._show()

    def posts_changed(self) -> None:
        """The centre sent other campaigns or replies."""
        self._show()

    def honesty_changed(self, permille: int | None) -> None:
        """The box was counted, or the counts of before were read."""
        self._show(honesty_permille=permille)

    def centre_changed(self, *, hears: bool) -> None:
        """Whether what is written here reaches the centre; a call for help does not without it."""
        self._centre_hears = hears
        if hears and self._state.phone_to_call:
            self._show(phone_to_call="")

    def out_of_order(self, message: str) -> None:
        """The journal cannot be opened: nothing can be sold until an operator has looked."""
        self._show(out_of_order=message)

    def camera_changed(self, *, lost: bool) -> None:
        """The camera went away or came back."""
        self._show(camera_lost=lost)

    # --- any screen ---

    def activity(self) -> None:
        """A touch anywhere: somebody is here."""
        self._idle.touch(self._monotonic_s())
        if self._state.idle_left_s is not None:
            self._show()

    def extend(self) -> None:
        """ "I am still here", by touch or scan."""
        self.activity()

    def tick(self) -> None:
        """Time passes; called about twice a second."""
        now_s = self._monotonic_s()
        if self._state.phone_to_call and now_s - self._help_said_s >= PHONE_SHOWN_S:
            self._show(phone_to_call="")
        if self._visit.screen is Screen.THANKS:
            if self._idle.quiet_for_s(now_s) >= self._settings.thanks_s:
                self.finish()
            return
        if self._state.saving:
            return
        if self._visit.screen is Screen.START:
            self._rest(now_s)
        elif self._idle.expired(now_s):
            self._leave("timed_out")
        elif self._idle.left_s(now_s) != self._state.idle_left_s:
            self._show()

    def set_language(self, language: str) -> None:
        """Another language, at any moment."""
        if language in self._settings.languages:
            self.activity()
            self._show(language=language)

    def call_help(self) -> None:
        """A volunteer is wanted; said again within half a minute it is the same call."""
        self.activity()
        now_s = self._monotonic_s()
        if now_s - self._help_called_s >= HELP_AGAIN_AFTER_S:
            self._help_called_s = now_s
            self._append(HelpCall(self._visit.screen.value, self._state.language))
        self._help_said_s = now_s
        phone = self._settings.volunteer_phone
        if self._centre_hears:
            self._say(Notice.HELP_CALLED, phone)
        else:
            self._state = replace(self._state, phone_to_call=phone)
            self._say(Notice.HELP_WAITS, phone)

    def switch_voice(self) -> None:
        """Spoken prompts on or off, for this visit."""
        self.activity()
        now = self._state.voice
        if now is not Voice.NONE:
            self._show(voice=Voice.OFF if now is Voice.ON else Voice.ON)

    def cancel(self) -> None:
        """The shopper leaves; nothing is sold."""
        if not self._state.saving:
            self._leave("cancelled")

    def back(self) -> None:
        """One screen back."""
        self._step(Visit.back)

    def open_suggest(self) -> None:
        """The suggestions box."""
        self._step(lambda visit: visit.go(Screen.SUGGEST))

    def send_suggestion(self, text: str) -> None:
        """What the shopper wrote; empty text is nothing."""
        text = text.strip()[:SUGGESTION_LENGTH_MAX]
        if not text or self._state.saving or self._visit.screen is not Screen.SUGGEST:
            return
        self.activity()
        future = self._journal.append_suggestion(text, self._state.language)
        self._save(future, lambda _stored: self._suggestion_saved())

    # --- start ---

    def begin(self) -> None:
        """A touch on the start screen."""
        if self._visit.screen is Screen.START:
            self._step(lambda visit: visit.go(Screen.BASKET))

    def open_undo(self) -> None:
        """Somebody wants his last purchase undone."""
        self._undo_desk.start_over()
        self._step(lambda visit: visit.go(Screen.UNDO), undo=UndoView())

    # --- goods ---

    def scanned(self, event: ScanEvent) -> None:
        """A code was read; it also wakes the start screen and counts as activity.

        While a sale is being saved it waits: a different item is never swallowed.
        """
        if self._is_being_put_away(event):
            return
        self.activity()
        if self._state.saving:
            self._waiting_scans.append(event)
            return
        if self._visit.screen is Screen.THANKS:
            self._new_visit()
        units = [code for code in event.candidates if not is_case(code)]
        product = self._catalogue.first_known(units)
        if product is not None:
            self._take(product, units)
        elif units:
            self._take_unknown(event, units[0])
        elif event.candidates:
            self._say(Notice.CASE_CODE)
        elif event.symbology == TYPED:
            self._say(Notice.CODE_MISTYPED)
        else:
            self._say(Notice.NO_PRODUCT_CODE)

    def typed_code(self, text: str, symbology: str = TYPED) -> None:
        """Digits from the keypad, or what a USB scanner typed."""
        self.scanned(scan_event_of(text, symbology))

    def pick(self, product_id: str) -> None:
        """A product chosen from the picture list."""
        self.activity()
        product = self._catalogue.by_id(product_id)
        if product is None or self._state.saving or self._visit.screen is not Screen.PICK:
            return
        self._take(product, ())

    def enter_price(self, price_tenge: int) -> None:
        """The price of an unknown product, off its shelf tag."""
        if self._visit.screen is not Screen.PRICE or not 0 < price_tenge <= AMOUNT_TENGE_MAX:
            return
        code = self._visit.pending_codes[0]
        line = unknown_line(code, price_tenge, self._settings.unknown_names)
        try:
            priced = self._visit.put(line).priced()
        except CheckoutError:
            self.back()
            self._say(Notice.TOO_MANY)
            return
        self._step(lambda _visit: priced)

    def plus(self, key: str) -> None:
        """One more of a line."""
        self._change_quantity(key, +1)

    def minus(self, key: str) -> None:
        """One fewer; the last one takes the line out."""
        self._change_quantity(key, -1)

    def remove(self, key: str) -> None:
        """The whole line out."""
        self._step(lambda v: v.with_basket(v.basket.with_quantity(key, 0)))

    def undo(self) -> None:
        """The basket as it was before."""
        self._step(Visit.undo)

    def open_pick(self) -> None:
        """The picture list, from the top."""
        self._step(lambda visit: visit.go(Screen.PICK), category=None, query="")

    def choose_category(self, category: str | None) -> None:
        """Only one category, or all."""
        self.activity()
        self._show(category=category)

    def search(self, query: str) -> None:
        """Part of a name."""
        self.activity()
        self._show(query=query)

    def open_keypad(self) -> None:
        """A code is going to be typed."""
        self._step(lambda visit: visit.go(Screen.KEYPAD))

    # --- money ---

    def pay_cash(self) -> None:
        """To the notes and coins."""
        self._step(lambda visit: visit.go(Screen.CASH))

    def pay_qr(self) -> None:
        """To the QR code, where the shop has one."""
        if self._settings.qr_payload:
            self._step(lambda visit: visit.go(Screen.QR))

    def tap_piece(self, denomination: Denomination) -> None:
        """One more piece that is going into the box."""
        self._step(lambda visit: visit.tap(denomination))

    def untap_piece(self, denomination: Denomination) -> None:
        """One fewer."""
        self._step(lambda visit: visit.untap(denomination))

    def clear_pieces(self) -> None:
        """Start tapping again."""
        self._step(lambda visit: visit.with_tendered(Pieces()))

    def exact_amount(self, exact: bool) -> None:
        """He has exactly the sum."""
        self._step(lambda visit: visit.pay_exactly(exact))

    def choose_change(self, choice: ChangeChoice) -> None:
        """Take the change, take the nearest smaller one, or leave it to the cause."""
        self._step(lambda visit: replace(visit, choice=choice))

    def take_offer(self, index: int) -> None:
        """One of the offered ways to put money in."""
        advice = self._state.advice
        if advice is not None and index < len(advice.offers):
            self._step(lambda visit: visit.with_tendered(advice.offers[index]))

    def none_left(self, denomination: Denomination) -> None:
        """He found none of these in the box; the change is worked out again."""
        visit = self._visit
        if visit.screen is not Screen.CASH or self._state.saving or denomination in visit.missing:
            return
        self._append(PieceMissing(denomination.code))
        self._step(lambda visit: visit.found_none_of(denomination))
        self._say(Notice.PIECE_NOTED)

    def confirm_cash(self) -> None:
        """ "Money in, change taken": the sale is written, and only then thanked for."""
        advice = self._state.advice
        if self._visit.screen is Screen.CASH and advice is not None:
            self._sell(lambda: cash_sale(self._visit, advice, self._settings.default_language))

    def confirm_qr(self) -> None:
        """ "I have paid": recorded as claimed."""
        if self._visit.screen is Screen.QR:
            self._sell(lambda: qr_sale(self._visit, self._settings.default_language))

    def finish(self) -> None:
        """From the thanks back to the start."""
        if self._visit.screen is Screen.THANKS:
            self._new_visit()

    # --- undoing a sale ---

    def find_receipt(self, text: str) -> None:
        """Looks a recent sale up by its receipt number."""
        self.activity()
        if self._visit.screen is not Screen.UNDO or self._state.saving:
            return
        self._forget_old_sales(self._monotonic_s())
        wanted = text.strip().upper()
        found = self._undo_desk.find(wanted, self._journal.ledger.box.available)
        self._show(undo=found or UndoView(receipt=wanted))
        if found is None:
            self._say(Notice.RECEIPT_NOT_FOUND)

    def confirm_undo(self) -> None:
        """The money is back where it was: the correction is written."""
        correction = self._undo_desk.correction()
        if correction is None or self._state.saving or self._visit.screen is not Screen.UNDO:
            return
        self.activity()
        self._save(self._journal.append(correction), lambda _stored: self._undone())

    def remember_sales(self, recent: Sequence[RecentSale]) -> None:
        """Sales of before a restart that can still be taken back, oldest first."""
        for sale in recent:
            self._undo_desk.remember(sale)
        self._forget_old_sales(self._monotonic_s())
        self._show()

    # --- inside ---

    def _rest(self, now_s: float) -> None:
        """Nobody is here: the next shopper finds the default language, without a warning."""
        self._forget_old_sales(now_s)
        settings = self._settings
        own = {"language": settings.default_language, "voice": settings.voice}
        quiet = self._idle.quiet_for_s(now_s) >= settings.idle_after_s
        if quiet and own != {name: getattr(self._state, name) for name in own}:
            self._show(**own)
        elif self._posts() != self._state.posts:
            self._show()  # another day began

    def _step(self, move: Callable[[Visit], Visit], **changes: object) -> None:
        """One step of the visit; a step that is not allowed now changes nothing."""
        self.activity()
        if self._state.saving:
            return
        try:
            self._visit = move(self._visit)
        except CheckoutError as error:
            log.info("step refused: %s", error)
            return
        self._show(**changes)

    def _change_quantity(self, key: str, by: int) -> None:
        line = self._visit.basket.line(key)
        if line is None:
            return
        try:
            basket = self._visit.basket.with_quantity(key, line.quantity + by)
        except CheckoutError:
            self._say(Notice.TOO_MANY)
            return
        self._step(lambda visit: visit.with_basket(basket))

    def _take(self, product: Product, candidates: Sequence[str]) -> None:
        name = product.name_in(self._state.language)
        if product.status in (Status.NOT_FOR_SALE, Status.HIDDEN):
            self._say(Notice.NOT_FOR_SALE, name)
            return
        code = next((c for c in candidates if c in product.codes), None)
        line = product_line(product, code)
        try:
            self._visit = self._visit.put(line)
        except CheckoutError:
            self._say(Notice.TOO_MANY, name)
            return
        self._say(Notice.ADDED, name, line.key)

    def _take_unknown(self, event: ScanEvent, code: str) -> None:
        self._append(UnknownScan(event.text, event.symbology, code))
        try:
            self._visit = self._visit.ask_price(code)
        except CheckoutError as error:
            log.info("unknown code ignored: %s", error)
        self._say(Notice.UNKNOWN)

    def _advice(self) -> CashAdvice | None:
        """What to tell about the money on the table; None away from the cash screen."""
        visit = self._visit
        if visit.screen is not Screen.CASH:
            return None
        due_tenge = round_down(visit.basket.total_tenge, self._settings.rounding_tenge)
        return advise(
            due_tenge,
            visit.tendered,
            self._journal.ledger.box.available,
            self._settings.tender_kinds,
            visit.choice,
            missing=visit.missing,
        )

    def _sell(self, make: Callable[[], Sale]) -> None:
        if self._state.saving:
            return
        self.activity()
        try:
            sale = make()
        except AdalError as error:
            log.info("sale refused: %s", error)
            return
        self._save(self._journal.append(sale), self._sold)

    def _is_being_put_away(self, event: ScanEvent) -> bool:
        quiet_s = self._idle.quiet_for_s(self._monotonic_s())
        if self._visit.screen is not Screen.THANKS or quiet_s >= STILL_IN_HAND_S:
            return False
        return not self._sold_codes.isdisjoint(event.candidates)

    def _sold(self, stored: StoredEntry) -> None:
        # What is on disk, not what was handed over: an earlier try of this visit, told to have
        # failed, may have got there after all, and then it is the sale.
        sale = decode(stored.payload).body
        assert isinstance(sale, Sale), "a sale's future gives a sale"
        self._undo_desk.remember(RecentSale(self._monotonic_s(), stored, sale))
        self._sold_codes = self._codes_of(sale)
        cash = sale.tender if isinstance(sale.tender, CashTender) else None
        self._visit = self._visit.thanked(self._new_id())
        self._show(
            thanks=ThanksView(
                receipt=stored.receipt,
                paid_tenge=sale.total_tenge,
                change=Pieces.from_codes(cash.change) if cash else Pieces(),
                left_tenge=cash.left_to_cause_tenge if cash else 0,
                collected_tenge=self._journal.ledger.collected_tenge,
            )
        )

    def _codes_of(self, sale: Sale) -> frozenset[str]:
        """All codes that stand on the packs of a sale; a pack may carry several."""
        products = (self._catalogue.by_id(line.product_id or "") for line in sale.lines)
        on_packs = [code for product in products if product for code in product.codes]
        return frozenset([*on_packs, *(line.code for line in sale.lines if line.code)])

    def _undone(self) -> None:
        sale = self._undo_desk.settle()
        language = self._state.language
        self._new_visit()
        # He still reads this one; the language falls back when he has gone.
        self._show(language=language)
        self._say(Notice.UNDONE, format_tenge(sale.total_tenge))

    def _suggestion_saved(self) -> None:
        self._visit = self._visit.back()
        self._say(Notice.SUGGESTION_SENT)

    def _leave(self, how: Literal["cancelled", "timed_out"]) -> None:
        if self._visit.paying_on is not None:
            self._append(abandoned(self._visit, how, self._settings.default_language))
        self._new_visit()

    def _new_visit(self) -> None:
        self._visit = Visit(self._new_id())
        self._undo_desk.start_over()
        own = {"language": self._settings.default_language, "voice": self._settings.voice}
        self._show(**own, thanks=None, undo=None, said=None)

    def _append(self, body: EntryBody) -> None:
        """Writes what nobody waits for; a failure is the operator's to see, not the shopper's."""
        self._journal.append(body).add_done_callback(_log_failure)

    def _save(self, future: Future[StoredEntry], then: Callable[[StoredEntry], None]) -> None:
        """Waits for COMMIT without stopping the screen; only then goes on."""
        self._show(saving=True)
        future.add_done_callback(lambda done: self._post(lambda: self._saved(done, then)))

    def _saved(self, done: Future[StoredEntry], then: Callable[[StoredEntry], None]) -> None:
        self._idle.touch(self._monotonic_s())
        error = done.exception()
        self._state = replace(self._state, saving=False)
        if error is None:
            then(done.result())
        else:
            log.error("not saved: %s", error)
            self._say(Notice.SAVE_FAILED)
        while self._waiting_scans and not self._state.saving:
            self.scanned(self._waiting_scans.popleft())

    def _forget_old_sales(self, now_s: float) -> None:
        """Five minutes after the sale only a volunteer can take it back."""
        if self._undo_desk.forget_old(now_s):
            self._show()

    def _say(self, notice: Notice, name: str = "", line_key: str | None = None) -> None:
        self._serial += 1
        self._show(said=Said(notice, self._serial, name, line_key))

    def _show(self, **changes: object) -> None:
        """Works the state out anew and hands it to the screens."""
        visit = self._visit
        state: TillState = replace(self._state, **changes)  # type: ignore[arg-type]
        listing, categories = state.listing, state.categories
        if visit.screen is Screen.PICK:
            listing = self._catalogue.listing(
                category=state.category, query=state.query, language=state.language
            )
            categories = self._catalogue.categories()
        advice = self._advice()
        self._state = replace(
            state,
            screen=visit.screen,
            basket=visit.basket,
            can_undo=bool(visit.before),
            pending_code=visit.pending_codes[0] if visit.pending_codes else "",
            listing=listing,
            categories=categories,
            due_tenge=advice.due_tenge if advice else visit.basket.total_tenge,
            exact=visit.exact,
            choice=visit.choice,
            advice=advice,
            undo_open=self._undo_desk.is_open,
            collected_tenge=self._journal.ledger.collected_tenge,
            week_tenge=self._week_tenge(),
            posts=self._posts(),
            idle_left_s=self._idle_left_s(),
        )
        for watcher in self._watchers:
            watcher(self._state)

    def _week_tenge(self) -> int:
        """Only a figure on the start screen: a clock that is wrong shows another week's, or 0."""
        if self._now_ms is None:
            return 0
        return self._journal.ledger.collected_until(day_of(self._now_ms()), WEEK_DAYS)

    def _posts(self) -> tuple[Post, ...]:
        return () if self._now_ms is None else self._posts_on(day_of(self._now_ms()))

    def _idle_left_s(self) -> int | None:
        if self._visit.screen in (Screen.START, Screen.THANKS) or self._state.saving:
            return None
        return self._idle.left_s(self._monotonic_s())


def _log_failure(done: Future[StoredEntry]) -> None:
    error = done.exception()
    if error is not None:
        log.error("not saved: %s", error)
