"""The smallest examples of what mutated answers have found, each of them once a wrong row."""

import pytest
from django.db import transaction

from portal.companies.resources.particulars import join_weeks
from portal.employees.models import Salary
from portal.mirror.convert import BadValue
from portal.mirror.models import Quarantine
from tests.mirror.fuzz.captured import Captured
from tests.mirror.fuzz.conftest import Firm

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def publish(firm: Firm, captured: Captured, old: bytes, new: bytes, times: int = 1) -> None:
    """The answer with one text in the place of another."""
    assert captured.bodies[0].count(old) >= times
    firm.replay.serve([captured.bodies[0].replace(old, new, times), *captured.bodies[1:]])
    captured.publish(firm.source)


def test_the_row_of_a_record_in_quarantine_keeps_its_days(firm_of_answers: Firm) -> None:
    """Before, the row before it took them as well: one person had two salaries on one day."""
    with transaction.atomic():
        ends = Salary.objects.filter(valid_until__isnull=True)
        before = set(ends.values_list("pk", flat=True))
        last = ends.earliest("pk")
        captured = firm_of_answers.answers["salaries"]
        publish(
            firm_of_answers,
            captured,
            b"<ID>%d</ID>" % last.remote_id,
            b"<ID>%d</ID><Value>geen</Value>" % last.remote_id,
        )
        assert set(ends.values_list("pk", flat=True)) == before
        assert Quarantine.objects.get().field == "amount"
        transaction.set_rollback(True)


@pytest.mark.parametrize("wrong", [b"", b" ", b"x", b"-5"])
def test_a_record_without_an_id_is_no_row_and_takes_none_away(firm_of_answers: Firm, wrong: bytes) -> None:
    """Before, it became a row of its own without an id, and its old row counted as missing."""
    with transaction.atomic():
        before = set(Salary.objects.values_list("pk", flat=True))
        number = b"<ID>%d</ID>" % Salary.objects.earliest("pk").remote_id
        publish(firm_of_answers, firm_of_answers.answers["salaries"], number, b"<ID>" + wrong + b"</ID>")
        found = set(Salary.objects.values_list("pk", flat=True))
        # A number that is none of Nmbrs' is a number all the same.
        assert before <= found if wrong != b"-5" else len(before) == len(found)
        assert Quarantine.objects.exists() == (wrong != b"-5")
        transaction.set_rollback(True)


@pytest.mark.parametrize("wrong", [b"abc", b"-1", b"1.5", "١٢".encode()])
def test_a_person_who_cannot_be_one_is_no_applicant(firm_of_answers: Firm, wrong: bytes) -> None:
    """Before, the record was left out in silence and its rows counted as missing."""
    with transaction.atomic():
        before = set(Salary.objects.values_list("pk", flat=True))
        person = b"<EmployeeId>%d</EmployeeId>" % Salary.objects.earliest("pk").employee.remote_id
        publish(
            firm_of_answers, firm_of_answers.answers["salaries"], person, b"<EmployeeId>" + wrong + b"</EmployeeId>"
        )
        assert set(Salary.objects.values_list("pk", flat=True)) == before
        assert set(Quarantine.objects.values_list("field", flat=True)) == {"employee"}
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["1E-999999999", "1_0", "١", "-1", "25", "NaN", "8,5"])
def test_hours_that_are_none_are_refused_before_they_are_written_out(text: str) -> None:
    """Before, one small text became gigabytes of zeros."""
    with pytest.raises(BadValue):
        join_weeks({"week_1_monday": text, "week_1_tuesday": "8"})


def test_an_id_in_another_dress_is_the_same_row(firm_of_answers: Firm) -> None:
    """Before, ` 12` was another record than `12`."""
    with transaction.atomic():
        before = set(Salary.objects.values_list("pk", "key"))
        number = Salary.objects.earliest("pk").remote_id
        publish(
            firm_of_answers, firm_of_answers.answers["salaries"], b"<ID>%d</ID>" % number, b"<ID> 0%d\n</ID>" % number
        )
        assert set(Salary.objects.values_list("pk", "key")) == before
        assert not Quarantine.objects.exists()
        transaction.set_rollback(True)
