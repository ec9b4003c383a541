"""The pages of a client for its own people: organisation and period, in plain words, nothing of the office inside."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.accounts import rights
from portal.accounts.models import Firm, Membership, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Capability, Role
from portal.companies import booked
from portal.companies.models import Company, JournalLine, PeriodSeen, RunWage
from portal.connections.wording import answered_by
from portal.dashboards.tables import unread
from portal.deadlines import states
from portal.deadlines.models import Arrangement
from portal.debtors.models import AccountantContact, Debtor
from portal.employees.models import Employee
from portal.mirror.models import State
from portal.mirror.opt_ins import choose
from portal.mirror.resource import OptIn, registry
from portal.periods import Period, PeriodType
from portal.ui.empty import EMPTY_STATES
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.factories import (
    SEEN,
    fetched,
    fetched_everything,
    make_booking,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
    make_return,
    make_run,
    mirrored,
    summed,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
MADE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def bakery(firm: Firm) -> Debtor:
    """A client with a company that pays by month (October final, November open) and one by four weeks (made)."""
    debtor = make_debtor(make_environment(firm), "Bakkersgroep")
    bread = make_company(debtor, "Brood")
    cake = make_company(debtor, "Koek", period=Period(2026, 12), period_type=PeriodType.FOUR_WEEKS)
    locked = make_run(bread, 2026, 10, locked=True, run_at=MADE)
    make_run(cake, 2026, 12, run_at=MADE)
    make_return(bread, 2026, 10, sent_at=MADE)
    baker = make_person(bread, "B. Bakker")
    make_employment(baker, date(2026, 10, 5))
    for code, description, amount in ((1000, "Bruto salaris", "3000"), (4100, "Nettoloon", "2400")):
        mirrored(RunWage, debtor.environment, company=bread, employee=baker, run=locked, year=2026, number=10,
                 code=code, description=description, amount=Decimal(amount))  # fmt: skip
    make_booking(bread, 2026, 10, run_number=locked.number, component="Bruto salaris", debit=Decimal("3456.78"))
    mirrored(AccountantContact, debtor.environment, debtor=debtor, valid_from=date(2026, 1, 1), name="Ingrid Maas",
             email="i@office.example", phone="030-1234567")  # fmt: skip
    Arrangement.objects.create(company=bread, responsible=somebody_new("Fatima Responsible"))
    fetched_everything(debtor)
    summed(bread, cake)
    states.rewrite([bread.pk, cake.pk])
    return debtor


def member(*scopes: Debtor | Company, role: Role = Role.CLIENT_ADMINISTRATOR) -> User:
    user = somebody_new(str(role))
    for scope in scopes:
        firm = scope.environment.firm_id
        place = Place(firm, role, scope.pk) if isinstance(scope, Debtor) else Place(firm, role, company=scope.pk)
        rights.give(SYSTEM, user, place)
    return user


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_start_page_says_where_each_company_stands(bakery: Debtor, as_user: SignIn) -> None:
    html = page(as_user(member(bakery)), f"/my/{bakery.pk}/")
    said = text(html)
    assert "<h1>Bakkersgroep</h1>" in html and "Payroll by Kantoor Test" in said
    assert "The payroll of November 2026 has not been calculated yet." in said
    assert "Period 12 of 2026 (2 Nov 2026 to 29 Nov 2026)" in said
    assert "was calculated on 20 Nov 2026 and is being checked. It may still change." in said
    assert "October 2026 final" in said
    assert "Wages are paid November 2026 · Brood 30 Nov 2026" in said
    assert "Head count 1" in said
    assert 'href="tel:0301234567"' in html and 'href="mailto:i@office.example"' in html


def test_a_period_tells_what_it_came_to_only_to_who_may_see_wages(bakery: Debtor, as_user: SignIn) -> None:
    bread = Company.objects.get(name="Brood")
    address = f"/my/companies/{bread.pk}/?period=2026-10"
    html = page(as_user(member(bakery)), address)
    said = text(html)
    assert "The payroll of October 2026 is final. It was calculated on 20 Nov 2026." in said
    assert "Wage-tax return sent" in said and "B. Bakker came on 5 Oct 2026" in said
    assert "Wage cost €3,457" in said
    [amounts] = [found for found in tables(html) if found and "Component" in found[0]]
    assert [(row["Component"], row["People"], row["Amount (€)"]) for row in amounts] == [
        ("Bruto salaris", "1", "3,000.00"),
        ("Nettoloon", "1", "2,400.00"),
    ]
    assert f"/companies/{bread.pk}/variance/?period=2026-10&amp;against=2026-09" in html
    user = member(bakery, role=Role.CLIENT_USER)
    without = page(as_user(user), address)
    for secret in ("3,000", "2,400", "3,457", "3,456", "variance"):
        assert secret not in without
    assert "B. Bakker" in without
    rights.switch(SYSTEM, user.memberships.get(), Capability.VIEW_SALARIES, on=True)
    assert "3,000.00" in page(as_user(user), address)


def test_what_one_of_two_runs_came_to_is_never_shown_as_the_whole(bakery: Debtor, as_user: SignIn) -> None:
    """After a pre-run the normal run comes within the hour, what it came to in the night."""
    bread = Company.objects.get(name="Brood")
    client = as_user(member(bakery))
    address = f"/my/companies/{bread.pk}/?period=2026-10"
    second = make_run(bread, 2026, 10, number=92, locked=True, run_at=MADE, first_seen=SEEN + timedelta(hours=1))
    html = page(client, address)
    for part in ("3,000", "2,400", "3,457", "3,456"):
        assert part not in html
    said = "Not all amounts of this payroll are here, so none are shown. New ones usually come within a day."
    assert said in text(html)
    assert "Wage cost" not in text(html).split("Where it stands")[0]
    compared = page(client, f"/companies/{bread.pk}/variance/?period=2026-10&against=2026-09")
    assert "Not all amounts of this payroll are here, so none" in text(compared)
    # The night after: the output of the second run came in, and its journal.
    mirrored(RunWage, bread.environment, company=bread, employee=Employee.objects.get(), run=second, year=2026,
             number=10, code=1000, description="Bruto salaris", amount=Decimal("500"))  # fmt: skip
    make_booking(bread, 2026, 10, run_number=92, component="Bruto salaris", debit=Decimal("543.21"))
    html = page(client, address)
    assert "3,500.00" in html and "Wage cost €4,000" in text(html)


def test_amounts_that_stand_in_another_period_are_not_missing(bakery: Debtor, as_user: SignIn) -> None:
    bread = Company.objects.get(name="Brood")
    bread.run_set.update(period_start=9)
    html = page(as_user(member(bakery)), f"/my/companies/{bread.pk}/?period=2026-09")
    assert "This payroll was worked out together with another period, and its amounts stand there." in text(html)


def test_nothing_of_the_office_inside_reaches_people_of_a_client(
    bakery: Debtor, as_user: SignIn, administrator: Callable[..., User]
) -> None:
    browser = as_user(member(bakery))
    bread = Company.objects.get(name="Brood")
    person = Employee.objects.get(company=bread)
    for days, month in enumerate((12, 11)):
        PeriodSeen.objects.create(company=bread, year=2026, number=month, seen_at=MADE + timedelta(days=days))
    for address in (
        f"/my/{bakery.pk}/",
        f"/my/companies/{bread.pk}/",
        f"/clients/{bakery.pk}/",
        f"/companies/{bread.pk}/",
        f"/companies/{bread.pk}/deadlines/",
        f"/companies/{bread.pk}/employees/",
        f"/employees/{person.pk}/",
        "/calendar/",
        "/employees/",
    ):
        html = page(browser, address)
        for inside in (
            "Fatima", "Responsible", "Resync", "sync run", "Changes since you last looked", "seen since",
            "set back in Nmbrs", "Ids in Nmbrs", "company_guids",
        ):  # fmt: skip
            assert inside not in html.replace("fatima", ""), (address, inside)
        # The way back to one's own page stands on every one of them.
        assert "My organisation" in html
    assert browser.get(f"/companies/{bread.pk}/records/company_guids/").status_code == 403
    office = page(as_user(administrator()), f"/companies/{bread.pk}/")
    for inside in ("seen since", "set back in Nmbrs", "Ids in Nmbrs", "records/company_guids/"):
        assert inside in office


def test_scope_and_a_company_by_itself(bakery: Debtor, as_user: SignIn) -> None:
    other = make_company(make_debtor(bakery.environment, "Slagersgroep"), "Worst")
    bread, cake = Company.objects.get(name="Brood"), Company.objects.get(name="Koek")
    browser = as_user(member(bakery))
    for hidden in (f"/my/{other.debtor_id}/", f"/my/companies/{other.pk}/", "/my/999999/", "/my/99999999999999999999/"):
        assert browser.get(hidden).status_code == 404, hidden
    # Between the companies of one's organisation; nonsense in the address is the current period.
    both = page(browser, f"/my/companies/{bread.pk}/?period=nonsense")
    assert f'<a href="/my/companies/{cake.pk}/">Koek</a>' in both and "is not a period of this company" in both
    alone = as_user(member(bread, role=Role.CLIENT_USER))
    assert alone.get("/").headers["Location"] == f"/my/companies/{bread.pk}/"
    said = page(alone, f"/my/companies/{bread.pk}/")
    assert "Koek" not in said and "Bakkersgroep" not in said and "Ingrid Maas" not in said
    assert alone.get(f"/my/companies/{cake.pk}/").status_code == 404


def test_the_page_names_the_office_of_this_client_and_no_other_one(bakery: Debtor, as_user: SignIn) -> None:
    other = Firm.objects.create(name="Kantoor Twee")
    grocer = make_debtor(make_environment(other), "Kruideniersgroep")
    bookkeeper = member(bakery)
    Membership.objects.create(user=bookkeeper, firm=other, debtor=grocer, role=Role.CLIENT_ADMINISTRATOR)
    browser = as_user(bookkeeper)

    def subtitle(debtor: Debtor) -> str:
        return text(page(browser, f"/my/{debtor.pk}/").split('class="ui-subtitle"')[1].split("</p>")[0])

    assert subtitle(bakery).endswith("Payroll by Kantoor Test")
    assert subtitle(grocer).endswith("Payroll by Kantoor Twee")


def test_what_was_never_fetched_is_no_zero_and_many_companies_cost_no_more_queries(
    firm: Firm, as_user: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    debtor = make_debtor(make_environment(firm), "Nieuw")
    bare = make_company(debtor, "Kaal", period=None)
    browser = as_user(member(debtor))
    assert "The current period is not known yet." in text(page(browser, f"/my/{debtor.pk}/"))
    assert "Head count not fetched yet" in text(page(browser, f"/my/{debtor.pk}/"))
    assert "The current period is not known yet" in text(page(browser, f"/my/companies/{bare.pk}/"))
    made = [make_company(debtor, f"Company {number}") for number in range(12)]
    fetched_everything(debtor)
    states.rewrite([company.pk for company in made])
    with django_assert_max_num_queries(25):
        page(browser, f"/my/{debtor.pk}/")
    with django_assert_max_num_queries(25):
        page(browser, f"/my/companies/{made[0].pk}/")


def badge_of(browser: Client, address: str) -> dict[str, str]:
    """What the freshness of a page is about: kind and state."""
    names = {str(kind.label): kind.name for kind in registry}
    return {names[str(line.label)]: str(line.state) for line in browser.get(address).context["freshness"].lines}


def test_the_badge_is_about_every_figure_and_date_on_the_page(bakery: Debtor, as_user: SignIn) -> None:
    bread = Company.objects.get(name="Brood")
    start, period = f"/my/{bakery.pk}/", f"/my/companies/{bread.pk}/?period=2026-10"
    choose(bakery.environment_id, OptIn.ABSENCE, on=True)
    sees, without = as_user(member(bakery)), as_user(member(bakery, role=Role.CLIENT_USER))
    everybody = {"companies", "current_period", "runs", "wage_tax_returns", "pension_exports", "employments"}
    for browser, wages in ((sees, True), (without, False)):
        for address in (start, period):
            found = badge_of(browser, address)
            assert everybody <= found.keys(), address
            assert ("journal" in found) is wages, address
            # On the page of the period its wage cost stands in the place of the contract wage.
            assert ("salaries" in found, "schedules" in found) == ((wages and address == start),) * 2, address
            assert "absences" not in found
    assert "run_output" in badge_of(sees, period) and "run_output" not in badge_of(without, period)
    # What fails is told to those alone who would see something of it.
    for kind in ("journal", "pension_exports", "runs"):
        fetched(bread, kind, state=State.FAILING)
        for browser, tells in ((sees, True), (without, kind != "journal")):
            for address in (start, period):
                assert (browser.get(address).context["freshness"].state == "failing") is tells, (kind, address)
        fetched(bread, kind)


def test_absence_is_in_the_badge_of_who_may_see_it(bakery: Debtor, as_user: SignIn) -> None:
    choose(bakery.environment_id, OptIn.ABSENCE, on=True)
    user = member(bakery, role=Role.CLIENT_USER)
    assert "absences" not in badge_of(as_user(user), f"/my/{bakery.pk}/")
    rights.switch(SYSTEM, user.memberships.get(), Capability.VIEW_SICKNESS, on=True)
    assert "absences" in badge_of(as_user(user), f"/my/{bakery.pk}/")


def test_contract_wage_in_the_place_of_a_cost_is_as_old_as_the_journals(bakery: Debtor, as_user: SignIn) -> None:
    bread = Company.objects.get(name="Brood")
    JournalLine.objects.all().delete()
    booked.rewrite(bread.pk)
    fetched(bread, "journal", state=State.NOT_PERMITTED)
    browser = as_user(member(bakery))
    address = f"/my/companies/{bread.pk}/?period=2026-10"
    assert "Contract wage" in text(page(browser, address))
    assert badge_of(browser, address)["journal"] == "not_permitted"


#: Words of who runs payroll or this portal; a client can do nothing with them.
OF_THE_OFFICE = (
    "accounts that begin with 4", "debit less credit", "journals of the payroll runs", "run or its journal",
    "no run, or no journal", "Runs and journals of", "first sync", "next sync", "API user",
    "administrator of your office",
)  # fmt: skip


def test_a_client_reads_plain_words_on_every_page(
    bakery: Debtor, as_user: SignIn, administrator: Callable[..., User]
) -> None:
    bread, cake = Company.objects.get(name="Brood"), Company.objects.get(name="Koek")
    bare = make_company(bakery, "Kaal", period=None)
    fetched(bread, "pension_exports", state=State.NOT_PERMITTED)
    fetched(bread, "hour_codes", state=State.NOT_PERMITTED)
    addresses = (
        f"/my/{bakery.pk}/",
        f"/my/companies/{bread.pk}/",
        f"/clients/{bakery.pk}/?month=2026-10",
        f"/companies/{bread.pk}/",
        f"/companies/{bread.pk}/records/hour_codes/",
        f"/companies/{cake.pk}/",
        f"/companies/{bare.pk}/",
        f"/employees/{Employee.objects.get(company=bread).pk}/",
        "/employees/",
    )

    def read(browser: Client) -> dict[str, set[str]]:
        found = {address: page(browser, address) for address in addresses}
        return {address: {words for words in OF_THE_OFFICE if words in html} for address, html in found.items()}

    client = as_user(member(bakery))
    for kind, state in (("journal", State.FRESH), ("journal", State.NEVER), ("journal", State.NOT_PERMITTED)):
        fetched(bread, kind, state=state)
        assert read(client) == {address: set() for address in addresses}
    assert "Ask your accountant about it." in page(client, f"/companies/{bread.pk}/")
    assert "no figures of this company can be shown" in page(client, f"/companies/{bare.pk}/")
    # The office still reads what it can do something about.
    office = read(as_user(administrator()))
    assert {"API user", "journals of the payroll runs"} <= office[f"/companies/{bread.pk}/"]
    assert {"accounts that begin with 4", "no run, or no journal"} & office[f"/companies/{cake.pk}/"]
    assert "next sync" in office[f"/companies/{bare.pk}/"]


def test_texts_made_outside_a_request_follow_who_reads_them(bakery: Debtor) -> None:
    with answered_by(lambda: False, lambda: True):
        assert "not known here yet" in unread(2)
        assert str(EMPTY_STATES["not_permitted"].text) == "Ask your accountant about it."
    assert "Runs and journals of 2 companies" in unread(2)
