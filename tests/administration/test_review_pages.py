"""The pages that explain and review access, and the review of the trail."""

import csv
import io
from datetime import timedelta
from html import unescape

import pytest

from portal.accounts import reviews, rights
from portal.accounts.models import AccessReview, Decision, Deputy, LogReview, ReviewLine, Switch, TeamMember
from portal.accounts.roles import Capability, Role
from portal.audit.models import Entry
from portal.clock import now, today
from tests.accounts.office import seen_clients, tagged
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


def test_what_begins_later_or_waits_for_a_closed_account_has_a_line_that_says_so(office, boss):
    later, closed, absent = (person(office, Role.ACCOUNTANT, "a", name) for name in ("later", "closed", "absent"))
    begins = now() + timedelta(days=9)
    rights.limit(office.administrator, later.memberships.get(), begins, None)
    user = person(office, Role.CLIENT_USER, "b", "user")
    rights.switch(office.administrator, user.memberships.get(), Capability.VIEW_SALARIES, on=True)
    second = person(office, Role.ASSISTANT, "b", "second")
    team = rights.create_team(office.administrator, office.firm, "North")
    rights.add_member(office.administrator, team, closed, Role.ASSISTANT)
    ends = begins + timedelta(days=9)
    rights.name_deputy(office.administrator, office.firm.pk, absent, second, starts=begins, ends=ends)
    for gone in (closed, user):
        rights.deactivate(office.administrator, gone, office.firm.pk)
    boss.post(url("start_review"))
    review = AccessReview.objects.get()
    told = {(line.person, str(line.kind)): (line.closed, line.starts) for line in review.lines.all()}
    assert told["later", "membership"] == (False, begins)
    assert told["second", "deputy"] == (False, begins)
    assert told["absent", "membership"] == (False, None)
    for line in (("closed", "membership"), ("closed", "team"), ("user", "membership"), ("user", "switch")):
        assert told[line] == (True, None)
    page = unescape(boss.get(url("review", review.pk)).text)
    assert page.count("The account is closed. Opening it again brings this access back.") == 4
    assert page.count("Begins on ") == 2
    rows = {(row["Person"], row["What"]): row for row in exported(boss, review)}
    assert rows["user", "switched on for this person"]["Account"] == "closed"
    assert rows["later", "own access"]["From"] and not rows["absent", "own access"]["From"]
    # Withdrawn, it does not come back.
    for line in review.lines.filter(person="closed"):
        boss.post(url("decide_line", line.pk), {"decision": Decision.WITHDRAWN})
    assert not TeamMember.objects.filter(user=closed).exists()
    assert closed.memberships.get().has_ended


def exported(boss, review):
    text = b"".join(boss.get(url("export_review", review.pk))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_what_was_switched_on_for_one_person_is_confirmed_and_withdrawn_by_itself(office, boss):
    user = person(office, Role.CLIENT_USER, "a", "Fatima")
    place = user.memberships.get()
    for capability in (Capability.VIEW_SALARIES, Capability.VIEW_SICKNESS):
        rights.switch(office.administrator, place, capability, on=True)
    ended = person(office, Role.CLIENT_USER, "b", "ended")
    rights.switch(office.administrator, ended.memberships.get(), Capability.VIEW_SALARIES, on=True)
    rights.withdraw(office.administrator, ended.memberships.get())
    boss.post(url("start_review"))
    review = AccessReview.objects.get()
    lines = {line.role: line for line in review.lines.filter(user=user)}
    assert set(lines) == {"client_user", "view_salaries", "view_sickness"}
    assert not review.lines.filter(user=ended).exists()
    page = boss.get(url("review", review.pk)).text
    assert page.count("switched on for this person") == 2
    assert "See absence by sickness" in page
    boss.post(url("decide_line", lines["view_salaries"].pk), {"decision": Decision.CONFIRMED})
    boss.post(url("decide_line", lines["view_sickness"].pk), {"decision": Decision.WITHDRAWN})
    assert list(Switch.objects.filter(membership=place).values_list("capability", flat=True)) == ["view_salaries"]
    assert seen_clients(user) == {"a"}
    assert seen_clients(user, Capability.VIEW_SICKNESS) == set()
    rows = {row["Role or right"]: row for row in exported(boss, review) if row["Person"] == "Fatima"}
    assert {name: (row["For"], row["Decision"]) for name, row in rows.items()} == {
        "Client user": ("a", ""),
        "See salaries and wage cost": ("a", "confirmed"),
        "See absence by sickness": ("a", "withdrawn"),
    }
    # Withdrawn with the place it belonged to meanwhile, it is as good as withdrawn.
    boss.post(url("decide_line", lines["client_user"].pk), {"decision": Decision.WITHDRAWN})
    boss.post(url("decide_line", lines["view_salaries"].pk), {"decision": Decision.WITHDRAWN})
    assert not review.lines.filter(user=user).exclude(decision__in=[Decision.CONFIRMED, Decision.WITHDRAWN]).exists()
    assert seen_clients(user) == set()


def test_the_line_of_a_place_in_a_team_says_the_clients_and_tags_that_it_gave(office, boss):
    boss_ = office.administrator
    user, idle = person(office, Role.ASSISTANT, "c", "Fatima"), person(office, Role.ASSISTANT, "c", "idle")
    north, empty = (rights.create_team(boss_, office.firm, name) for name in ("North", "Empty"))
    for team, member in ((north, user), (empty, idle)):
        rights.add_member(boss_, team, member, Role.ACCOUNTANT)
    rights.give_clients(boss_, north, [office.clients["a"].debtor.pk])
    tagged(office.clients["b"], "=horeca")
    for tag in ("=horeca", "nobody's"):
        rights.add_rule(boss_, north, tag)
    boss.post(url("start_review"))
    review = AccessReview.objects.get()
    # Words of when the review began, whatever is given or renamed after it.
    rights.give_clients(boss_, north, [office.clients["c"].debtor.pk])
    said = ["By name: a", "By the tag =horeca: b", "By the tag nobody's: no client carries it now"]
    page = unescape(boss.get(url("review", review.pk)).text)
    assert all(one in page for one in said)
    assert "No client: the team looks after nobody." in page
    cells = {
        row["For"]: row["Clients of the team"] for row in exported(boss, review) if row["What"] == "member of a team"
    }
    assert cells == {"North": "; ".join(said), "Empty": "No client: the team looks after nobody."}
    line = review.lines.get(user=user, kind="team")
    boss.post(url("decide_line", line.pk), {"decision": Decision.WITHDRAWN})
    assert seen_clients(user) == {"c"}


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
    switched = person(other, Role.CLIENT_USER, "x", "switched").memberships.get()
    rights.switch(other.administrator, switched, Capability.VIEW_SALARIES, on=True)
    team = rights.create_team(other.administrator, other.firm, "team")
    member = rights.add_member(other.administrator, team, foreign.user, Role.ASSISTANT)
    second = person(other, Role.ASSISTANT, "x", "second")
    ends = now() + timedelta(days=1)
    deputy = rights.name_deputy(other.administrator, other.firm.pk, foreign.user, second, ends=ends)
    for kind, row in (
        ("membership", foreign),
        ("team", member),
        ("deputy", deputy),
        ("switch", switched.switches.get()),
    ):
        forged = ReviewLine.objects.create(review=review, kind=kind, subject=row.pk, person="x", email="x", scope="x")
        reviews.decide(office.administrator, forged, Decision.WITHDRAWN)
    assert foreign.user.memberships.get().is_in_force
    assert TeamMember.objects.get().is_in_force
    assert Deputy.objects.get().is_in_force
    assert Switch.objects.filter(membership=switched).exists()
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
