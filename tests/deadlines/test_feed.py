"""The secret address of a calendar: what it shows, to whom, and when it ends."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from portal.accounts import rights
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.accounts.signin.lost_device import reset_second_factor
from portal.audit.models import Entry
from portal.deadlines import arranging, feed, feeds, states
from portal.deadlines.models import CalendarFeed
from tests.deadlines.conftest import NOW
from tests.factories import fetched_everything, make_company, make_debtor, make_run

pytestmark = pytest.mark.pages

VISITOR = Client


def read(token: str):
    return VISITOR().get(reverse("deadlines:feed", args=[token]))


def summaries(token: str) -> list[str]:
    answer = read(token)
    assert answer.status_code == 200
    return [str(event["summary"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]


@pytest.fixture
def other(debtor):
    """A company of another client."""
    made = make_company(make_debtor(debtor.environment, "Slagersgroep"), "Worst B.V.")
    fetched_everything(made.debtor)
    states.rewrite([made.pk])
    return made


def test_it_holds_the_open_deadlines_of_who_owns_it_and_nothing_else(company, other, debtor, accountant):
    clerk = accountant(debtor, language="en")
    token = feeds.make(clerk, own_only=False).token
    answer = read(token)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies
    events = {str(event["uid"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    pay = events[f"{company.pk}-payment-month-2026-11@deadlines.portal"]
    assert (str(pay["summary"]), pay["dtstart"].dt) == (
        "pay day 2026-11 M · Brood B.V. · check",
        date(2026, 11, 30),
    )
    assert "not verified" in str(pay["description"])
    assert "Worst" not in answer.content.decode()
    assert "Slagers" not in answer.content.decode()
    make_run(company, 2026, 11, locked=True)
    states.rewrite([company.pk])
    assert not [said for said in summaries(token) if said.startswith("pay day 2026-11 M · Brood B.V.")]


def test_threat_14_it_shows_what_may_be_seen_at_the_moment_it_is_read(company, debtor, accountant):
    clerk = accountant(debtor)
    token = feeds.make(clerk, own_only=False).token
    assert summaries(token)
    membership = Membership.objects.get(user=clerk)
    Membership.objects.filter(pk=membership.pk).update(ends=NOW - timedelta(seconds=1))
    assert read(token).status_code == 404
    Membership.objects.filter(pk=membership.pk).update(ends=None)
    assert summaries(token)
    clerk.is_active = False
    clerk.save()
    assert read(token).status_code == 404


def test_a_new_address_ends_the_old_one_and_a_withdrawn_one_is_gone(company, debtor, accountant):
    clerk = accountant(debtor)
    first = feeds.make(clerk, own_only=False).token
    second = feeds.make(clerk, own_only=False).token
    assert (read(first).status_code, read(second).status_code) == (404, 200)
    assert feeds.withdraw(clerk)
    assert not feeds.withdraw(clerk)
    assert read(second).status_code == 404
    assert read("nobodys").content == read(second).content
    made = [entry.detail["what"] for entry in Entry.objects.filter(kind="user_changed").order_by("number")]
    assert made == ["calendar_address_made", "calendar_address_made", "calendar_address_withdrawn"]


@pytest.mark.parametrize("what", ["closed", "lost device", "last place"])
def test_all_of_them_end_for_good_when_their_owner_is_locked_out(company, debtor, administrator, accountant, what):
    clerk, boss, firm = accountant(debtor), administrator(), debtor.environment.firm
    tokens = [feeds.make(clerk, own_only=False).token, feeds.make(clerk, own_only=False, debtor=debtor).token]
    bosses = feeds.make(boss, own_only=False).token
    assert all(summaries(token) for token in tokens)
    if what == "closed":
        rights.deactivate(boss, clerk, firm.pk)
        rights.reactivate(boss, clerk, firm.pk)
    elif what == "lost device":
        reset_second_factor(clerk, boss)
    else:
        rights.withdraw(boss, clerk.memberships.get())
        rights.give(rights.SYSTEM, clerk, rights.Place(firm.pk, Role.ACCOUNTANT, debtor.pk))
    assert [read(token).status_code for token in tokens] == [404, 404]
    assert summaries(bosses)
    entry = Entry.objects.filter(kind="user_changed").order_by("number").last()
    assert (entry.detail["what"], entry.object_id, entry.firm_id) == ("calendar_address_withdrawn", clerk.pk, firm.pk)


def test_only_a_keyed_hash_of_it_is_kept(debtor, accountant):
    token = feeds.make(accountant(debtor), own_only=False).token
    kept = CalendarFeed.objects.get()
    assert len(bytes(kept.token_hash)) == 16
    assert len(token) == 43
    assert token not in str(CalendarFeed.objects.values().get())


def test_it_can_be_narrowed_to_the_own_companies(company, debtor, administrator, accountant):
    clerk = accountant(debtor)
    token = feeds.make(clerk, own_only=True).token
    assert summaries(token) == []
    arranging.assign(administrator(), [company.pk], clerk)
    assert summaries(token)


def test_it_can_be_of_one_client_and_a_person_has_one_of_each(company, other, firm, administrator, as_user):
    boss = administrator(language="en")
    whole, one = feeds.make(boss, own_only=False).token, feeds.make(boss, own_only=False, debtor=other.debtor).token
    assert {said.rsplit(" · ", 2)[1] for said in summaries(whole)} == {"Brood B.V.", "Worst B.V."}
    assert {said.rsplit(" · ", 2)[1] for said in summaries(one)} == {"Worst B.V."}
    assert "X-WR-CALNAME:Payroll deadlines · Slagersgroep" in read(one).content.decode()
    # A new one of the same client ends the old one of that client, and no other.
    again = feeds.make(boss, own_only=True, debtor=other.debtor).token
    assert [read(token).status_code for token in (whole, one, again)] == [200, 404, 200]
    assert summaries(again) == []
    assert [feed.debtor for feed in feeds.all_of(boss)] == [None, other.debtor]
    assert feeds.withdraw(boss, other.debtor_id)
    assert [read(token).status_code for token in (whole, again)] == [200, 404]


def test_one_of_a_client_tells_nothing_when_its_owner_sees_the_client_no_more(company, other, firm, accountant):
    clerk = accountant(company.debtor, other.debtor)
    token = feeds.make(clerk, own_only=False, debtor=other.debtor).token
    assert summaries(token)
    Membership.objects.filter(user=clerk, debtor=other.debtor).update(ends=NOW - timedelta(seconds=1))
    assert summaries(token) == []
    assert "Slagersgroep" not in read(token).content.decode()


def test_the_page_makes_one_of_the_client_that_it_shows(company, other, accountant, as_user):
    clerk = accountant(company.debtor)
    browser, make = as_user(clerk), reverse("deadlines:make_address")
    page = browser.get(f"{reverse('deadlines:calendar')}?client={company.debtor_id}").content.decode()
    assert "Bakkersgroep only" in page
    assert browser.post(make, {"client": str(company.debtor_id)}).status_code == 200
    assert [feed.debtor for feed in feeds.all_of(clerk)] == [company.debtor]
    # A client that one does not see is not there, nor is nonsense.
    for foreign in (str(other.debtor_id), "x", "9" * 30):
        assert browser.post(make, {"client": foreign}).status_code == 404
    page = browser.get(f"{reverse('deadlines:calendar')}?client={other.debtor_id}").content.decode()
    assert "Slagersgroep" not in page
    browser.post(reverse("deadlines:withdraw_address"), {"client": str(company.debtor_id)})
    assert not CalendarFeed.objects.exists()


def test_many_companies_on_a_day_are_one_entry(debtor, administrator):
    pks = [make_company(debtor, f"Filiaal {number} B.V.").pk for number in range(7)]
    fetched_everything(debtor)
    states.rewrite(pks)
    boss = administrator(language="nl")
    token = feeds.make(boss, own_only=False).token
    assert any(": 7 " in said for said in summaries(token))
    assert len(summaries(token)) < 40


def test_a_name_cannot_break_out_of_its_line(debtor, administrator):
    company = make_company(debtor, "A;B,C\r\nBEGIN:VEVENT\r\nSUMMARY:x\\n")
    fetched_everything(debtor)
    states.rewrite([company.pk])
    token = feeds.make(administrator(), own_only=False).token
    body = read(token).content.decode()
    assert body.count("\r\nBEGIN:VEVENT") == body.count("\r\nEND:VEVENT")
    assert "\r\nSUMMARY:x" not in body


def test_it_is_read_and_nothing_else_and_not_without_end(company, debtor, accountant, monkeypatch):
    token = feeds.make(accountant(debtor), own_only=False).token
    address = reverse("deadlines:feed", args=[token])
    assert VISITOR().post(address).status_code == 405
    monkeypatch.setattr(feed, "RATES", "100/m/ip,3/h/key")
    answers = [read(token).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    # Guessing counts for the visitor, whatever is guessed.
    monkeypatch.setattr(feed, "RATES", "2/m/ip,3/h/key")
    guesses = [VISITOR().get(reverse("deadlines:feed", args=[f"guess-{n}"]), REMOTE_ADDR="192.0.2.9") for n in range(3)]
    assert [answer.status_code for answer in guesses] == [404, 404, 429]


def test_its_owner_sees_when_it_was_read(company, debtor, accountant):
    clerk = accountant(debtor)
    token = feeds.make(clerk, own_only=False).token
    assert feeds.of(clerk).last_read is None
    read(token)
    assert feeds.of(clerk).last_read == NOW


def test_the_page_shows_an_address_once(company, debtor, accountant, as_user, settings):
    settings.PORTAL_URL = "https://portal.example"
    clerk = as_user(accountant(debtor))
    answer = clerk.post(reverse("deadlines:make_address"), {"own_only": "on"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    address = answer.content.decode().split('value="https://portal.example/calendar/feed/')[1].split(".ics")[0]
    assert read(address).status_code == 200
    assert CalendarFeed.objects.get().own_only
    page = clerk.get(reverse("deadlines:calendar")).content.decode()
    assert address not in page
    assert "You have an address" in page
    clerk.post(reverse("deadlines:withdraw_address"))
    assert read(address).status_code == 404


def test_what_is_due_on_a_sunday_says_by_when_to_act(company, debtor, accountant):
    token = feeds.make(accountant(debtor, language="en"), own_only=False).token
    events = {str(one["uid"]): one for one in Calendar.from_ical(read(token).content).walk("VEVENT")}
    # 31 January 2027 is a Sunday; 30 November 2026 is a Monday.
    sunday = events[f"{company.pk}-return-month-2026-12@deadlines.portal"]
    assert sunday["dtstart"].dt == date(2027, 1, 31)
    assert str(sunday["description"]).startswith("Act by 29 Jan 2027\n")
    assert "Act by" not in str(events[f"{company.pk}-payment-month-2026-11@deadlines.portal"]["description"])
    # So does the one entry for many.
    pks = [make_company(debtor, f"Filiaal {number}").pk for number in range(6)]
    fetched_everything(debtor)
    states.rewrite(pks)
    events = {str(one["uid"]): one for one in Calendar.from_ical(read(token).content).walk("VEVENT")}
    assert str(events["2027-01-31-return@deadlines.portal"]["description"]).startswith("Act by 29 Jan 2027\n")
