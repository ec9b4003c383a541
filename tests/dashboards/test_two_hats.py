"""Somebody who works at one office and is a client of another reads nothing of how the other one works inside."""

from types import SimpleNamespace

import pytest

from portal.accounts.models import Firm, Membership, Team, TeamDebtor, TeamMember
from portal.accounts.roles import CAPABILITIES, CLIENT, INTERNAL, STAFF, Role
from portal.companies.models import PeriodSeen
from portal.deadlines import arranging, states
from portal.deadlines.models import MovedDate
from portal.debtors.models import DebtorTag
from portal.mirror.models import State
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.factories import (
    SEEN,
    fetched,
    fetched_everything,
    make_company,
    make_debtor,
    make_environment,
    make_run,
    mirrored,
)

pytestmark = [pytest.mark.pages, pytest.mark.database]

#: Who sees to a company at either office, and what Nmbrs answered last about wages.
OURS, THEIRS, FAULT = "Karel van Kantoor Een", "Truus van Kantoor Twee", "Nmbrs did not answer"


@pytest.fixture
def two(firm, administrator, as_user):
    """An accountant of one office with a client, who is the client of another office."""
    other = Firm.objects.create(name="Kantoor Twee")
    reader = somebody_new("reader")
    found = {}
    for name, of, role in (("ours", firm, Role.ACCOUNTANT), ("theirs", other, Role.CLIENT_ADMINISTRATOR)):
        debtor = make_debtor(make_environment(of), f"Klant {name}")
        company = make_company(debtor, f"Bedrijf {name}")
        make_run(company, 2026, 11)
        mirrored(DebtorTag, debtor.environment, debtor=debtor, number=1, text=f"label {name}", valid_from="2026-01-01")
        fetched_everything(debtor)
        states.rewrite([company.pk])
        Membership.objects.create(user=reader, firm=of, debtor=debtor, role=role)
        boss = administrator(f"boss-{name}@test.example", of)
        carer = somebody_new(name)
        carer.name = OURS if of == firm else THEIRS
        carer.save()
        Membership.objects.create(user=carer, firm=of, debtor=debtor, role=Role.ACCOUNTANT)
        arranging.assign(boss, [company.pk], carer)
        found[name] = SimpleNamespace(debtor=debtor, company=company, carer=carer, boss=boss)
    return SimpleNamespace(browser=as_user(reader), reader=reader, **found)


def page(two, address):
    answer = two.browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_all_people_of_an_office_and_nobody_of_a_client_hold_what_tells_them_apart():
    assert {role for role, held in CAPABILITIES.items() if INTERNAL in held} == STAFF == set(Role) - CLIENT


def test_who_is_responsible_is_told_at_the_own_office_alone(two):
    for place in ("/clients/{0.debtor.pk}/", "/companies/{0.company.pk}/", "/companies/{0.company.pk}/deadlines/"):
        assert OURS in page(two, place.format(two.ours)), place
        assert THEIRS not in page(two, place.format(two.theirs)), place
    for address in ("/", "/calendar/?month=2026-11"):
        rows = {row["Company"].split(" Klant")[0]: row["Responsible"] for row in tables(page(two, address))[-1]}
        assert rows == {"Bedrijf ours": OURS, "Bedrijf theirs": ""}, address
        assert THEIRS not in page(two, address)


@pytest.mark.parametrize("address", ["/", "/calendar/?month=2026-11"])
def test_lists_do_not_tell_it_by_their_filters_or_their_order(two, address):
    def names(query):
        html = page(two, address + ("&" if "?" in address else "?") + query)
        assert f'<option value="{two.theirs.carer.pk}"' not in html
        assert "label theirs" not in html
        return [name for name in ("Bedrijf ours", "Bedrijf theirs") if f"{name}</a>" in html]

    assert f'<option value="{two.ours.carer.pk}"' in page(two, address)
    assert names("person=nobody") == []
    # Not a choice: the filter is left out, and both are there.
    assert names(f"person={two.theirs.carer.pk}") == ["Bedrijf ours", "Bedrijf theirs"]
    assert names(f"person={two.ours.carer.pk}") == ["Bedrijf ours"]
    assert names("tag=label+ours") == ["Bedrijf ours"]
    # Unknown names come last either way: the order says nothing of theirs.
    for query in ("sort=responsible", "sort=-responsible"):
        html = page(two, address + ("&" if "?" in address else "?") + query)
        # A list below the month has it once.
        assert html.rindex("Bedrijf ours</a>") < html.rindex("Bedrijf theirs</a>")


def test_being_responsible_once_at_the_other_office_does_not_open_the_filter(two):
    """They worked there before they became its client."""
    two.theirs.company.arrangement.responsible = two.reader
    two.theirs.company.arrangement.save()
    assert "Bedrijf theirs</a>" not in page(two, "/?person=me")


def test_panels_of_the_office_and_what_it_moved_are_told_at_the_own_office_alone(two):
    for side in (two.ours, two.theirs):
        day = {"kind": "payment", "period_type": "month", "year": 2026, "number": 11, "due": "2026-11-27"}
        PeriodSeen.objects.create(company=side.company, year=2026, number=11, seen_at=SEEN)
        MovedDate.objects.create(company=side.company, moved_by=side.boss, reason="brief van de bank", **day)
    seen = [text(page(two, f"/clients/{side.debtor.pk}/")) for side in (two.ours, two.theirs)]
    assert ["What needs attention" in said for said in seen] == [True, False]
    seen = [text(page(two, f"/companies/{side.company.pk}/deadlines/")) for side in (two.ours, two.theirs)]
    assert ["brief van de bank" in said for said in seen] == [True, False]
    periods = [page(two, f"/companies/{side.company.pk}/") for side in (two.ours, two.theirs)]
    assert ["seen since" in text(said) for said in periods] == [True, False]


@pytest.mark.parametrize("scope", ["company", "debtor", "environment"])
def test_what_went_wrong_with_the_data_is_told_at_the_own_office_alone(two, scope):
    kind = {"company": "runs", "debtor": "companies", "environment": "debtors"}[scope]

    def fail(side, error):
        at = {"company": side.company, "debtor": side.debtor, "environment": side.debtor.environment}[scope]
        at.freshness.filter(resource=kind).delete()
        fetched(at, kind, state=State.FAILING, error_kind=error)

    def told(side):
        addresses = [f"/clients/{side.debtor.pk}/", f"/companies/{side.company.pk}/"]
        if scope == "debtor":
            addresses = [addresses[0], f"/clients/{side.debtor.pk}/records/companies/"]
        if scope == "environment":
            addresses = addresses[:1]
        return ["Last attempt" in text(page(two, address)) for address in addresses]

    fail(two.theirs, "unavailable")
    assert not any(told(two.theirs))
    assert "Last attempt" not in text(page(two, "/"))
    assert "failing" in text(page(two, f"/clients/{two.theirs.debtor.pk}/"))
    fail(two.ours, "unavailable")
    assert all(told(two.ours))
    assert not any(told(two.theirs))
    if scope == "company":
        assert "Last attempt" in text(page(two, "/"))


def test_teams_of_the_own_office_choose_nothing_of_the_other(two, firm):
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=two.ours.debtor)
    TeamMember.objects.create(team=team, user=two.reader, role=Role.ACCOUNTANT)
    assert "Bedrijf theirs</a>" not in page(two, f"/?team={team.pk}")
