"""What a journal books on cost is kept by period: the sums of its lines, and nothing where there are none."""

from collections import defaultdict
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Firm
from portal.companies import booked
from portal.companies.models import BookedCost, Company, JournalLine
from tests.conftest import Connected
from tests.factories import make_booking, make_company, make_debtor, make_environment

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Kept = dict[tuple[int, int, int], int | None]


def kept(**of: object) -> Kept:
    rows = BookedCost.objects.filter(**of).values_list("company", "year", "number", "cents")
    return {(company, year, number): cents for company, year, number, cents in rows}


def added_up(**of: object) -> Kept:
    """The slow way: line by line."""
    found: Kept = {}
    costs: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for line in JournalLine.objects.filter(**of):
        place = (line.company_id, line.year, line.number)
        found.setdefault(place, None)
        if line.account.upper().startswith(("4", "WPER")):
            costs[place] += line.debit - line.credit
            found[place] = int(costs[place] * 100)
    return found


@pytest.fixture
def company(firm: Firm) -> Company:
    return make_company(make_debtor(make_environment(firm)))


def test_a_sync_keeps_what_the_lines_add_up_to(filled: Connected) -> None:
    assert kept() == added_up()
    assert sum(bool(cents) for cents in kept().values()) >= 13


def test_lines_on_no_account_of_costs_are_not_zero(company: Company) -> None:
    make_booking(company, 2026, 10, account="1600", credit=Decimal("10"))
    make_booking(company, 2026, 11, account="4000", debit=Decimal("0.10"))
    make_booking(company, 2026, 11, account="wper4010", debit=Decimal("0.20"), credit=Decimal("0.30"))
    assert kept(company=company) == {(company.pk, 2026, 10): None, (company.pk, 2026, 11): 0}
    assert kept(company=company) == added_up(company=company)


def test_what_is_gone_or_missing_is_no_longer_kept_and_only_differences_are_written(company: Company) -> None:
    for number in (9, 10, 11):
        make_booking(company, 2026, number, debit=Decimal(number))
    lines = JournalLine.objects.filter(company=company)
    lines.filter(number=9).delete()
    lines.filter(number=10).update(missing_since="2026-11-22T05:00Z")
    booked.rewrite(company.pk)
    assert kept(company=company) == {(company.pk, 2026, 11): 1100}
    with CaptureQueriesContext(connection) as asked:
        booked.rewrite(company.pk)
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    # Which accounts are of cost, what their lines come to, and what is kept.
    assert len(asked) == 3


def test_the_migration_keeps_the_same_of_journals_that_are_here_already(filled: Connected) -> None:
    before = kept()
    BookedCost.objects.all().delete()
    import_module("portal.companies.migrations.0006_booked_costs").keep(apps, None)
    assert kept() == before
