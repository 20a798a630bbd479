"""What keeps people from using a page who see little, hear it read, or have no mouse: by axe."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
GRAVE = {"serious", "critical"}
# Moderate by axe's own word, but then whoever hears a page has no way past the menu.
LANDMARKS = {"landmark-one-main"}
EVERYTHING = {
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}
# Nor are the stylesheets fetched once more for each page to see whether they lock a phone upright.
REST = {**EVERYTHING, "preload": False}
# In the dark only the colours are other ones.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
DARK = """isDark => {
    document.querySelectorAll("details").forEach(each => { each.open = true; });
    document.documentElement.classList.toggle("dark", isDark);
}"""


WITHOUT_THE_MENU = {"exclude": [["#nav-sidebar"]]}


def barriers(page: Page, *, knows_the_menu: bool, within: str = "") -> list[str]:
    """The grave ones in light and dark, with all that folds opened; of a part of the page alone,
    where `within` names it."""
    context: dict[str, Any] | None = WITHOUT_THE_MENU if knows_the_menu else None
    context = {"include": [[within]]} if within else context
    page.evaluate(DARK, False)
    light = AXE.run(page, context, REST if knows_the_menu else EVERYTHING).response["violations"]
    page.evaluate(DARK, True)
    dark = AXE.run(page, context, COLOURS).response["violations"]
    grave = [each for each in (*light, *dark) if each["impact"] in GRAVE or each["id"] in LANDMARKS]
    return [_in_words(each["id"], node) for each in grave for node in each["nodes"]]


def _in_words(rule: str, node: dict[str, Any]) -> str:
    return f"{rule}: {node['html'][:200]}\n{node['failureSummary']}"
