"""What nobody knows is neither done nor "nothing": refused, never fetched, done and nothing open are told apart."""

import re

import pytest
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.deadlines import states
from portal.deadlines.models import Deadline, Progress
from portal.mirror.models import State
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.deadlines.conftest import NOW
from tests.factories import fetched, fetched_everything, make_company, make_return, make_run

pytestmark = pytest.mark.pages

REFUSED = State.NOT_PERMITTED


@pytest.fixture
def withheld(debtor):
    """A company in November of which Nmbrs gives neither runs nor returns."""
    made = make_company(debtor, "Dicht B.V.")
    fetched_everything(debtor)
    fetched(made, "runs", "wage_tax_returns", state=REFUSED)
    states.rewrite([made.pk])
    return made


def of_client(debtor):
    reader = somebody_new("client")
    Membership.objects.create(user=reader, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    return reader


def panel(browser, address, title):
    """A panel of a page, as text; without what its title says."""
    return text(browser.get(address).content.decode().split(f"{title}</h2>")[1].split("</section>")[0])


def places_of(company):
    """The panels about dates, and who reads them."""
    return (
        ("office", reverse("companies:company", args=[company.pk]), "Deadlines"),
        ("office", reverse("dashboards:debtor", args=[company.debtor_id]), "What needs attention"),
        ("client", reverse("companies:company", args=[company.pk]), "Deadlines"),
        ("client", reverse("selfservice:client", args=[company.debtor_id]), "Dates that concern you"),
        ("client", reverse("selfservice:period", args=[company.pk]), "Dates that concern you"),
    )


def test_lists_and_the_month_say_that_nmbrs_refuses(withheld, administrator, as_user):
    browser = as_user(administrator())
    html = browser.get("/calendar/?month=2026-11").content.decode()
    (grid, *_others) = tables(html)
    assert "pay day no access" in " ".join(" ".join(row.values()) for row in grid)
    assert {row["Status"] for row in tables(html)[-1]} == {"no access"}
    (rows, *_others) = tables(browser.get(reverse("deadlines:company", args=[withheld.pk])).content.decode())
    assert {row["Status"] for row in rows} == {"no access"}
    # Where some of a day were only never fetched, that is said: it may still come.
    new = make_company(withheld.debtor, "Nieuw B.V.")
    states.rewrite([new.pk])
    (grid, *_others) = tables(browser.get("/calendar/?month=2026-11").content.decode())
    assert "pay day 2 not fetched yet" in " ".join(" ".join(row.values()) for row in grid)


def test_the_period_type_of_a_company_says_why_it_is_not_known(debtor, administrator, as_user):
    shut = make_company(debtor, "Dicht B.V.", period=None)
    make_company(debtor, "Nieuw B.V.", period=None)
    fetched(shut, "current_period", state=REFUSED)
    rows = tables(as_user(administrator()).get("/deadlines/").content.decode())[-1]
    said = {row["Company"].split(" B.V.")[0].split()[-1]: row["Period type"] for row in rows}
    assert said == {"Dicht": "no access", "Nieuw": "not fetched yet"}


def test_panels_list_what_nobody_knows_with_the_reason(withheld, debtor, administrator, as_user):
    readers = {"office": as_user(administrator()), "client": as_user(of_client(debtor))}
    for who, address, title in places_of(withheld):
        said = panel(readers[who], address, title)
        assert "Nothing is open" not in said, (who, address)
        assert "no access 30 Nov 2026" in said, (who, address)


@pytest.mark.parametrize(
    ("state", "said"), [(REFUSED, "Nmbrs does not give this"), (State.NEVER, "Not fetched from Nmbrs yet")]
)
def test_a_company_without_a_current_period_does_not_say_that_nothing_is_open(
    debtor, administrator, as_user, state, said
):
    company = make_company(debtor, "Nieuw B.V.", period=None)
    fetched(company, "current_period", state=state)
    readers = {"office": as_user(administrator()), "client": as_user(of_client(debtor))}
    for who, address, title in places_of(company):
        shown = panel(readers[who], address, title)
        assert said in shown, (who, address)
        assert "Nothing is open" not in shown, (who, address)


@pytest.mark.parametrize(
    ("state", "said"), [(REFUSED, "Nmbrs does not give this"), (State.NEVER, "They appear when the current period")]
)
def test_the_page_of_dates_says_why_there_are_none(debtor, administrator, as_user, state, said):
    company = make_company(debtor, "Nieuw B.V.", period=None)
    fetched(company, "current_period", state=state)
    page = as_user(administrator()).get(reverse("deadlines:company", args=[company.pk])).content.decode()
    assert said in text(page)
    assert ("Nmbrs does not give this" in text(page)) is (state is REFUSED)


def test_dates_that_were_not_worked_out_yet_are_not_said_to_be_done(debtor, administrator, as_user):
    company = make_company(debtor)
    fetched_everything(debtor)
    readers = {"office": as_user(administrator()), "client": as_user(of_client(debtor))}
    for who, address, title in places_of(company):
        shown = panel(readers[who], address, title)
        assert "The dates are not worked out yet" in shown, (who, address)
        # How that comes is the office's to know.
        assert ("They follow from the periods in Nmbrs" in shown) is (who == "office"), (who, address)


def test_where_everything_is_done_nothing_is_open(company, debtor, administrator, as_user):
    Deadline.objects.update(progress=Progress.DONE, open=False)
    readers = {"office": as_user(administrator()), "client": as_user(of_client(debtor))}
    for who, address, title in places_of(company):
        assert "Nothing is open" in panel(readers[who], address, title), (who, address)


def test_each_date_is_in_one_of_the_states_that_the_calendar_is_filtered_by(company, withheld, administrator, as_user):
    done = make_company(company.debtor, "Klaar B.V.")
    fetched_everything(company.debtor)
    fetched(withheld, "runs", "wage_tax_returns", state=REFUSED)
    make_run(done, 2026, 10, locked=True)
    make_return(done, 2026, 9, sent_at=NOW)
    states.rewrite([company.pk, withheld.pk, done.pk])
    browser = as_user(administrator())

    def listed(query):
        rows = tables(browser.get(f"/calendar/?month=2026-10&{query}").content.decode())[-1]
        return {(row["Company"].split(" B.V.")[0], row["What"], row["Status"]) for row in rows}

    parts = {state: listed(f"state={state}") for state in ("done", "none", "unknown")}
    assert parts == {
        "done": {("Klaar", "pay day", "locked"), ("Klaar", "wage-tax return", "sent")},
        "none": {("Brood", "pay day", "none"), ("Brood", "wage-tax return", "none")},
        "unknown": {("Dicht", "pay day", "no access"), ("Dicht", "wage-tax return", "no access")},
    }
    assert "Nothing matches" in browser.get("/calendar/?month=2026-10&state=open").content.decode()
    assert set().union(*parts.values()) == listed("")


def test_the_companies_of_a_client_say_what_nmbrs_refuses(withheld, administrator, as_user):
    new = make_company(withheld.debtor, "Nieuw B.V.", period=None)
    fetched(new, "current_period", state=REFUSED)
    html = as_user(administrator()).get(reverse("dashboards:debtor", args=[withheld.debtor_id])).content.decode()
    rows = next(rows for rows in tables(html) if rows and "Last run" in rows[0])
    said = {row["Company"]: (row["Current period"], row["Last run"], row["Last wage-tax return"]) for row in rows}
    assert said == {
        "Dicht B.V.": ("2026-11 M", "no access", "no access"),
        "Nieuw B.V.": ("no access", "not fetched yet", "not fetched yet"),
    }


def test_the_month_says_by_when_to_act_on_what_is_due_on_a_sunday(company, administrator, as_user):
    browser = as_user(administrator())
    # The return of December is due on Sunday 31 January, and so is the pay day of January.
    html = browser.get("/calendar/?month=2027-01").content.decode()
    cell = re.search(r'<td class="[^"]*">\s*<a class="ui-day-number[^>]*>31</a>.*?</td>', html, re.S).group()
    assert "wage-tax return to do act by 29 Jan 2027" in text(cell)
    html = browser.get("/calendar/?month=2026-11").content.decode()
    assert "act by" not in html.split("<tfoot")[0].split('class="ui-month-grid"')[1].split("</table>")[0]
