"""What is late from earlier months stands above the calendar of this month, and is a list of its own."""

import re

import pytest
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.deadlines import arranging, earlier, states
from portal.deadlines.models import Deadline
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.factories import fetched_everything, make_company, make_debtor, make_return, make_run

pytestmark = pytest.mark.database

CALENDAR, ALL_LATE = "/calendar/", "/calendar/?late=1"


@pytest.fixture
def boss(administrator):
    return administrator()


def late_company(debtor, name, *months):
    """Of each of these months the run is locked and the return made, not sent; it is November."""
    made = make_company(debtor, name)
    for month in months:
        make_run(made, 2026, month, locked=True)
        make_return(made, 2026, month)
    return made


@pytest.fixture
def late(debtor):
    """A company whose returns of August and September, due on 30 September and 31 October, were never sent."""
    made = late_company(debtor, "Brood B.V.", 8, 9)
    make_run(made, 2026, 10, locked=True)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    return made


def panel(browser, address=CALENDAR):
    """The lines of what is late from earlier months: what, whose, how late."""
    html = browser.get(address).content.decode()
    found = re.search(r"Late from earlier months.*?</section>", html, re.S)
    return [text(line) for line in re.findall(r"<li>.*?</li>", found.group(), re.S)] if found else []


def test_it_says_of_whom_what_and_since_when_with_the_way_to_the_dates(late, boss, as_user):
    browser = as_user(boss)
    oldest, newest = panel(browser)
    assert "wage-tax return 2026-08 M" in oldest
    assert "Brood B.V. · Bakkersgroep" in oldest
    assert "56 days late" in oldest
    assert "due 30 Sep 2026" in oldest
    assert "wage-tax return 2026-09 M" in newest
    assert f'href="{reverse("deadlines:company", args=[late.pk])}"' in browser.get(CALENDAR).content.decode()
    # The list of the month has none of them.
    assert {row["Due"][:11] for row in tables(browser.get(CALENDAR).content.decode())[-1]} == {"30 Nov 2026"}


def test_what_is_done_or_of_this_month_or_unknown_is_not_among_them(debtor, boss, as_user):
    done = make_company(debtor, "Klaar B.V.")
    fetched_everything(debtor)
    unknown = make_company(debtor, "Onbekend B.V.")
    make_run(done, 2026, 10, locked=True)
    states.rewrite([done.pk, unknown.pk])
    assert Deadline.objects.filter(company=unknown, due__lt=earlier.this_month()).exists()
    # Agreed to be paid on the 20th: late by five days, in this month.
    arranging.assign(boss, [done.pk], boss)
    agreed = Deadline.objects.filter(company=done, kind="payment", year=2026, number=11)
    assert agreed.update(due="2026-11-20", act_by="2026-11-20") == 1
    assert Deadline.objects.filter(company=done, open=False, due__lt=earlier.this_month()).exists()
    assert panel(as_user(boss)) == []


@pytest.mark.parametrize("query", ["month=2026-10", "month=2026-12", "day=2026-11-30", "late=1"])
def test_it_belongs_to_the_month_of_today_as_a_whole(late, boss, as_user, query):
    assert panel(as_user(boss), f"{CALENDAR}?month=2026-11") != []
    assert panel(as_user(boss), f"{CALENDAR}?{query}") == []


def test_the_filter_counts_for_it_too(late, debtor, boss, as_user):
    other = make_debtor(debtor.environment, "Slagers", number="7")
    meat = late_company(other, "Worst B.V.", 9)
    fetched_everything(other)
    states.rewrite([meat.pk])
    browser = as_user(boss)
    assert len(panel(browser)) == 3
    assert len(panel(browser, f"{CALENDAR}?client={other.pk}")) == 1
    assert len(panel(browser, f"{CALENDAR}?q=Brood")) == 2
    assert panel(browser, f"{CALENDAR}?kind=payment") == []
    assert panel(browser, f"{CALENDAR}?state=done") == []


def test_nobody_sees_those_of_others(late, debtor, boss, accountant, as_user):
    other = make_debtor(debtor.environment, "Slagers", number="7")
    hidden = late_company(other, "Worst B.V.", 9)
    fetched_everything(other)
    states.rewrite([hidden.pk])
    client = somebody_new("client")
    Membership.objects.create(user=client, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    for user in (accountant(debtor), client):
        browser = as_user(user)
        assert len(panel(browser)) == 2
        assert "Worst" not in browser.get(ALL_LATE).content.decode()


def test_a_few_are_told_and_the_others_are_a_list_of_their_own(debtor, boss, as_user, django_assert_max_num_queries):
    made = [late_company(debtor, f"Filiaal {number}", 7, 8, 9) for number in range(4)]
    fetched_everything(debtor)
    states.rewrite([one.pk for one in made])
    browser = as_user(boss)
    with django_assert_max_num_queries(25):
        html = browser.get(f"{CALENDAR}?client={debtor.pk}").content.decode()
    assert len(panel(browser)) == earlier.SHOWN
    way, words = re.search(r'href="([^"]*late=1[^"]*)">(.*?)</a>', html).groups()
    assert text(words) == "All 12 from earlier months"
    way = way.replace("&amp;", "&")
    assert f"client={debtor.pk}" in way
    page = browser.get(way).content.decode()
    rows = tables(page)[-1]
    assert len(rows) == 12
    assert {row["Status"].split(" late")[0] for row in rows} == {"86 days", "56 days", "25 days"}
    assert "ui-month-grid" not in page
    assert "what was due before this month and still has to be done" in page


def test_the_list_can_be_taken_out_and_says_what_it_is(late, boss, as_user):
    answer = as_user(boss).post("/files/", {"at": ALL_LATE, "format": "csv"})
    said = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "before 1 Nov 2026, still to be done" in said
    assert said.count("Brood B.V.") == 2
