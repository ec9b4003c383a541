"""Who reads the trail of a whole firm reads who may see what there, and the reviews of it; and changes nothing."""

from datetime import timedelta

import pytest
from django.test import Client as Browser

from portal.accounts import reviews, rights
from portal.accounts.models import AccessReview, Decision, Deputy
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.clock import now
from tests.accounts.office import Office, somebody_new
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


@pytest.fixture
def auditor(office: Office) -> Browser:
    return by(person(office, Role.AUDITOR, name="IT auditor"))


def test_an_auditor_reads_everybodys_rights_as_they_are_now(office, other, auditor):
    accountant = person(office, Role.ACCOUNTANT, "a", "Fatima")
    gone = person(office, Role.ACCOUNTANT, "b", "Gone")
    rights.withdraw(office.administrator, gone.memberships.get())
    person(other, Role.ACCOUNTANT, "x", "Elsewhere")
    page = auditor.get(url("access_register")).text
    rows = [row.split("</tr>")[0] for row in page.split("<tbody", 1)[1].split("<tr")[1:]]
    (mine,) = (row for row in rows if "Fatima" in row)
    assert accountant.email in mine
    assert "Payroll accountant" in mine
    assert ">a<" in mine.replace(" ", "").replace("\n", "")
    assert "Gone" not in page
    assert "Elsewhere" not in page
    assert "reveal a whole bank account number" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]


def test_what_does_not_count_now_is_not_in_it(office, auditor):
    """A review asks about access to come and closed accounts too; this page says who sees what now."""
    later = person(office, Role.ACCOUNTANT, "a", "Later")
    later.memberships.update(starts=now() + timedelta(days=5))
    closed = person(office, Role.ACCOUNTANT, "a", "Closed")
    rights.deactivate(office.administrator, closed, office.firm.pk)
    absent, substitute = (person(office, Role.ACCOUNTANT, "a", name) for name in ("Absent", "Substitute"))
    Deputy.objects.create(
        firm=office.firm, absent=absent, substitute=substitute, starts=now(), ends=now() + timedelta(days=9)
    )
    page = auditor.get(url("access_register")).text
    assert "Later" not in page
    assert "Closed" not in page
    assert page.count(substitute.email) == 2
    substitute.memberships.update(ends=now())
    assert substitute.email not in auditor.get(url("access_register")).text
    assert {"Later", "Closed"} <= {line.person for line in reviews.start(office.administrator, office.firm).lines.all()}


def test_reviews_and_signatures_are_told_with_who_signed(office, auditor):
    second = somebody_new("second")
    rights.give(SYSTEM, second, Place(office.firm.pk, Role.ADMINISTRATOR))
    review = reviews.start(office.administrator, office.firm)
    for line in review.lines.exclude(user=office.administrator):
        reviews.decide(office.administrator, line, Decision.CONFIRMED)
    reviews.sign_trail(office.administrator, office.firm, now().replace(year=2020), now(), "Nothing odd.")
    page = " ".join(auditor.get(url("access_register")).text.split())
    lines, confirmed = review.lines.count(), review.lines.filter(decision=Decision.CONFIRMED).count()
    assert confirmed
    assert f"{lines} rights: {confirmed} confirmed, 0 withdrawn" in page
    assert "not finished" in page
    assert "Nothing odd." in page
    assert f"signed by {office.administrator.name}" in page
    assert AccessReview.objects.count() == 1


def test_who_reads_the_trail_of_single_clients_only_does_not_read_it(office, other):
    of_client = by(person(office, Role.AUDITOR, "a", "auditor of a"))
    assert of_client.get(url("access_register")).status_code == 403
    assert url("access_register") not in of_client.get(url("trail")).text
    whole = by(person(office, Role.AUDITOR, name="auditor of all"))
    assert url("access_register") in whole.get(url("trail")).text
    assert whole.get(url("access_register"), {"firm": other.firm.pk}).status_code == 404
    assert whole.get(url("access_register"), {"firm": "nonsense"}).status_code == 404


def test_who_reads_two_firms_chooses(office, other):
    user = person(office, Role.AUDITOR, name="both")
    rights.give(SYSTEM, user, Place(other.firm.pk, Role.AUDITOR))
    browser = by(user)
    page = browser.get(url("access_register"), {"firm": other.firm.pk}).text
    assert other.administrator.email in page
    assert office.administrator.email not in page
    assert f"?firm={office.firm.pk}" in page
