"""The pages that explain and review access, and the review of the trail."""

import csv
import io
from datetime import timedelta

import pytest

from portal.accounts import reviews, rights
from portal.accounts.models import AccessReview, Decision, Deputy, LogReview, ReviewLine, TeamMember
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.clock import now, today
from tests.accounts.office import seen_clients
from tests.administration.pages import by, person, url

pytestmark = pytest.mark.pages


def test_why_explains_the_way_and_leaves_an_entry(office, boss):
    user = person(office, Role.ASSISTANT, "a", "Fatima")
    query = {"user": user.pk, "company": office.clients["a"].company.pk}
    page = boss.get(url("why"), query).text
    assert "Assistant" in page
    assert "for this client" in page
    nothing = boss.get(url("why"), {"user": user.pk, "debtor": office.clients["b"].debtor.pk}).text
    assert "No way leads there" in nothing
    entries = Entry.objects.filter(kind="access_explained", object_id=user.pk)
    assert {entry.debtor_id for entry in entries} == {office.clients[name].debtor.pk for name in "ab"}


def test_a_review_confirms_and_withdraws_line_by_line_and_is_then_closed(office, boss):
    user = person(office, Role.ACCOUNTANT, "a", "=cmd()")
    second = person(office, Role.ADMINISTRATOR, name="second")
    boss.post(url("start_review"))
    review = AccessReview.objects.get()
    lines = {line.user_id: line for line in review.lines.all()}
    assert set(lines) == {user.pk, second.pk, office.administrator.pk}
    boss.post(url("finish_review", review.pk))
    boss.post(url("decide_line", lines[office.administrator.pk].pk), {"decision": Decision.CONFIRMED})
    assert AccessReview.objects.get().finished is None
    assert not review.lines.exclude(decision="").exists()
    boss.post(url("decide_line", lines[user.pk].pk), {"decision": Decision.WITHDRAWN})
    boss.post(url("decide_line", lines[second.pk].pk), {"decision": Decision.CONFIRMED})
    assert seen_clients(user) == set()
    reviews.decide(second, lines[office.administrator.pk], Decision.CONFIRMED)
    boss.post(url("finish_review", review.pk))
    assert AccessReview.objects.get().finished_by == office.administrator
    boss.post(url("decide_line", lines[second.pk].pk), {"decision": Decision.WITHDRAWN})
    assert second.memberships.get().is_in_force
    assert boss.get(url("review", review.pk)).status_code == 200
    text = b"".join(boss.get(url("export_review", review.pk))).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(cells) == 4
    assert {line[0] for line in cells[1:]} >= {"'=cmd()", "second"}
    assert Entry.objects.filter(kind="exported", object_type="accessreview").count() == 1


@pytest.mark.parametrize("name", ["review", "export_review"])
def test_a_review_is_refused_to_who_manages_nobody_and_does_not_look_missing(office, name):
    """Its number tells nothing: 403 for one that is there as for one that is not."""
    review = reviews.start(office.administrator, office.firm)
    browser = by(person(office, Role.ASSISTANT, "a"))
    assert {browser.get(url(name, pk)).status_code for pk in (review.pk, 999_999)} == {403}


def test_reading_the_trail_is_signed(office, boss):
    person(office, Role.ACCOUNTANT, "a")
    day = today().isoformat()
    boss.post(url("sign_trail"), {"since": day, "until": day, "remark": "nothing odd"})
    signed = LogReview.objects.get()
    assert signed.entries == Entry.objects.filter(firm_id=office.firm.pk, at__lt=signed.until).count() > 0
    assert "nothing odd" in boss.get(url("reviews")).text
    assert Entry.objects.filter(kind="trail_reviewed").count() == 1


def one_review(office):
    """A review with a line about an accountant, and its line."""
    user = person(office, Role.ACCOUNTANT, "a")
    review = reviews.start(office.administrator, office.firm)
    return user, review, review.lines.get(user=user)


def test_a_line_of_a_page_that_was_open_meanwhile_is_not_decided_after_the_end(office):
    user, review, line = one_review(office)
    assert line.review.finished is None
    reviews.decide(office.administrator, ReviewLine.objects.get(pk=line.pk), Decision.CONFIRMED)
    reviews.finish(office.administrator, review)
    with pytest.raises(rights.Refused):
        reviews.decide(office.administrator, line, Decision.WITHDRAWN)
    assert user.memberships.get().is_in_force


def test_a_line_ends_no_access_of_another_office(office, other):
    """Whatever number a line holds, it is looked for in the office of its review."""
    _user, review, line = one_review(office)
    foreign = person(other, Role.ACCOUNTANT, "x", "foreign").memberships.get()
    team = rights.create_team(other.administrator, other.firm, "team")
    member = rights.add_member(other.administrator, team, foreign.user, Role.ASSISTANT)
    second = person(other, Role.ASSISTANT, "x", "second")
    ends = now() + timedelta(days=1)
    deputy = rights.name_deputy(other.administrator, other.firm.pk, foreign.user, second, ends=ends)
    for kind, row in (("membership", foreign), ("team", member), ("deputy", deputy)):
        forged = ReviewLine.objects.create(review=review, kind=kind, subject=row.pk, person="x", email="x", scope="x")
        reviews.decide(office.administrator, forged, Decision.WITHDRAWN)
    assert foreign.user.memberships.get().is_in_force
    assert TeamMember.objects.get().is_in_force
    assert Deputy.objects.get().is_in_force
    with pytest.raises(rights.NotAllowed):
        reviews.decide(other.administrator, line, Decision.WITHDRAWN)
    with pytest.raises(rights.NotAllowed):
        reviews.finish(other.administrator, review)


@pytest.mark.parametrize("others", [False, True])
def test_a_review_is_not_finished_while_a_line_of_a_removed_account_is_open(office, others):
    if others:
        person(office, Role.ADMINISTRATOR, name="second")
    user, review, line = one_review(office)
    for one in review.lines.exclude(pk=line.pk).exclude(user=office.administrator):
        reviews.decide(office.administrator, one, Decision.CONFIRMED)
    if others:
        second = review.lines.get(person="second").user
        reviews.decide(second, review.lines.get(user=office.administrator), Decision.CONFIRMED)
    user.delete()
    with pytest.raises(rights.Refused):
        reviews.finish(office.administrator, review)
    reviews.decide(office.administrator, review.lines.get(pk=line.pk), Decision.CONFIRMED)
    reviews.finish(office.administrator, review)
