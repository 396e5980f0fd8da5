"""The first page, before and in a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.admin.home import Concern, HomeState, Matter
from kiosk.admin.pages import Page, Step
from kiosk.admin.visit_book import StepState
from kiosk.domain.money import coin
from kiosk.domain.products import Product

BEGUN_MS = 1_795_000_000_000


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, HomeState]]:
    """Names and states."""
    quiet = HomeState(unknown=0)
    yield "quiet", quiet
    concerns = (
        Concern(Matter.COINS_OUT, Page.CHANGE_FLOAT, 3, (coin(100), coin(50), coin(20))),
        Concern(Matter.EXPIRED, Page.WRITE_OFF, 4),
        Concern(Matter.EXPIRING, Page.WRITE_OFF, 12),
        Concern(Matter.TAGS, Page.TAGS, 7),
        Concern(Matter.BACKLOG, Page.MACHINE, 214),
    )
    yield "busy", replace(quiet, concerns=concerns, tags=7, unknown=5)
    done = (StepState.DONE, StepState.SKIPPED, StepState.DONE, *(3 * (StepState.OPEN,)))
    under_way = replace(
        quiet,
        is_open=True,
        begun_ms=BEGUN_MS,
        steps=tuple(zip(Step, done, strict=True)),
        next_step=Step.RESTOCK,
        concerns=(Concern(Matter.BOX_UNKNOWN, Page.COUNT, 1),),
    )
    yield "visit", under_way
    yield "old", replace(under_way, is_old=True, asks_anew=True)
