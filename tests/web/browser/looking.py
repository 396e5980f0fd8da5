"""A page looked at as anybody might have to: through axe, and on a screen as wide as it is."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
ONLY_FAULTS = {"resultTypes": ["violations"], "selectors": False}
"""The same faults in 0.6 of the time: what passed is not described node by node."""


def look(page: Page) -> list[str]:
    """Serious things that axe finds; a page wider than the screen fails at once."""
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url
    return serious_faults(page)


def serious_faults(page: Page) -> list[str]:
    """What axe finds serious, each with the first place where it is."""
    found = Axe().run(page, options=ONLY_FAULTS).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
