"""What stands on a composed page has said what it is made of, and the page's freshness is about all of that."""

import re
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import CAPABILITIES, Role
from portal.connections.models import EnvironmentKind
from portal.deadlines import states
from portal.employees.kinds import KINDS
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn, registry
from portal.ui.values import Missing
from tests.accounts.office import somebody_new
from tests.dashboards.reading import text
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_run,
    summed,
)

pytestmark = pytest.mark.pages

#: The heading of a box that is no panel, as it begins, and the kinds of what it shows. Everything else is one.
DATED = frozenset(kind.resource.name for kind in KINDS)
NO_PANEL: Mapping[str, Mapping[str, frozenset[str]]] = {
    "person": {"As of": DATED, "Timeline": DATED},
    "selfservice_client": {"Brood B.V.": frozenset({"current_period", "runs", "wage_tax_returns"})},
}

PAGES = {
    "debtor": "/clients/{debtor}/",
    "business": "/business/{business}/",
    "company": "/companies/{company}/",
    "person": "/employees/{person}/",
    "selfservice_client": "/my/{debtor}/",
    "selfservice_period": "/my/companies/{company}/",
}


@pytest.fixture
def places(firm) -> dict[str, int]:
    """A client with a company and a person, and an organisation without clients above it; all of it came in."""
    found = {}
    for name, kind in (("business", EnvironmentKind.BUSINESS), ("debtor", EnvironmentKind.ACCOUNTANT)):
        environment = make_environment(firm, name)
        environment.kind = kind
        environment.save()
        for switch in OptIn:
            choose(environment.pk, switch, on=True)
        debtor = make_debtor(environment)
        company = make_company(debtor, "Brood B.V.")
        person = make_person(company)
        make_employment(person, date(2026, 1, 1))
        make_run(company, 2026, 11)
        fetched_everything(debtor)
        summed(company)
        states.rewrite([company.pk])
        found[name] = debtor.pk
    return {**found, "company": company.pk, "person": person.pk}


def headings(html: str) -> list[str]:
    """Of every box on the page that is not a part of another."""
    return [text(found) for found in re.findall(r'<section class="card ui-panel.*?<h2[^>]*>(.*?)</h2>', html, re.S)]


@pytest.mark.parametrize("reader", [Role.ADMINISTRATOR, Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER])
@pytest.mark.parametrize("page", PAGES)
def test_every_figure_and_every_box_is_in_the_badge(
    places: dict[str, int],
    administrator: Callable[..., User],
    as_user: Callable[[User], Client],
    firm,
    page: str,
    reader: Role,
) -> None:
    user = administrator() if reader is Role.ADMINISTRATOR else somebody_new(str(reader))
    if reader is not Role.ADMINISTRATOR:
        for name in ("debtor", "business"):
            rights.give(SYSTEM, user, Place(firm.pk, reader, places[name]))
    answer = as_user(user).get(PAGES[page].format(**places), follow=True)
    assert answer.status_code == 200
    with translation.override("en"):
        names = {str(kind.label): kind.name for kind in registry}
        names |= {str(kind.label_without_clients): kind.name for kind in registry if kind.label_without_clients}
    badge = {names[str(line.label)] for line in answer.context["freshness"].lines}
    html = answer.content.decode()

    tiles = answer.context.get("tiles", ())
    assert bool(tiles) == (page != "person")
    for tile in tiles:
        # Whoever may not see a figure has no part in how old it is.
        assert bool(tile.resources) != (tile.value is Missing.NOT_PERMITTED), tile.label
        assert set(tile.resources) <= badge, tile.label

    shown = [*answer.context["panels"], *answer.context.get("above", ())]
    assert shown
    for box in shown:
        if box.permitted:
            needs = set(box.panel.needs)
            mine = {kind for kind in needs if registry[kind].capability in CAPABILITIES[reader]}
            assert (mine if box.panel.by_kind else needs) <= badge, box.panel.name

    panels = {str(box.panel.title) for box in shown}
    others = NO_PANEL.get(page, {})
    boxes = [heading for heading in headings(html) if heading not in panels]
    assert boxes or others == {}
    for heading in boxes:
        (kinds,) = [kinds for begins, kinds in others.items() if heading.startswith(begins)]
        held = CAPABILITIES[reader]
        assert {kind for kind in kinds if registry[kind].capability in held} <= badge, heading
