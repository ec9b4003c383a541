"""The mark "check": on every date that follows from a term nobody verified, on none that a person has set."""

from datetime import date

import pytest
from django.urls import reverse

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.companies.models import PensionExport
from portal.deadlines import arranging, parameters, states
from portal.deadlines.models import Deadline, Kind, PeriodState
from portal.deadlines.rules import PayRule
from portal.periods import Period, PeriodType
from tests.accounts.office import somebody_new
from tests.dashboards.reading import table, tables, text
from tests.factories import mirrored

pytestmark = pytest.mark.pages

NOVEMBER = Period(2026, 11)


@pytest.fixture
def whole(company):
    """The company with a pension return to make."""
    values = {"serial_number": 1, "status": "Open", "year": 2026, "number": 11}
    mirrored(PensionExport, company.environment, company=company, **values)
    states.rewrite([company.pk])
    return company


def set_everything(boss, company):
    """A person sets every date of November."""
    arranging.set_terms(boss, [company.pk], arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 30), pension=14))
    arranging.move(boss, [company.pk], Kind.RETURN, PeriodType.MONTH, NOVEMBER, due=date(2026, 12, 30), reason="Letter")


def unsure(company):
    state = PeriodState.objects.get(company=company, back=0)
    of_rows = dict(
        Deadline.objects.filter(company=company, year=2026, number=11).order_by("kind").values_list("kind", "unsure")
    )
    return (state.pay_unsure, state.pension_unsure, state.return_unsure, state.next_unsure), of_rows


def test_a_date_is_unsure_until_a_person_sets_it(whole, administrator):
    boss = administrator()
    assert unsure(whole) == ((True,) * 4, {"payment": True, "pension": True, "return": True})
    arranging.set_terms(boss, [whole.pk], arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 30)))
    assert unsure(whole)[0] == (False, True, True, False)
    arranging.set_terms(boss, [whole.pk], arranging.Terms(pay=(PayRule.NONE, 0), pension=14))
    assert unsure(whole)[0] == (True, False, True, True)
    set_everything(boss, whole)
    assert unsure(whole) == ((False,) * 4, {"payment": False, "pension": False, "return": False})
    # A moved date is one of that period alone, and put back it is to be checked again.
    assert Deadline.objects.get(company=whole, kind=Kind.RETURN, year=2026, number=12).unsure
    arranging.put_back(boss, whole.moveddates.get())
    assert unsure(whole)[1]["return"]


def test_a_term_that_somebody_verified_gives_certain_dates(whole, monkeypatch):
    read = tuple(row._replace(verified=True) for row in parameters.PARAMETERS)
    monkeypatch.setattr(parameters, "PARAMETERS", read)
    states.rewrite([whole.pk])
    assert unsure(whole)[0] == (False,) * 4


def pages_of(company):
    """Where a date of the company stands, and in which table or part of the page."""
    return {
        "board": "/",
        "calendar": "/calendar/?month=2026-11",
        "dates of the company": reverse("deadlines:company", args=[company.pk]),
        "people and dates": "/deadlines/",
        "panel of the company": reverse("companies:company", args=[company.pk]),
        "panel of the client": reverse("dashboards:debtor", args=[company.debtor_id]),
    }


def count(browser, address):
    """How many marks a page has: those of lists, and those that say themselves what they mean."""
    html = browser.get(address).content.decode()
    return html.count('ui-status-neutral">check</span>') + html.count("<span>check</span>")


def marks(browser, address):
    """The same, without the one of the sentence below a list that says what it means."""
    html = browser.get(address).content.decode()
    return count(browser, address) - html.count('<p class="ui-subtitle mt-2">\n  <span class="ui-status')


@pytest.mark.parametrize("name", ["board", "calendar", "dates of the company", "people and dates"])
def test_lists_carry_the_mark_and_say_below_what_it_means(whole, administrator, as_user, name):
    boss = administrator()
    browser, address = as_user(boss), pages_of(whole)[name]
    before = marks(browser, address)
    assert before
    assert "a usual term that was not verified" in text(browser.get(address).content.decode())
    set_everything(boss, whole)
    assert marks(browser, address) < before
    if name in ("board", "people and dates"):
        assert marks(browser, address) == 0


@pytest.mark.parametrize("name", ["panel of the company", "panel of the client"])
def test_panels_say_below_their_dates_what_the_mark_means(whole, administrator, as_user, name):
    boss = administrator()
    browser, address = as_user(boss), pages_of(whole)[name]
    html = browser.get(address).content.decode()
    assert "a usual term that was not verified" in html
    before = count(browser, address)
    set_everything(boss, whole)
    assert count(browser, address) < before


def test_the_month_and_its_list_mark_the_same_day(whole, administrator, as_user):
    browser = as_user(administrator())
    html = browser.get("/calendar/?month=2026-11").content.decode()
    (grid, *_rest) = tables(html)
    assert "pay day to do check" in " ".join(" ".join(row.values()) for row in grid)
    assert [row["Due"] for row in tables(html)[-1]] == ["30 Nov 2026 check", "30 Nov 2026 check"]
    arranging.set_terms(
        administrator("other@test.example"), [whole.pk], arranging.Terms(pay=(PayRule.DAY_OF_MONTH, 27))
    )
    html = browser.get("/calendar/?month=2026-11&day=2026-11-27").content.decode()
    assert [row["Due"] for row in tables(html)[-1]] == ["27 Nov 2026"]


def test_the_arrangement_says_what_to_do_about_it(whole, administrator, as_user):
    boss = administrator()
    browser, address = as_user(boss), reverse("deadlines:company", args=[whole.pk])
    said = text(browser.get(address).content.decode())
    assert "Pay day end of the period check" in said
    assert "Pension return usual term of the office check" in said
    assert "Agree a pay day or a pension term for this company, or move the date of a return" in said
    set_everything(boss, whole)
    said = text(browser.get(address).content.decode())
    assert "Pay day day 30 of the month Pension return 14 days after the end of the period Wage-tax return" in said


def test_people_of_a_client_read_the_mark_in_words_of_their_own(whole, debtor, administrator, as_user):
    reader = somebody_new("client")
    Membership.objects.create(user=reader, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    browser = as_user(reader)
    mine = (reverse("selfservice:client", args=[debtor.pk]), reverse("selfservice:period", args=[whole.pk]))
    for address in (*mine, "/calendar/?month=2026-11", reverse("deadlines:company", args=[whole.pk])):
        html = browser.get(address).content.decode()
        assert count(browser, address), address
        assert "was not confirmed. Ask your accountant about it." in html, address
        assert "not verified" not in html, address
    before = [count(browser, address) for address in mine]
    set_everything(administrator(), whole)
    after = [count(browser, address) for address in mine]
    # Six dates in the list and the sentence below it, and pay day and return on the card.
    assert (before, after) == ([9, 9], [0, 0])


def test_what_is_done_carries_no_mark_on_the_board(whole, administrator, as_user):
    """Where the day that something was sent on stands in place of the due date there is nothing to check."""
    PensionExport.objects.update(sent_at="2026-11-20T09:00Z")
    states.rewrite([whole.pk])
    (row,) = table(as_user(administrator()), "/")
    assert row["Pension return"] == "sent 20 Nov"
    assert row["Wage-tax return"] == "due 31 Dec check"
