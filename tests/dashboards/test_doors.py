"""What figures and dates on pages are made of: nothing of a client that their reader does not see, whoever asks."""

from datetime import date, timedelta

import pytest
from django.db.models import Q

from portal import clock
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.companies.booked import USUAL_ACCOUNTS
from portal.companies.models import Basis, Company, CompanyContact, Run, Snapshot
from portal.companies.status import NO_RUN
from portal.connections.models import Environment, EnvironmentKind
from portal.dashboards import clients, contacts, debtor, panels
from portal.dashboards.board.looking import Look
from portal.dashboards.board.rows import with_details
from portal.dashboards.board.views import BoardView
from portal.dashboards.business import CompaniesView
from portal.dashboards.changes import unseen
from portal.dashboards.changes.filters import ChangeFilter
from portal.dashboards.changes.panel import new_of_client
from portal.dashboards.changes.rows import Group, fill, groups
from portal.dashboards.changes.told import _records
from portal.dashboards.changes.views import ChangesView, ClientChangesView
from portal.dashboards.filters import ClientFilter
from portal.dashboards.sums import clients as client_costs
from portal.dashboards.sums import reading
from portal.dashboards.sums.numbers import Arm
from portal.dashboards.sums.reading import May, read
from portal.dashboards.sums.windows import of_months
from portal.dashboards.variance import journal
from portal.dashboards.variance.sides import Chooser, Side
from portal.dashboards.views import ClientsView
from portal.deadlines import states
from portal.deadlines.calendar_views import CalendarView
from portal.deadlines.colleagues import seen_by
from portal.deadlines.filters import people
from portal.deadlines.models import Arrangement
from portal.deadlines.panels import upcoming
from portal.deadlines.views import deadlines_of
from portal.debtors.models import Debtor, DebtorContact, Manager
from portal.employees.models import Absence, CostShare
from portal.mirror.models import Change, ChangeKind
from portal.periods import Period, PeriodType
from portal.ui.freshness import State
from portal.ui.values import Missing
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new
from tests.factories import fetched_everything, make_booking, make_contract, make_employment, make_run, mirrored

pytestmark = pytest.mark.pages

HOUR = timedelta(hours=1)
NOVEMBER = Period(2026, 11)
OF_NOVEMBER = Q(year=2026, number=11)
NOVEMBER_SIDE = Side("2026-11", "November", (NOVEMBER,), NO_RUN, OF_NOVEMBER, OF_NOVEMBER, None)


@pytest.fixture
def office(db: None) -> Office:
    """An office with one client, whose one person came this month on a contract that ends soon."""
    made = make_office("one", "a")
    client = made.clients["a"]
    fetched_everything(client.debtor)
    make_run(client.company, 2026, 11)
    make_employment(client.person, date(2026, 11, 2))
    make_contract(client.person, date(2026, 11, 2), date(2026, 12, 10))
    for basis in Basis:
        Snapshot.objects.create(
            company=client.company,
            basis=basis,
            year=2026,
            number=11,
            first_day=date(2026, 11, 1),
            last_day=date(2026, 11, 30),
            head_count=1,
        )
    mirrored(DebtorContact, made.environment, debtor=client.debtor, name="Contact", valid_from=date(2026, 1, 1))
    own = {"company": client.company, "employee": client.person}
    month = {"year": 2026, "number": 11}
    ill = {"percentage": 80, "dossier_number": 1, "clock": "yes", "safety_net": "no"}
    mirrored(Absence, made.environment, **own, **ill, valid_from=date(2026, 11, 9))
    share = {"center_code": "10", "center_description": "Centre", "percentage": 100, "is_default": True}
    mirrored(CostShare, made.environment, **own, **month, **share)
    make_booking(client.company, **month, run_number=1, component="Wage", cost_center="10", debit=100)
    Arrangement.objects.create(company=client.company, responsible=somebody_new("responsible"))
    states.rewrite([client.company.pk])
    return made


def told(office: Office, user: User) -> dict[str, object]:
    """What each part finds for somebody, about the same client."""
    client, request = office.clients["a"], asked_by(user)
    own = Debtor.objects.filter(pk=client.debtor.pk)
    known = debtor.known(client.debtor, user)
    came, went = debtor.movements(client.debtor, user, NOVEMBER)
    sums = read(user, client.company, of_months(NOVEMBER, "Month"), May(wages=True, absence=True))
    (row,) = with_details(Company.objects.filter(pk=client.company.pk), user, Look())
    return {
        "names of companies": known.names,
        "what came in of the client": known.own,
        "figures of a month": debtor.by_month(client.debtor, user, [NOVEMBER]),
        "people who came": came,
        "people who went": went or came,
        "contracts that end": list(debtor.contracts_ending(user, client.debtor.pk, day=clock.today())),
        "companies of a client": panels.companies(request, client.debtor)["standings"],
        "how old companies are": list(clients._standing(user, own, clients.COMPANY_KINDS)),
        "how old the list is": list(clients._listed(user, own)),
        "companies in the list": clients.with_figures(user, own, NOVEMBER).get().companies_present,
        "contacts": contacts._read(request, client.debtor, client.debtor.pk, (DebtorContact,))[DebtorContact],
        "period types": sums.types,
        "runs": sums.runs,
        "kept": sums.kept,
        "people by department": sums.by_department,
        "people by cost centre": sums.by_center,
        "people who were absent": sum(kept.absent or 0 for kept in sums.kept.values()),
        "booked wages": sums.booked,
        "journal": journal._booked(user, client.company, {"now": NOVEMBER_SIDE})["now"],
        "age on the board": row.fresh_rows,
        "states on the board": row.shown_states,
        "deadlines in the panel": upcoming(request, client.company)["rows"],
        "deadlines of a company": list(deadlines_of(request, client.company)),
        "responsible people": people(request)[2:],
        "companies to work for": seen_by(user, [client.company.pk]),
        "runs to compare": Chooser(request, client.company, PeriodType.MONTH).runs,
    }


def test_every_part_tells_who_sees_the_client_what_there_is(office: Office) -> None:
    assert [name for name, found in told(office, office.administrator).items() if not found] == []


def test_no_part_tells_anything_to_who_does_not_see_the_client(office: Office, stranger: User) -> None:
    assert [name for name, found in told(office, stranger).items() if found] == []


def test_what_takes_more_than_seeing_the_client_is_not_told_to_a_user_of_it(office: Office) -> None:
    user = somebody_new("user")
    give(user, office, Role.CLIENT_USER, "a")
    found = told(office, user)
    assert found["runs"]
    for name in ("runs to compare", "people who were absent", "booked wages", "journal", "companies to work for"):
        assert not found[name], name


def test_each_number_of_a_company_is_added_up_for_who_sees_it(office: Office, stranger: User) -> None:
    """Of whatever companies it is asked."""
    own, may = Company.objects.filter(pk=office.clients["a"].company.pk).values("pk"), May(wages=True, absence=True)
    found = []
    for user in (office.administrator, stranger):
        arms = reading._arms(user, own, office.environment.pk, of_months(NOVEMBER, "Month"), may, USUAL_ACCOUNTS)
        found.append({Arm(row[0]) for row in reading.united(arms)})
    assert found == [set(Arm) - {Arm.ABSENCE_ON, Arm.CLIENT, Arm.CAME_IN, Arm.RECOUNTING}, set()]


def test_what_was_booked_is_told_to_who_may_see_wages(office: Office) -> None:
    """Also where the question was asked for somebody who may see those of another company."""
    user, own = somebody_new("user"), Company.objects.filter(pk=office.clients["a"].company.pk).values("pk")
    give(user, office, Role.CLIENT_USER, "a")
    may, windows = May(wages=True, absence=True), of_months(NOVEMBER, "Month")
    arms = reading._arms(user, own, office.environment.pk, windows, may, USUAL_ACCOUNTS)
    found = {Arm(row[0]) for row in reading.united(arms)}
    assert Arm.SNAPSHOT in found
    assert not found & {Arm.BOOKED, Arm.BOOKED_DEPARTMENT, Arm.BOOKED_CENTER}


def test_wage_cost_of_clients_is_told_to_who_may_see_their_wages(office: Office, stranger: User) -> None:
    user, pk = somebody_new("user"), office.clients["a"].debtor.pk
    give(user, office, Role.CLIENT_USER, "a")
    found = [client_costs.costs_of(one, NOVEMBER) for one in (office.administrator, stranger, user)]
    assert (found[0][pk].now, pk in found[1], found[2][pk].now) == (100, False, Missing.UNKNOWN)
    own, windows = Company.objects.filter(debtor=pk).values("pk"), client_costs._windows(NOVEMBER)
    arms = [
        {Arm(row[0]) for row in reading.united(client_costs._arms(one, own, windows))}
        for one in (office.administrator, stranger)
    ]
    assert arms == [{Arm.TYPE, Arm.CLIENT, Arm.CAME_IN, Arm.SNAPSHOT, Arm.RUN, Arm.BOOKED}, set()]


def test_contacts_of_a_company_are_told_to_who_sees_it(office: Office, stranger: User) -> None:
    client, user = office.clients["a"], somebody_new("user")
    give(user, office, Role.CLIENT_USER, "a")
    of_client, of_company = {"debtor": client.debtor}, {"company": client.company}
    since = {"valid_from": date(2026, 1, 1)}
    mirrored(CompanyContact, office.environment, **of_company, **since)
    mirrored(Manager, office.environment, **of_client, **since, number=1, last_name="Boss")
    asked = {"kinds": (CompanyContact, Manager), "day": date(2026, 11, 20)}
    people = (office.administrator, stranger, user)
    found = [len(contacts._of_company(one, client.debtor.pk, client.company.pk, **asked)) for one in people]
    assert found == [2, 0, 1]


@pytest.mark.parametrize("view", [BoardView, ClientsView, ChangesView, CalendarView], ids=lambda view: view.__name__)
def test_how_old_a_list_is_does_not_hang_on_what_others_have(office: Office, stranger: User, view: type) -> None:
    """Of the other office nothing was ever read."""
    states = []
    for user in (office.administrator, stranger):
        made = view()
        made.setup(asked_by(user))
        states.append((made.badge.state, made.badge.ever))
    assert states == [(State.FRESH, True), (State.NEVER, False)]


def test_how_old_the_changes_of_a_client_are_is_told_to_who_sees_it(office: Office, stranger: User) -> None:
    told = []
    for user in (office.administrator, stranger):
        view = ClientChangesView()
        view.setup(asked_by(user), pk=str(office.clients["a"].debtor.pk))
        told.append((bool(view.get_freshness().lines), view.get_freshness().ever, view.debtor is not None))
    assert told == [(True, True, True), (False, False, False)]


def test_lists_count_and_name_the_companies_that_one_sees(office: Office, stranger: User) -> None:
    shown = []
    for user in (office.administrator, stranger):
        board, listed = BoardView(), ClientsView()
        board.setup(asked_by(user))
        listed.setup(asked_by(user))
        board.get_queryset()
        (row,) = listed.narrow(Debtor.objects.filter(pk=office.clients["a"].debtor.pk))
        shown.append((board.numbers["all"], [company.name for company in row.present_companies]))
    assert shown == [(1, ["company a"]), (1, [])]


def test_how_old_companies_without_clients_are_does_not_hang_on_what_others_have(
    office: Office, stranger: User
) -> None:
    Environment.objects.update(kind=EnvironmentKind.BUSINESS)
    states = []
    for user in (office.administrator, stranger):
        view = CompaniesView()
        view.setup(asked_by(user))
        states.append(view.badge.state)
    assert states == [State.FRESH, State.NEVER]


def test_the_length_of_periods_is_told_of_companies_that_one_sees(office: Office, stranger: User) -> None:
    rows = Debtor.objects.filter(pk=office.clients["a"].debtor.pk)
    for user, number in ((office.administrator, 1), (stranger, 0)):
        asked = ClientFilter({"period_type": "month"}, queryset=rows, request=asked_by(user))
        assert asked.by_period_type(rows, "period_type", "month").count() == number


@pytest.fixture
def changes(office: Office) -> list[Change]:
    """A change of a contact person of the client, and one of a run of its company."""
    client = office.clients["a"]
    learned = {"old": "before", "new": "after", "kind": ChangeKind.CHANGED, "learned_at": clock.now() - HOUR}
    contact, run = DebtorContact.everything.get(), Run.everything.get()
    both = (("debtor_contact", "name", contact.key, None), ("runs", "locked", run.key, client.company))
    return [
        Change.objects.create(
            environment=office.environment,
            debtor=client.debtor,
            company=company,
            resource=resource,
            row_key=key,
            field=field,
            **learned,
        )
        for resource, field, key, company in both
    ]


@pytest.mark.parametrize("reader", ["administrator", "administrator of another firm", "user of the client"])
def test_changes_are_told_to_who_sees_the_client_and_how_it_is_read(
    office: Office, stranger: User, changes: list[Change], reader: str
) -> None:
    weak = somebody_new("user")
    give(weak, office, Role.CLIENT_USER, "a")
    people = {"administrator": office.administrator, "administrator of another firm": stranger}
    user, client = people.get(reader, weak), office.clients["a"].debtor
    group = Group(client.pk, "", "", 2)
    fill(user, [group], Q(), clock.now() - 2 * HOUR)
    counts = unseen.count(user, Q())
    over = Change.objects.filter(unseen._over(user, unseen.CAPABILITY))
    found = {
        "panel of a client": new_of_client(asked_by(user), client)["group"].count,
        "of clients": sum(counts.debtors.values()),
        "of companies": sum(counts.companies.values()),
        "newest": len(group.rows),
        "records": len(_records(user, changes)),
        "with another capability": over.count(),
    }
    told = reader == "administrator"
    assert [name for name, number in found.items() if bool(number) != told] == []


def test_changes_are_found_by_names_that_one_sees(office: Office, stranger: User, changes: list[Change]) -> None:
    for user, number in ((office.administrator, 2), (stranger, 0)):
        asked = ChangeFilter({"client": "a"}, queryset=Change.objects.all(), request=asked_by(user))
        assert Change.objects.filter(asked.condition).count() == number


def test_a_client_that_one_does_not_see_is_called_by_its_companies(
    office: Office, stranger: User, changes: list[Change]
) -> None:
    counts = unseen.count(office.administrator, Q())
    assert [group.name for group in groups(office.administrator, counts)] == ["a"]
    assert [group.name for group in groups(stranger, counts)] == ["company a"]


def test_managers_of_a_client_are_told_to_who_sees_personal_data(office: Office) -> None:
    client = office.clients["a"].debtor
    mirrored(Manager, office.environment, debtor=client, number=1, last_name="Boss", valid_from=date(2026, 1, 1))
    user = somebody_new("user")
    give(user, office, Role.CLIENT_USER, "a")
    read = [contacts._read(asked_by(one), client, client.pk, (Manager,)) for one in (office.administrator, user)]
    assert [len(found[Manager]) for found in read] == [1, 0]
