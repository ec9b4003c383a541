"""The page that shows every component is complete, and so is the list of them in docs/components.md."""

import re
from html import unescape

import pytest
from django.conf import settings

from portal.ui.empty import EMPTY_STATES
from portal.ui.freshness import State
from portal.ui.templatetags.ui import register
from portal.ui.values import Level, Missing
from tests.ui.specimen import PAGE
from tests.ui.specimen_picture import page_of_components

DOCS = settings.BASE_DIR / "docs"
#: Parts of other components, a panel that another room registered, and an address that shows nothing by itself.
PARTS = {"table_body", "heading", "explain", "show_panel", "carried"}


@pytest.fixture(scope="module")
def shown() -> str:
    """The page."""
    return unescape(page_of_components())


def test_every_tag_is_shown_and_described() -> None:
    specimen, described = PAGE.read_text(encoding="utf-8"), (DOCS / "components.md").read_text(encoding="utf-8")
    used = set(re.findall(r"{% (\w+)", specimen)) | set(re.findall(r"{% (\w+)", templates_of_tables()))
    assert set(register.tags) - PARTS <= used
    assert [tag for tag in set(register.tags) - PARTS if f"{{% {tag} " not in described] == []


def templates_of_tables() -> str:
    """The markup behind the tags that the page uses: a badge shows a moment, a breadcrumb an icon."""
    return "".join(
        (settings.BASE_DIR / "templates" / "ui" / name).read_text(encoding="utf-8")
        for name in ("freshness.html", "breadcrumb.html")
    ) + (settings.BASE_DIR / "templates" / "base.html").read_text(encoding="utf-8")


def test_the_four_empty_states_are_shown(shown: str) -> None:
    for state in EMPTY_STATES.values():
        assert str(state.title) in shown
        assert str(state.text) in shown


def test_every_state_of_freshness_level_and_missing_value_is_shown(shown: str) -> None:
    for state in State:
        assert f"<dt>{state.value}</dt>" in shown
        assert f"<span>{state.status.label}</span>" in shown
    for level in Level:
        assert f'class="ui-status ui-status-{level}"' in shown
    for reason in Missing:
        assert str(reason.label) in shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_docs_show_a_picture_of_it(theme: str) -> None:
    picture = DOCS / "screenshots" / f"components-{theme}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert f"screenshots/{picture.name}" in (DOCS / "components.md").read_text(encoding="utf-8")
