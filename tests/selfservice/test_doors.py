"""What the pages of a client's own people are made of: nothing of a company that their reader does not see."""

from decimal import Decimal

import pytest

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.companies import freshness
from portal.companies.models import Company, RunWage
from portal.companies.periods import chosen
from portal.deadlines import states
from portal.selfservice import panels, periods, standing
from portal.selfservice.views import ClientView, PeriodView
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new
from tests.factories import fetched_everything, make_company, make_run, mirrored

pytestmark = pytest.mark.pages


@pytest.fixture
def office(db: None) -> Office:
    """An office whose client has two companies; the first was paid this month and is asked about its periods."""
    made = make_office("one", "a")
    client = made.clients["a"]
    make_company(client.debtor, "second company")
    run = make_run(client.company, 2026, 11)
    fetched_everything(client.debtor)
    own = {"company": client.company, "employee": client.person, "run": run, "year": 2026, "number": 11}
    mirrored(RunWage, made.environment, **own, code=1, description="Wage", amount=Decimal(1000))
    states.rewrite([client.company.pk])
    return made


@pytest.fixture
def reader(office: Office) -> User:
    """Who sees the first company alone, and no wages of it."""
    user = somebody_new("reader")
    give(user, office, Role.CLIENT_USER, company="a")
    return user


def company_as_read(office: Office) -> Company:
    """The company as a page has it that asked before which kinds came in."""
    company = Company.objects.select_related("current").get(name="company a")
    assert freshness.ever_fetched(office.administrator, company, "run_output")
    return company


def told(office: Office, user: User) -> dict[str, object]:
    """What each part finds for somebody, about the same company."""
    company, view, of_client = company_as_read(office), PeriodView(), ClientView()
    view.setup(asked_by(user))
    view.object = company
    of_client.setup(asked_by(user))
    of_client.object = company.debtor
    choice = chosen(view.request, company)
    assert choice is not None
    (listed,) = periods.of_companies(user, [company])
    runs = standing.runs_of(view.request, company, choice)
    found = standing.told_of(view.request, company, choice, runs)
    return {
        "amounts": panels.amounts(view.request, company).get("rows"),
        "components": panels.components(view.request, company, choice),
        "runs with their output": panels.runs_over(view.request, company, choice),
        "periods": listed.current,
        "dates": periods.dates(user, company=company),
        "pay day": found and found.pay_due,
        "runs": runs,
        "other companies": view._siblings(),
        "companies of the client": [one.company.name for one in of_client.get_context_data()["periods"]],
    }


def test_every_part_tells_who_sees_the_client_what_there_is(office: Office) -> None:
    found = told(office, office.administrator)
    assert [name for name, one in found.items() if not one] == []
    assert found["companies of the client"] == ["company a", "second company"]


def test_an_administrator_of_another_office_sees_nothing_of_the_client(office: Office, stranger: User) -> None:
    assert [name for name, found in told(office, stranger).items() if found] == []


def test_who_was_given_one_company_reads_of_no_other_and_of_no_wages(office: Office, reader: User) -> None:
    found = told(office, reader)
    assert [name for name, one in found.items() if not one] == [
        "amounts",
        "components",
        "runs with their output",
        "other companies",
    ]
    assert found["companies of the client"] == ["company a"]
