"""Whoever signs having read the trail sees first what is odd in it, each with the way to the entries."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine

from portal.accounts import reviews
from portal.accounts.roles import Role
from portal.administration.reviews import read_until
from portal.administration.trail_signs import signs
from portal.audit.about import About
from portal.audit.actors import Actor
from portal.audit.kinds import Kind, Outcome
from portal.audit.recording import record
from tests.administration.pages import by, person, url

pytestmark = [pytest.mark.pages, pytest.mark.database]

#: Wednesdays, a Saturday and a night, in summer: Dutch time is two hours later.
DAY, SATURDAY = datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 7, 4, 10, tzinfo=UTC)
LAST_MINUTE, NIGHT = datetime(2026, 7, 1, 17, 59, tzinfo=UTC), datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
EARLY, BEFORE = datetime(2026, 7, 2, 4, 59, tzinfo=UTC), datetime(2026, 6, 1, 3, tzinfo=UTC)


def entered(moment, kind, user, firm, outcome=Outcome.DONE):
    with time_machine.travel(moment, tick=False):
        record(kind, About(firm_id=firm.pk), outcome=outcome, actor=Actor(user.pk, "accountant"))


@pytest.fixture
def eager(office, other):
    """An accountant who looked at much, some of it at odd hours; the same happened elsewhere and before."""
    user = person(office, Role.ACCOUNTANT, "a", "Fatima")
    for moment in (DAY, LAST_MINUTE, NIGHT, EARLY, SATURDAY, BEFORE):
        entered(moment, Kind.PERSON_READ, user, office.firm)
        entered(moment, Kind.PERSON_READ, other.administrator, other.firm)
    for _ in range(2):
        entered(DAY, Kind.REVEALED, user, office.firm)
    entered(DAY, Kind.EXPORTED, office.administrator, office.firm)
    entered(DAY, Kind.EXPORTED, office.administrator, office.firm, Outcome.REFUSED)
    entered(DAY, Kind.SUBJECT_EXPORTED, office.administrator, office.firm)
    entered(NIGHT, Kind.REFUSED, office.administrator, office.firm, Outcome.REFUSED)
    return user


def test_counts_are_of_the_firm_and_since_the_last_signature(office, eager):
    found = signs(office.administrator, office.firm, DAY - timedelta(hours=1))
    assert [one.count for one in found] == [2, 2, 1, 1, 3, 7]
    assert found[-1].whose == "Fatima"


def test_what_nobody_signed_between_two_signatures_is_not_passed_over():
    days = [DAY + timedelta(days=number) for number in range(6)]
    assert read_until([]) is None
    assert read_until([(days[2], days[3]), (days[0], days[2])]) == days[3]
    assert read_until([(days[0], days[4]), (days[1], days[2]), (days[4], days[5])]) == days[5]
    assert read_until([(days[0], days[1]), (days[2], days[5])]) == days[1]


def test_each_count_leads_to_its_entries_and_a_signature_begins_anew(office, boss, eager):
    with time_machine.travel(SATURDAY + timedelta(days=2), tick=False):
        browser = by(office.administrator)
        page = unescape(browser.get(url("reviews")).text)
        assert "Nobody signed in the last 31 days" in page
        assert "Hidden values shown: 2" in page
        assert "(Fatima)" in page
        way = f"{url('trail')}?firm={office.firm.pk}&first=2026-06-05&kind=revealed"
        assert way in page
        shown = browser.get(way)
        assert len(shown.context["table"].rows) == 2
        reviews.sign_trail(office.administrator, office.firm, DAY, SATURDAY + timedelta(days=1), "")
        page = browser.get(url("reviews")).text
        assert "Nobody signed in the last 31 days" not in page
        assert "Hidden values shown: 0" in page
    with time_machine.travel(SATURDAY + timedelta(days=40), tick=False):
        assert "Nobody signed in the last 31 days" in by(office.administrator).get(url("reviews")).text
