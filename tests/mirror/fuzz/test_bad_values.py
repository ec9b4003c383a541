"""Whatever stands in an answer: no crash, no wrong value, the bad record set aside, the others stored as they are.

One test for each registered kind. A real answer of the embedded Nmbrs is mutated, served over a socket and taken the
whole way: envelope, reader, records, conversion, dating, difference, one transaction. Then every row of the kind is
compared with a second reading of the same bytes (reading.py, doors.py). What a test writes is rolled back.
"""

from collections.abc import Mapping

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from portal.mirror.guards import WrongScope
from portal.mirror.models import Quarantine, Reason
from portal.mirror.resource import registry
from portal.source import SourceError
from tests.mirror.fuzz.captured import Captured, names_of, snapshot
from tests.mirror.fuzz.conftest import Firm
from tests.mirror.fuzz.judge import Judge, Rows
from tests.mirror.fuzz.mutations import Mutated, mutated

pytestmark = [pytest.mark.pages, pytest.mark.django_db, pytest.mark.timeout(600)]

QUICK, LONG = 8, 200
#: A background report waits a moment for its answer, as in real life.
QUICK_REPORT, LONG_REPORT = 2, 20
RULES = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}


def parents_of(captured: Captured) -> Mapping[str, Mapping[str, int]]:
    """Remote id -> primary key of the rows that a record may refer to."""
    scope = captured.asked.scope
    found = {}
    for name, link in captured.asked.resource.links.items():
        rows = link.model._default_manager.filter(environment_id=scope.environment_id)
        if any(column.name == "company" for column in link.model._meta.fields):
            rows = rows.filter(company_id=scope.company_id)
        found[name] = {str(remote_id): pk for remote_id, pk in rows.values_list("remote_id", "pk")}
    return found


def judge_one(firm: Firm, captured: Captured, judge: Judge, before: Rows, wrong: Mutated) -> None:
    """Serve a mutated answer, publish it, and compare."""
    soap = captured.asked.resource.soap
    assert soap is not None
    firm.replay.serve(wrong.bodies, report=soap.report)
    with transaction.atomic():
        try:
            outcome = captured.publish(firm.source)
        except (SourceError, WrongScope) as refused:
            complaints = [] if snapshot(judge.resource) == before else [f"{refused.kind}: rows changed all the same"]
        else:
            complaints = list(judge.complaints(wrong.bodies, before, snapshot(judge.resource), outcome))
            if Quarantine.objects.filter(reason=Reason.BROKE).exists():
                complaints.append("the portal's own code broke over a record")
        transaction.set_rollback(True)
    assert not complaints, (complaints[:5], wrong.done)


def fuzz(firm: Firm, name: str, examples: int, *, seeded: bool) -> None:
    """So many mutated answers of one kind."""
    assert name in firm.answers, f"the embedded Nmbrs gives no record of {name}: there is nothing to mutate"
    captured = firm.answers[name]
    soap = captured.asked.resource.soap
    assert soap is not None
    judge = Judge(captured, parents_of(captured))
    before = snapshot(judge.resource)
    untouched = Mutated(captured.bodies, ("nothing",))
    judge_one(firm, captured, judge, before, untouched)

    @settings(max_examples=examples, derandomize=seeded, **RULES)  # type: ignore[arg-type]
    @given(wrong=mutated(captured.bodies, soap))
    def check(wrong: Mutated) -> None:
        judge_one(firm, captured, judge, before, wrong)

    check()


def is_report(name: str) -> bool:
    soap = registry[name].soap
    return soap is not None and soap.report


#: Where a record is told to be bad, the database has no part: the quick run asks PostgreSQL about every third kind.
SOME_ON_BOTH = [
    pytest.param(name, marks=pytest.mark.database if place % 3 == 0 else ()) for place, name in enumerate(names_of())
]


@pytest.mark.parametrize("name", SOME_ON_BOTH)
def test_a_mutated_answer_gives_right_rows_or_none(firm_of_answers: Firm, name: str) -> None:
    fuzz(firm_of_answers, name, QUICK_REPORT if is_report(name) else QUICK, seeded=True)


@pytest.mark.long
@pytest.mark.parametrize("name", names_of())
def test_hundreds_of_mutated_answers_give_right_rows_or_none(firm_of_answers: Firm, name: str) -> None:
    fuzz(firm_of_answers, name, LONG_REPORT if is_report(name) else LONG, seeded=False)
