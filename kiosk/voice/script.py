"""What is said aloud: the words of a screen, and of what changed on it. Pure.

Sums are digits and the word for the money, which the voice reads as words; change is told piece by
piece. Texts that the screens show too are said as they stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.domain.money import Kind, Pieces
from kiosk.views import Notice, Said, Screen, TillState

Gettext = Callable[[str], str]


def prompt(before: TillState | None, now: TillState, _: Gettext) -> str:
    """What to say after a change of state; "" for nothing.

    Args:
        before: the state that was last spoken of; None to say all that the screen asks.
    """
    if now.idle_left_s is not None:
        was_asked = before is not None and before.idle_left_s is not None
        return "" if was_asked else _("Are you still here?")
    if before is None or (before.screen, before.language) != (now.screen, now.language):
        return _sentences(_of_screen(now, _))
    return _sentences(_of_change(before, now, _))


def _of_change(before: TillState, now: TillState, _: Gettext) -> Iterator[str]:
    """What is new on a screen that was spoken of already."""
    screen = now.screen
    if screen is Screen.CASH and before.advice != now.advice:
        yield from _of_money(now, _)
    elif screen is Screen.UNDO and before.undo != now.undo:
        yield from _of_undo(now, _)
    elif _added(before, now) or (screen is Screen.BASKET and before.basket != now.basket):
        yield from _of_line(now, _)


def news(before: TillState, now: TillState) -> Said | None:
    """A notice that the state before did not have."""
    said = now.said
    is_old = said is None or (before.said is not None and before.said.serial == said.serial)
    return None if is_old else said


def _added(before: TillState, now: TillState) -> bool:
    said = news(before, now)
    return said is not None and said.notice is Notice.ADDED


def _of_screen(now: TillState, _: Gettext) -> Iterator[str]:
    screen = now.screen
    if screen is Screen.BASKET and now.basket.lines:
        yield from _of_line(now, _)
    elif screen is Screen.CASH:
        yield _("To pay:") + " " + _money(now.due_tenge, _)
        yield _("Tap the notes and coins you are putting in:")
    elif screen is Screen.QR:
        yield _("Scan the QR code with your bank app")
        yield _("Type this amount in the app:") + " " + _money(now.due_tenge, _)
        yield _("When the app says it is paid, touch the green key below")
    elif screen is Screen.THANKS:
        yield _("Thank you for your purchase!")
        yield _("Thank you for your honesty!")
    else:
        yield from (_(text) for text in _ASKS.get(screen, ()))


def N_(text: str) -> str:  # noqa: N802  the name that collectors of texts know
    """Marks a text for translation."""
    return text


_ASKS: dict[Screen, tuple[str, ...]] = {
    Screen.START: (N_("Welcome!"), N_("Touch the screen to start")),
    Screen.BASKET: (N_("Hold the barcode in front of the camera"),),
    Screen.PICK: (N_("Find the item"),),
    Screen.KEYPAD: (N_("Type the digits under the barcode."),),
    Screen.PRICE: (
        N_("We do not know this item yet"),
        N_("Please enter its price from the shelf tag. You can still buy it."),
    ),
    Screen.UNDO: (N_("Type the receipt number from the thank-you screen."),),
    Screen.SUGGEST: (N_("What should be better? What is missing on the shelf?"),),
}


def _of_line(now: TillState, _: Gettext) -> Iterator[str]:
    """The item that was put in last, if one was, and the sum."""
    key = now.said.line_key if now.said is not None else None
    line = now.basket.line(key) if key else None
    if line is not None:
        yield line.name_in(now.language)
        yield _money(line.unit_price_tenge, _)
    yield _("Total") + ": " + _money(now.basket.total_tenge, _)


def _of_money(now: TillState, _: Gettext) -> Iterator[str]:
    advice = now.advice
    if advice is None or (not advice.tendered and not now.exact):
        yield _("To pay:") + " " + _money(now.due_tenge, _)
    elif advice.missing_tenge:
        yield _("Still missing:") + " " + _money(advice.missing_tenge, _)
    elif advice.change is None:
        amount = _money(advice.change_tenge, _)
        yield _("No exact change in the box: {amount}").format(amount=amount)
    elif not advice.change:
        yield _("Put the money in the box")
        yield _("No change due")
    else:
        yield _("Put the money in the box")
        yield _("Your change: {amount}").format(amount=_money(advice.change.total_tenge, _))
        yield from _pieces(_("Take from the box:"), advice.change, _)


def _of_undo(now: TillState, _: Gettext) -> Iterator[str]:
    undo = now.undo
    if undo is None or undo.sale is None:
        return
    yield _("Put the items back on the shelf.")
    if undo.put_back:
        yield from _pieces(_("Put the change back in the box: {amount}"), undo.put_back, _)
    if undo.take_back_tenge:
        amount = _money(undo.take_back_tenge, _)
        yield _("Take your money from the box: {amount}").format(amount=amount)


def _pieces(title: str, pieces: Pieces, _: Gettext) -> Iterator[str]:
    """The title, then kind after kind, the largest first."""
    yield title.format(amount=_money(pieces.total_tenge, _))
    names = {
        Kind.NOTE: _("{value} tenge note: {count}"),
        Kind.COIN: _("{value} tenge coin: {count}"),
    }
    for denomination in sorted(pieces, reverse=True):
        yield names[denomination.kind].format(
            value=denomination.value_tenge, count=pieces[denomination]
        )


def _money(tenge: int, _: Gettext) -> str:
    """Without a sign and without gaps between the thousands: the voice reads it as one number."""
    return _("{amount} tenge").format(amount=tenge)


def _sentences(parts: Iterator[str] | list[str]) -> str:
    """One after the other, with a pause between them."""
    ended = (part if part[-1] in ".!?:" else f"{part}." for part in parts if part)
    return " ".join(ended)
