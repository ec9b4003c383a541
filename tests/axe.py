"""What axe objects to on a page, with the rules that every page of the portal has to keep."""

from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Everything that WCAG 2.2 AA asks and axe can see, and what axe calls good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => [
  found.passes.length,
  found.violations.map(one => `${one.id}, ${one.nodes.length} times: ${one.nodes[0].html.slice(0, 300)} `
    + one.nodes[0].failureSummary),
])"""


def violations(page: "Page") -> list[str]:
    """Every violation on the page as it is now, however small: the rule, how often, and the first place of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    passed, found = page.evaluate(FOUND, RULES)
    assert passed > 10, "axe found hardly anything to look at"
    return list(found)
