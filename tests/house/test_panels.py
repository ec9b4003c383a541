"""Every panel names the kinds of record that it shows: the freshness badge and the page's age follow from that."""

from collections.abc import Mapping

import pytest

from portal.mirror.resource import registry
from portal.ui import panels

#: Panels that show nothing of Nmbrs itself, and why.
NOT_MIRRORED: Mapping[tuple[str, str], str] = {
    ("debtor", "changes"): "what the portal's own syncs changed; each row says when that was learned",
}


def registered() -> list[tuple[str, panels.Panel]]:
    return [(page, panel) for page in panels.pages() for panel in panels.panels_of(page)]


@pytest.mark.parametrize(("page", "panel"), registered(), ids=lambda given: getattr(given, "name", given))
def test_a_panel_says_what_it_is_made_of(page: str, panel: panels.Panel) -> None:
    assert bool(panel.needs) != ((page, panel.name) in NOT_MIRRORED)
    assert {name for name in panel.needs if name not in {kind.name for kind in registry}} == set()


def test_every_exception_is_a_panel() -> None:
    assert NOT_MIRRORED.keys() <= {(page, panel.name) for page, panel in registered()}


def test_lists_of_everything_are_about_every_kind_that_has_a_list() -> None:
    found = {(page, panel.name): set(panel.needs) for page, panel in registered()}
    assert found["company", "records"] > {"wage_codes", "company_guids", "journal"}
    assert found["debtor", "client_data"] > {"debtor_tags", "managers", "companies"}
    assert found["debtor", "absence"] > {"absences"}
    assert found["person", "leave"] == {"leave"}
