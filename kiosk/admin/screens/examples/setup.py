"""The first start, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.admin.new_pin import NewPinState
from kiosk.admin.setup_progress import SetupStep
from kiosk.admin.setup_state import CODE, SERVER, VOLUNTEER_NAME, SetupProblem, SetupState
from kiosk.config import Shop
from kiosk.domain.products import Product


def examples(products: dict[str, Product], language: str) -> Iterator[tuple[str, SetupState]]:
    """Names and states."""
    shop = Shop()
    address = {SERVER: "http://centre.example.kz", CODE: ""}
    enrol = SetupState(step=SetupStep.ENROL, texts=address, chosen=SERVER)
    yield "1-language", SetupState(default=language)
    yield "2-name", SetupState(step=SetupStep.NAME, texts=dict(shop.name.items()), chosen=language)
    yield (
        "3-cause",
        SetupState(step=SetupStep.CAUSE, texts=dict(shop.cause.items()), chosen=language),
    )
    yield (
        "4-volunteer",
        SetupState(step=SetupStep.VOLUNTEER, texts={VOLUNTEER_NAME: "Әсел"}, chosen=VOLUNTEER_NAME),
    )
    yield "5-pin", SetupState(step=SetupStep.PIN, volunteer_name="Әсел", pin=NewPinState(3))
    yield "6-camera", SetupState(step=SetupStep.CAMERA)
    yield (
        "6-camera-read",
        SetupState(
            step=SetupStep.CAMERA,
            reads=3,
            code_read="4870001157937",
            product=next(iter(products.values())),
        ),
    )
    yield "7-enrol", enrol
    yield (
        "7-enrol-overheard",
        SetupState(
            step=SetupStep.ENROL,
            texts={**address, CODE: "7KQ2-M8XP"},
            chosen=CODE,
            problem=SetupProblem.OVERHEARD,
        ),
    )
    yield (
        "7-enrol-no-answer",
        SetupState(
            step=SetupStep.ENROL, texts=address, chosen=SERVER, problem=SetupProblem.UNREACHABLE
        ),
    )
    yield "8-done", SetupState(step=SetupStep.DONE)
