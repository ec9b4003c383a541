"""What runs came to, read through background reports over the wire."""

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.companies.models import Company, JournalLine, Run, RunWage
from portal.nmbrs.sandbox.firm.run_journal import journal_lines
from portal.nmbrs.sandbox.firm.run_output import wage_lines
from tests.conftest import Connected

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def planted(connected: Connected, company: Company):  # type: ignore[no-untyped-def]
    return next(c for c in connected.sandbox.firm.companies() if c.id == company.remote_id)


def test_the_amounts_of_every_run_are_those_of_nmbrs(filled: Connected) -> None:
    checked = 0
    for run in Run.objects.select_related("company"):
        company = planted(filled, run.company)
        made = next(one for one in company.runs if one.id == run.remote_id)
        rows = RunWage.objects.filter(run=run).values_list("employee__remote_id", "code", "amount")
        if not rows:
            continue
        expected: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for line in wage_lines(filled.sandbox.firm.seed, company, made):
            expected[line.person.id, line.code] += line.value or Decimal(0)
        assert {(person, code): amount for person, code, amount in rows} == expected
        checked += 1
    assert checked >= 13


def test_the_journal_is_added_up_over_people_and_balances(filled: Connected) -> None:
    checked = 0
    for company in Company.objects.all():
        made = planted(filled, company)
        for run in made.runs[-6:]:
            rows = JournalLine.objects.filter(company=company, year=run.year, run_number=run.number)
            lines = list(journal_lines(filled.sandbox.firm.seed, made, run))
            debit = sum((line.debit or Decimal(0) for line in lines), Decimal(0))
            assert sum((row.debit for row in rows), Decimal(0)) == debit
            assert sum((row.credit for row in rows), Decimal(0)) == debit
            checked += bool(lines)
    assert checked
