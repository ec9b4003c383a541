"""What the parts of a company's pages show of a company that their reader does not see: nothing, whoever calls them."""

from datetime import date

import pytest

from portal.accounts.models import User
from portal.accounts.roles import Capability, Role
from portal.companies import freshness, panels
from portal.companies.filed_tables import WageTaxReturnTable
from portal.companies.models import Basis, Company, PeriodSeen, Run, Snapshot
from portal.companies.periods import chosen, navigator
from portal.companies.rights import holds_everywhere
from portal.companies.standing import standings, told
from portal.companies.views import CompanyView
from portal.debtors.models import Debtor
from portal.mirror.models import Freshness
from portal.periods import Period, PeriodType, bounds
from portal.ui.freshness import FreshnessSummary
from portal.ui.records import When
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new
from tests.factories import SEEN, fetched_everything, make_return, make_run

pytestmark = pytest.mark.pages

KINDS = ("debtors", "companies", "runs")


@pytest.fixture
def office(db: None) -> Office:
    """An office of which everything about client a was read."""
    made = make_office("one", "a")
    company = made.clients["a"].company
    fetched_everything(made.clients["a"].debtor)
    make_run(company, 2026, 11)
    make_return(company, 2026, 11)
    PeriodSeen.objects.create(company=company, year=2026, number=11, seen_at=SEEN)
    for number in (10, 11):
        days = {"first_day": date(2026, number, 1), "last_day": date(2026, number, 30)}
        Snapshot.objects.create(company=company, basis=Basis.PERIOD, year=2026, number=number, **days)
    return made


def known_to_have_come_in(office: Office) -> Company:
    """The company as a page has it that asked before whether its records came in."""
    company = Company.objects.select_related("current").get(name="company a")
    assert freshness.ever_fetched(office.administrator, company, "runs", "wage_tax_returns")
    return company


def ages(user: User, office: Office) -> list[FreshnessSummary]:
    client = office.clients["a"]
    return [
        freshness.of_company(user, client.company, KINDS),
        freshness.of_debtor(asked_by(user), client.debtor, KINDS),
        freshness.of_scope(user, Debtor.objects.none(), Company.objects.filter(pk=client.company.pk), ("runs",)),
    ]


def test_how_old_data_is_tells_nothing_of_a_client_that_one_does_not_see(office: Office, stranger: User) -> None:
    assert [summary.oldest for summary in ages(office.administrator, office)] == [SEEN] * 3
    assert [len(summary.lines) for summary in ages(office.administrator, office)] == [3, 3, 1]
    told = ages(stranger, office)
    assert [summary.oldest for summary in told] == [None] * 3
    assert [len(summary.lines) for summary in told] == [0, 0, 1]


def test_whether_records_came_in_is_not_told_of_a_company_that_one_does_not_see(office: Office, stranger: User) -> None:
    assert not freshness.ever_fetched(stranger, Company.objects.get(name="company a"), "runs")
    assert Freshness.objects.filter(company__name="company a", resource="runs").exists()


def test_panels_show_no_row_of_a_company_that_one_does_not_see(office: Office, stranger: User) -> None:
    for user, shown in ((office.administrator, True), (stranger, False)):
        request, company = asked_by(user), known_to_have_come_in(office)
        assert bool(panels.runs(request, company)["runs"]) is shown
        assert bool(panels.returns(request, company)["returns"]) is shown
        assert bool(panels.particulars(request, company)["moves"]) is shown


def test_the_periods_that_figures_are_kept_of_are_those_that_one_sees(office: Office, stranger: User) -> None:
    offered = {}
    for user in (office.administrator, stranger):
        request, company = asked_by(user), known_to_have_come_in(office)
        choice = chosen(request, company)
        assert choice is not None
        offered[user] = [value for value, _words in navigator(request, company, choice).choices]
    assert offered == {office.administrator: ["2026-11", "2026-10"], stranger: ["2026-11"]}


def test_a_list_tells_no_standing_of_a_company_that_one_does_not_see(office: Office, stranger: User) -> None:
    """Neither its last run and return, nor whether they were ever read."""
    rows = Company.objects.filter(name="company a")
    administrator = office.administrator
    (own,) = standings(told(rows, administrator), administrator)
    (theirs,) = standings(told(rows, stranger), stranger)
    assert own.last_run is not None and own.last_return is not None
    assert theirs.last_run is None and theirs.last_return is None
    Run.everything.all().delete()
    (empty,) = standings(told(rows, administrator), administrator)
    assert empty.last_run_status != theirs.last_run_status


def test_the_figures_of_a_company_are_those_that_one_sees(office: Office, stranger: User) -> None:
    for user, points in ((office.administrator, 2), (stranger, 1)):
        view, company = CompanyView(), known_to_have_come_in(office)
        assert freshness.ever_fetched(office.administrator, company, *freshness.PEOPLE_KINDS)
        view.setup(asked_by(user))
        view.object = company
        choice = chosen(view.request, company)
        assert choice is not None
        assert len(view._snapshots(choice)) == points


def test_a_column_is_shown_to_who_holds_its_capability_over_every_row_that_they_see(
    office: Office, stranger: User
) -> None:
    """What others see does not count."""
    assert holds_everywhere(asked_by(office.administrator), Capability.VIEW_SALARIES)
    half = somebody_new("half")
    give(half, office, Role.ACCOUNTANT, "a")
    assert holds_everywhere(asked_by(half), Capability.VIEW_SALARIES)
    second = make_office("three", "y")
    give(half, second, Role.CLIENT_USER, "y")
    assert not holds_everywhere(asked_by(User.objects.get(pk=half.pk)), Capability.VIEW_SALARIES)


def test_returns_are_counted_for_who_sees_the_company(office: Office, stranger: User) -> None:
    company, last = office.clients["a"].company.pk, date(2026, 11, 30)
    november = Period(2026, 11)
    for when in (When(last), When(last, november, bounds(PeriodType.MONTH, november))):
        assert WageTaxReturnTable.count(office.administrator, company, when) == 1
        assert WageTaxReturnTable.count(stranger, company, when) == 0
