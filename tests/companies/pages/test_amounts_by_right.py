"""Amounts on pages that everybody of a client opens: no wage, and nothing that tells one, without the right to it."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portal.accounts import grants
from portal.accounts.models import Firm, Membership, Switch, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.companies.models import Company, CompanySalaryScale, CompanySalaryStep, CompanySalaryTable
from portal.mirror.resource import registry
from portal.periods import Period
from portal.ui.fields import RULES
from portal.ui.records import table_of as table_of_kind
from tests.dashboards.reading import tables, text
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_return, mirrored

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]
#: Written as pages and files write them, and as an address may ask for them.
TAX, REFERENCE, SCALE, STEP = "8,765", "1234567890123456", "4,321", "3,987"


@pytest.fixture
def company(firm: Firm) -> Company:
    """A company with a wage-tax return over November, and a salary table with one step."""
    made = make_company(make_debtor(make_environment(firm)), "Eenmanszaak", Period(2026, 11))
    for serial, total in ((1, Decimal(8765)), (2, Decimal(1))):
        make_return(
            made,
            2026,
            11,
            serial_number=serial,
            total=total,
            payment_reference=REFERENCE,
            status="Verzonden",
            first_day=date(2026, 11, 1),
            last_day=date(2026, 11, 30),
        )
    of_period = {"company": made, "year": 2026, "number": 11}
    mirrored(CompanySalaryTable, made.environment, **of_period, code=1, description="Eigen tabel")
    scale = {"scale": "A", "percentage_min": Decimal(80), "percentage_max": Decimal(100)}
    mirrored(CompanySalaryScale, made.environment, **of_period, **scale, value=Decimal(4321))
    mirrored(CompanySalaryStep, made.environment, **of_period, scale="A", step="1", value=Decimal(3987))
    fetched_everything(made.debtor)
    return made


@pytest.fixture
def client_user(company: Company) -> User:
    """Somebody of the client with nothing switched on."""
    user = User.objects.create_user("bakker@test.example", "Bakker", "a-good-password")
    place = {"firm": company.environment.firm, "debtor": company.debtor, "role": Role.CLIENT_USER}
    Membership.objects.create(user=user, **place)
    return user


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def said(client: Client, company: Company) -> str:
    """Everything that the pages of the company say of what it files and of its salary table."""
    own = f"/companies/{company.pk}/"
    kinds = ("wage_tax_returns", "company_salary_scales", "company_salary_steps")
    lists = [page(client, f"{own}records/{kind}/?period=2026-11") for kind in kinds]
    return " ".join(map(text, (page(client, f"{own}?period=2026-11"), *lists)))


def test_a_wage_tax_return_is_told_to_everybody_and_what_it_comes_to_is_not(
    company: Company, client_user: User, as_user: SignIn
) -> None:
    without = said(as_user(client_user), company)
    assert all(amount not in without for amount in (TAX, "8,766", REFERENCE, SCALE, STEP))
    # Status and days stay, and so do the names of scales and steps.
    assert without.count("Verzonden") == 4
    assert "1 Nov 2026" in without
    assert "Eigen tabel" in without
    Switch.objects.create(membership=client_user.memberships.get(), capability=Capability.VIEW_SALARIES)
    allowed = said(as_user(client_user), company)
    assert all(amount in allowed for amount in (TAX, "8,766", REFERENCE, SCALE, STEP))


def test_who_may_not_see_the_total_cannot_sort_by_it_or_ask_for_its_column(
    company: Company, client_user: User, as_user: SignIn
) -> None:
    client, list_of = as_user(client_user), f"/companies/{company.pk}/records/wage_tax_returns/"
    orders = set()
    for query in ("", "?sort=total", "?sort=-total", "?columns=total,payment_reference,status,serial_number"):
        rows = next(iter(tables(page(client, list_of + query))))
        assert not {"Total (€)", "Payment reference"} & set(rows[0])
        orders.add(tuple(row["Serial number"] for row in rows))
    assert len(orders) == 1


@pytest.fixture
def roles_change() -> Iterator[None]:
    """What a role may is put into statements once for a process; a test that changes a role begins and ends anew."""
    grants._compiled.cache_clear()
    yield
    grants._compiled.cache_clear()


@pytest.mark.usefixtures("roles_change")
def test_a_file_has_no_column_of_it_either(
    company: Company, client_user: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAPABILITIES, Role.CLIENT_USER, frozenset({Capability.VIEW, Capability.EXPORT}))
    asked = {"at": f"/companies/{company.pk}/records/wage_tax_returns/?period=2026-11", "format": "csv"}
    answer: Any = as_user(client_user).post("/files/", asked)
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "Verzonden" in body
    assert all(told not in body for told in ("8765", "8766", REFERENCE, "Total", "Payment reference"))


def test_no_list_searches_a_field_that_some_of_its_readers_do_not_get() -> None:
    for (kind, field), rule in RULES.items():
        table = table_of_kind(kind)
        if table is not None and (rule.also is not None or rule.never):
            assert field in table.base_columns
            assert field not in table.searched
            assert field not in {name for name in registry[kind].watched if name not in registry[kind].sensitive}
