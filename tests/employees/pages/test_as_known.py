"""The page of a person as known on an earlier day: what a run of that day saw, beside what is known now."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from portal.accounts.models import Firm, User
from tests.dashboards.reading import text
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_person, make_salary

pytestmark = pytest.mark.django_db


def test_a_raise_with_retroactive_effect_was_not_known_before_it_was_made(
    firm: Firm, administrator: Callable[..., User]
) -> None:
    company = make_company(make_debtor(make_environment(firm)))
    person = make_person(company)
    seen = datetime(2026, 1, 1, 6, tzinfo=UTC)
    make_salary(person, "4000", date(2026, 1, 1), date(2026, 9, 30), first_seen=seen, last_changed=seen)
    make_salary(person, "5000", date(2026, 10, 1), created_at=datetime(2026, 11, 10, 9, tzinfo=UTC))
    fetched_everything(company.debtor)
    client = Client()
    user = administrator(language="en")
    client.force_login(user)

    def said(query: str) -> str:
        answer = client.get(f"/employees/{person.pk}/{query}")
        assert answer.status_code == 200
        return text(answer.content.decode().split('id="facts"')[1].split("</section>")[0]).replace(" :", ":")

    assert "Amount €5,000.00" in said("?on=2026-10-31")
    then = said("?on=2026-10-31&known=2026-11-01")
    assert "As known at the end of 1 Nov 2026: what a run of that day saw." in then
    assert "Amount €4,000.00 known now: €5,000.00" in then
    assert "Amount €5,000.00" in said("?on=2026-10-31&known=2026-11-10")
    assert "Amount €5,000.00" in said("?on=2026-10-31&known=nonsense")
