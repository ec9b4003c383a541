"""Threat 11, at every page: of each mirrored field a person gets what `sight` says, and nothing of the others.

The marks of the world are different in every column, so a mark in an answer tells which field it came from.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest

from portal.accounts.roles import CAPABILITIES, UNMENTIONED, Capability
from portal.companies.models import Company
from portal.dashboards.changes.unseen import watched_kinds
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.mirror.models import Change
from portal.mirror.resource import Resource, columns, registry
from portal.ui import panels
from portal.ui.fields import Sight, sight
from tests.access import matrix
from tests.access.asking import ask
from tests.access.canaries import Mark
from tests.access.world import ACTORS, TWIN, World

#: People with a role over client a, from those who may see least.
READERS = (
    "client_user",
    "assistant",
    "client_administrator",
    "auditor",
    "accountant",
    "administrator",
)
#: Whose records the walk asks for.
LETTERS = {"a", TWIN["a"]}
#: What each kind of record needs that not everybody may see. It is written out: the portal's own word is what is tried.
NEEDS = {
    Capability.VIEW_PERSONAL: {
        "addresses", "bsn_checks", "children", "contracts", "employee_labour_agreements", "lease_cars", "leave",
        "leave_balances", "managers", "partners", "personal_info", "schedules", "social_insurances",
    },
    Capability.VIEW_SALARIES: {
        "company_wage_fixed", "company_wage_variable", "fixed_hours", "fixed_wage_components", "journal", "run_output",
        "salaries", "variable_hours", "variable_wage_components", "work_costs",
    },
    Capability.VIEW_BANK_ACCOUNTS: {"bank_accounts", "company_bank_account", "debtor_bank_account"},
    Capability.VIEW_TAX_SETTINGS: {"wage_tax_settings"},
    Capability.VIEW_SICKNESS: {"absences"},
    Capability.VIEW_LABELS: {"debtor_tags", "payroll_workflow", "run_requests", "service_level"},
    Capability.VIEW_SYNC: {"company_guids"},
}  # fmt: skip
#: The same of panels, by page.
PANELS = {
    ("debtor", "cost"): Capability.VIEW_SALARIES,
    ("debtor", "wage"): Capability.VIEW_SALARIES,
    ("debtor", "absence"): Capability.VIEW_SICKNESS,
    ("debtor", "ending"): Capability.VIEW_PERSONAL,
    ("debtor", "changes"): Capability.VIEW_SYNC,
    ("company", "cost"): Capability.VIEW_SALARIES,
    ("company", "absence"): Capability.VIEW_SICKNESS,
    ("company", "ending"): Capability.VIEW_PERSONAL,
    ("company", "work_costs"): Capability.VIEW_SALARIES,
    ("person", "leave"): Capability.VIEW_PERSONAL,
    ("selfservice_period", "amounts"): Capability.VIEW_SALARIES,
}
#: Rights of which some page shows a mark. Of absences there are only dates and small numbers, which stand everywhere.
SHOWN = {
    Capability.VIEW,
    Capability.VIEW_PERSONAL,
    Capability.VIEW_SALARIES,
    Capability.VIEW_BANK_ACCOUNTS,
    Capability.VIEW_TAX_SETTINGS,
    Capability.VIEW_LABELS,
}
#: Pages on which many kinds stand together: the quick walk opens them too.
ALWAYS = {"employees:person", "dashboards:debtor", "companies:company"}

Fields = dict[Mark, list[tuple[Resource, str]]]


def fields(world: World) -> Fields:
    """Every mark in a mirrored field of the client, and in what is kept of a change of one: where it stands."""
    found: Fields = {}
    for kind in registry:
        names = [column.name for column in columns(kind.model) if not column.is_relation]
        for row in kind.model._base_manager.values(*names):
            for name, value in row.items():
                _note(world, found, kind, name, str(value))
    for change in Change.objects.all():
        for value in (change.old, change.new):
            _note(world, found, registry[change.resource], change.field, str(value))
    return found


def _note(world: World, found: Fields, kind: Resource, name: str, value: str) -> None:
    for mark in world.planted.marks_in(value.encode()):
        if world.planted.letter_of(mark) in LETTERS:
            found.setdefault(mark, []).append((kind, name))


def pages(actor: str, one_in: int) -> Iterator[matrix.Cell]:
    """What somebody can open of the client: each address, and of the lists each kind of record."""
    cells = [cell for cell in matrix.cells(actor) if cell.method == "GET" and cell.target == matrix.OWN]
    opened = [cell for cell in cells if matrix.expected(cell) in (200, 403)]
    yield from (cell for place, cell in enumerate(opened) if place % one_in == 0 or cell.row in ALWAYS)


def walked(world: World, actor: str, one_in: int) -> tuple[Fields, set[Mark], list[str]]:
    """Where the marks stand, which of them the person got, and which of these they may not see."""
    ((role, _), *_more) = ACTORS[actor]
    held, standing = CAPABILITIES[role], fields(world)
    got: set[Mark] = set()
    wrong = []
    for cell in pages(actor, one_in):
        seen = world.planted.marks_in(ask(world, cell).whole) & set(standing)
        got |= seen
        for mark in seen:
            if all(sight(kind, name, held) is not Sight.FULL for kind, name in standing[mark]):
                wrong.append(f"{cell}: {[f'{kind.name}.{name}' for kind, name in standing[mark]]}")
    return standing, got, wrong


def rights_shown(standing: Fields, got: set[Mark]) -> set[Capability]:
    """The rights that what somebody got needs."""
    return {kind.capability for mark in got for kind, _ in standing[mark]}


@pytest.mark.parametrize("actor", ["client_user", "assistant"])
def test_threat_11_nobody_gets_a_field_without_the_right_to_it(world, actor):
    standing, got, wrong = walked(world, actor, one_in=10)
    assert wrong == []
    assert rights_shown(standing, got) - {Capability.VIEW_SYNC} == SHOWN & CAPABILITIES[ACTORS[actor][0][0]]


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("actor", READERS)
def test_threat_11_nobody_gets_a_field_without_the_right_to_it_at_any_page(world, actor):
    standing, got, wrong = walked(world, actor, one_in=1)
    assert wrong == []
    # What they may see was there: the walk would have seen the rest as well. The list of ids shows one number of each.
    assert rights_shown(standing, got) == (SHOWN | {Capability.VIEW_SYNC}) & CAPABILITIES[ACTORS[actor][0][0]]


def test_threat_11_the_right_that_each_kind_of_record_needs(world):
    needed: dict[Capability, set[str]] = {}
    for kind in registry:
        if kind.capability is not Capability.VIEW:
            needed.setdefault(kind.capability, set()).add(kind.name)
    assert needed == NEEDS


def test_threat_11_whoever_may_see_least_gets_no_list_of_a_kind_that_needs_more(world):
    closed = set().union(*NEEDS.values())
    asked = [cell for cell in matrix.cells("client_user") if cell.method == "GET" and cell.target == matrix.OWN]
    answers = {(cell.row, cell.kind): ask(world, cell).status for cell in asked if cell.kind in closed}
    assert set(answers.values()) == {403}
    listed = {cell.kind for cell in matrix.cells("administrator") if cell.kind in closed}
    assert {kind for _row, kind in answers} == listed
    assert len({row.partition(" ")[0] for row, _kind in answers}) > 2


def test_every_right_to_a_kind_of_record_has_a_mark_of_its_own(world):
    standing = fields(world)
    marked = {kind.capability for places in standing.values() for kind, _ in places}
    assert marked >= SHOWN
    # Who may see how the sync works inside sees one list of ids more, which the quick walk need not come by.
    assert UNMENTIONED - {Capability.VIEW_SYNC} <= SHOWN


def test_threat_11_the_right_that_each_panel_needs_and_who_does_not_see_it(world):
    needed: dict[tuple[str, str], Capability] = {}
    for page in panels.pages():
        for panel in panels.panels_of(page):
            if panel.capability is not Capability.VIEW:
                needed[page, panel.name] = panel.capability
    assert needed == PANELS
    request = HttpRequest()
    request.user = world.users["client_user"]
    rows: dict[str, Any] = {"debtor": Debtor.everything.get(pk=world.ids["client"]["a"])}
    rows["person"] = Employee.everything.get(pk=world.ids["employee"]["a"])
    rows["company"] = rows["selfservice_period"] = Company.everything.get(pk=world.ids["company"]["a"])
    for page, row in rows.items():
        shown = panels.shown_on(request, row, panels.panels_of(page))
        seen = {(page, one.panel.name) for one in shown if one.permitted}
        assert seen or page == "person"
        assert seen & set(PANELS) == set()


def test_how_old_kinds_are_is_told_of_those_only_that_somebody_may_see(world):
    told = {actor: set(watched_kinds(world.users[actor])) for actor in ("accountant", "assistant")}
    hidden = NEEDS[Capability.VIEW_BANK_ACCOUNTS] | NEEDS[Capability.VIEW_SICKNESS]
    assert told["accountant"] & hidden
    assert told["assistant"] == told["accountant"] - hidden
