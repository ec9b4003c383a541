"""What is the office's own on the pages of a company: people of a client do not read that it is there."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.accounts.models import Firm, Membership, User
from portal.accounts.roles import Role
from portal.companies.models import Company
from portal.periods import Period
from tests.dashboards.reading import text
from tests.factories import fetched_everything, make_company, make_debtor, make_environment

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company of which everything was read."""
    made = make_company(make_debtor(make_environment(firm)), "Transport", Period(2026, 11))
    fetched_everything(made.debtor)
    return made


def somebody(company: Company, role: Role) -> User:
    user = User.objects.create_user(f"{role}@test.example", "Iemand", "a-good-password")
    Membership.objects.create(user=user, firm=company.environment.firm, debtor=company.debtor, role=role)
    return user


@pytest.mark.parametrize("role", [Role.CLIENT_ADMINISTRATOR, Role.CLIENT_USER])
def test_run_requests_and_the_workflow_are_not_shown_to_people_of_the_client(
    company: Company, as_user: SignIn, role: Role
) -> None:
    def seen(client: Client) -> tuple[list[bool], list[int]]:
        said = text(client.get(f"/companies/{company.pk}/").content.decode())
        lists = [client.get(f"/companies/{company.pk}/records/{kind}/").status_code for kind in kinds]
        return [word in said for word in ("Run requests", "Payroll workflow")], lists

    kinds = ("run_requests", "payroll_workflow")
    assert seen(as_user(somebody(company, role))) == ([False, False], [403, 403])
    assert seen(as_user(somebody(company, Role.ASSISTANT))) == ([True, True], [200, 200])
