"""Threats 3, 4, 5 and 9: child and parent, counts, sorting as an oracle, and nothing given."""

import re
from collections.abc import Callable
from itertools import product

import pytest

from portal.accounts.models import Membership
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from tests.access import matrix
from tests.access.browser import HTMX, Browser, undone
from tests.access.filling import FIRST_DAY, SEEN
from tests.access.world import World
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_person,
    make_salary,
    summed,
)
from tests.house.test_public_pages import EVERY

LISTS = [
    "/companies/",
    "/employees/",
    "/sync/",
    "/sync/left-out/",
    "/administration/people/",
    "/administration/invitations/",
    "/administration/teams/",
    "/administration/trail/",
]


def pages_of(world: World, actor: str) -> list[str]:
    """Every page that the person gets, of the own records; of the lists of records one for each right."""
    cells = [cell for cell in matrix.cells(actor) if (cell.method, cell.target) == ("GET", matrix.OWN)]
    paths = [
        matrix.address(world, cell)
        for cell in cells
        if matrix.expected(cell) == 200 and cell.kind == matrix.kinds(cell.row)[0]
    ]
    # Questions to a passkey and codes are different each time, for everybody.
    return [path for path in paths if not path.startswith("/account/")]


# --- threat 3 --------------------------------------------------------------------------------------------------------


def test_threat_03_a_kind_of_record_is_found_through_its_owner_alone(world):
    """No address of today names a parent and a child; kinds of a company are none of a client, and the reverse."""
    browser = Browser(world.sessions["administrator"])
    of_debtor, of_company = ({kind.name for kind in matrix.kinds_of(level)} for level in ("debtor", "company"))
    client, company = world.ids["client"]["a"], world.ids["company"]["a"]
    for kind in of_company - of_debtor:
        assert browser.send("GET", f"/clients/{client}/records/{kind}/").status == 404, kind
    for kind in of_debtor - of_company:
        assert browser.send("GET", f"/companies/{company}/records/{kind}/").status == 404, kind


def test_threat_03_no_address_names_two_records():
    """If one is added, it needs tests of all pairs of parent and child here."""
    for name, one in EVERY.items():
        records = [
            key for key in one.pattern.regex.groupindex if key in ("pk", "debtor", "company", "employee", "child")
        ]
        assert len(records) <= 1, name


@pytest.mark.parametrize(("own", "other"), [("a", "b"), ("a", "x")])
def test_threat_03_a_company_and_a_client_that_do_not_belong_together_are_refused(world, own, other):
    """The pairs that a form names: both are looked up, and they must fit."""
    browser, person = Browser(world.sessions["administrator"]), world.ids["person"]["a"]
    before = Membership.objects.count()
    for client, company in product((own, other), repeat=2):
        if client != company:
            form = {"role": "client_user", "debtor": world.ids["client"][client]}
            form["company"] = world.ids["second_company"][company]
            browser.send("POST", f"/administration/people/{person}/give/", form)
    assert Membership.objects.count() == before


# --- threat 4 --------------------------------------------------------------------------------------------------------


UNAWARE = ("accountant", "client_administrator")


def test_threat_04_a_hundred_more_people_of_another_client_change_nothing_for_whoever_does_not_see_them(world):
    """Pages that both open are asked by one of them, in turn."""
    actors = {actor: pages_of(world, actor) for actor in UNAWARE}
    both = sorted(set.intersection(*map(set, actors.values())))
    assert both
    unchanged(
        world,
        {actor: [path for path in actors[actor] if path not in both[turn::2]] for turn, actor in enumerate(UNAWARE)},
    )


@pytest.mark.long
def test_threat_04_a_hundred_more_people_change_no_page_of_whoever_does_not_see_them(world):
    unchanged(world, {actor: pages_of(world, actor) for actor in UNAWARE})


def unchanged(world: World, actors: dict[str, list[str]]) -> None:
    before = {(actor, path): get(world, actor, path) for actor, paths in actors.items() for path in paths}
    add_a_hundred(world)
    assert before
    # The trail is one for all: what was looked at before is in it for who may read it, and these may not.
    for (actor, path), answer in before.items():
        assert get(world, actor, path) == answer, (actor, path)
    seen = get(world, "administrator", f"/clients/{world.ids['client']['b']}/employees/")
    assert b"One of a hundred" in seen


def get(world: World, actor: str, path: str) -> bytes:
    with undone():
        answer = Browser(world.sessions[actor]).send("GET", path)
    assert answer.status == 200, path
    return answer.comparable(path)


def add_a_hundred(world: World) -> None:
    """A company with a hundred people for client b, and a whole new client of the same office."""
    debtor = Debtor.everything.get(pk=world.ids["client"]["b"])
    company = make_company(debtor, "Another company of b")
    for _ in range(100):
        person = make_person(company, "One of a hundred")
        make_employment(person, FIRST_DAY)
        make_salary(person, "4321.00", FIRST_DAY)
    fetched_everything(make_debtor(debtor.environment, "Another client"), at=SEEN)
    fetched_everything(debtor, at=SEEN)
    summed(company)


# --- threat 5 --------------------------------------------------------------------------------------------------------

ORM_PATHS = [
    "amount",
    "-amount",
    "salary__amount",
    "bsn",
    "employee__bsncheck__bsn_fingerprint",
    "company__debtor__name",
    "environment__connections__token",
    "-environment__connections__token",
    "user__password",
    "given_by__password",
    "memberships__user__password",
    "accountofemployee_set__iban",
    "salary_set__amount",
    "pk",
    "?",
    "--name",
    "name,amount",
    "fingerprint",
    "remote_id",
    "last_login__year",
    "password",
    "authenticator__data",
    "display_name__regex",
    "id__in",
    "company__debtor__debtorbankaccount_set__iban",
    "session_key",
    "name); DROP TABLE x",
    "a" * 500,
    "\x00",
    "name\n",
]


@pytest.mark.parametrize("path", LISTS)
def test_threat_05_a_column_that_is_not_offered_neither_sorts_nor_filters(world, path):
    actor = "administrator"
    plain = rows_of(get(world, actor, path))
    assert plain
    # Every list takes its turn with a part of the paths; all of them together are too many pages.
    for value in ORM_PATHS[LISTS.index(path) % 4 :: 4]:
        with undone():
            answer = Browser(world.sessions[actor]).send("GET", path, dict.fromkeys(("sort", "order_by", "o"), value))
        assert answer.status in (200, 400), value
        if answer.status == 200:
            assert rows_of(answer.comparable(path)) == plain, value


def test_threat_05_lookups_as_names_of_parameters_do_nothing(world):
    actor, path = "administrator", "/employees/"
    plain = rows_of(get(world, actor, path))
    for lookup in ("", "__gt", "__regex", "__startswith"):
        answer = Browser(world.sessions[actor]).send("GET", path, {f"{value}{lookup}": "a" for value in ORM_PATHS})
        assert rows_of(answer.comparable(path)) == plain, lookup


def test_threat_05_who_may_not_see_wages_cannot_sort_by_them(world):
    first, second = Employee.everything.filter(company=world.ids["company"]["a"]).order_by("pk")[:2]
    path = f"/companies/{world.ids['company']['a']}/employees/"
    for reader, may in (("client_user", False), ("accountant", True)):
        found = set()
        for low, high in ((first, second), (second, first)):
            with undone():
                make_salary(low, "1000.00", FIRST_DAY)
                make_salary(high, "9000.00", FIRST_DAY)
                answers = [
                    Browser(world.sessions[reader]).send("GET", path, {"sort": one}) for one in ("wage", "-wage")
                ]
                found |= {tuple(rows_of(answer.comparable(path))) for answer in answers}
        assert (len(found) > 1) is may, reader


def rows_of(page: bytes) -> list[bytes]:
    """The rows of the tables of a page, without their links to sort by."""
    rows = re.findall(rb"<tr\b.*?</tr>", page.split(b"<tbody", 1)[-1], re.DOTALL)
    return [re.sub(rb'(href|value|hx-[a-z-]+)="[^"]*"', b"", row) for row in rows]


# --- threat 9 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", [0, 1], ids=["page", "fragment"])
def test_threat_09_who_was_given_nothing_sees_nothing_anywhere(world, turn):
    """The records of a row in turn as page and as fragment."""
    assert sees_nothing(world, lambda place: [({}, HTMX)[turn]] if place % 2 == turn else []) > 60


@pytest.mark.long
def test_threat_09_who_was_given_nothing_sees_nothing_anywhere_as_page_or_fragment(world):
    assert sees_nothing(world, lambda place: [{}, HTMX]) > 240


def sees_nothing(world: World, ways: Callable[[int], list[dict[str, str]]]) -> int:
    browser, asked = Browser(world.sessions["newcomer"]), 0
    cells = [cell for cell in matrix.cells("newcomer") if cell.method == "GET" and cell.target != matrix.NOBODY]
    # The address of a calendar is the secret: whoever was given it reads it, with or without a session.
    cells = [cell for cell in cells if cell.row != "deadlines:feed"]
    for place, cell in enumerate(one for one in cells if one.kind == matrix.kinds(one.row)[0]):
        for extra in ways(place):
            with undone():
                answer = browser.send("GET", matrix.address(world, cell), **extra)
            assert world.planted.found_in(answer.whole) == set(), cell
            asked += 1
    return asked
