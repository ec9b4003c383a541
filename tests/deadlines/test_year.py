"""The tax office's letter with the dates of a year is entered at once: for one company and for several."""

from datetime import date

import pytest
from django.urls import reverse
from lxml import html as html_of

from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.companies.models import CurrentPeriod, ReturnPeriod
from portal.deadlines import arranging, states
from portal.deadlines.models import Deadline, Kind, MovedDate
from portal.deadlines.year_dates import of_year, pasted
from portal.periods import Period, PeriodType
from tests.accounts.office import somebody_new
from tests.dashboards.reading import table, text
from tests.factories import fetched_everything, make_company, make_debtor

pytestmark = pytest.mark.database

SEVERAL = "/deadlines/year/"
#: The computed dates of 2027, but for December, which the letter has two days later.
LETTER = ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31", "2027-08-31",
          "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-02-02"]  # fmt: skip
MONTHS = of_year(PeriodType.MONTH, 2027)


@pytest.fixture
def boss(administrator):
    return administrator()


def fields(days):
    return {f"due_{number}": day for number, day in enumerate(days, start=1)}


def address(company):
    return reverse("deadlines:year", args=[company.pk])


def moved(company):
    return {(row.year, row.number): row.due for row in MovedDate.objects.filter(company=company)}


def shown(page):
    """The dates in the fields of the form."""
    return {one.name: one.get("value") for one in html_of.fromstring(page).xpath("//input[starts-with(@name, 'due_')]")}


def sent_by_a_browser(page, **changed):
    """The form of the dates as it stands on the page, with some of its fields changed."""
    form = next(form for form in html_of.fromstring(page).forms if "paste" in form.fields)
    return {**dict(form.form_values()), **changed}


# --- one company -----------------------------------------------------------------------------------------------------


def test_in_november_the_whole_next_year_is_entered_at_once(company, boss, as_user):
    browser = as_user(boss)
    page = browser.get(address(company)).content.decode()
    assert list(shown(page)) == [f"due_{number}" for number in range(1, 13)]
    assert set(shown(page).values()) == {None}
    assert "2027-12 M 1 Dec 2027 – 31 Dec 2027 31 Jan 2028" in text(page)
    posted = sent_by_a_browser(page, **fields(LETTER), reason="Letter of 2027")
    answer = browser.post(address(company), posted, follow=True)
    assert "The dates of 2027 are set for 1 company." in text(answer.content.decode())
    assert moved(company) == {(2027, number): date.fromisoformat(day) for number, day in enumerate(LETTER, start=1)}
    # Those that are worked out by now follow at once, and nobody has to check them any more.
    row = Deadline.objects.get(company=company, kind=Kind.RETURN, year=2027, number=1)
    assert (row.due, row.unsure) == (date(2027, 2, 28), False)
    # The others when the year has come so far.
    CurrentPeriod.objects.filter(company=company).update(year=2027, number=11)
    states.rewrite([company.pk])
    row = Deadline.objects.get(company=company, kind=Kind.RETURN, year=2027, number=12)
    assert (row.due, row.computed, row.unsure) == (date(2028, 2, 2), date(2028, 1, 31), False)


def test_one_entry_of_the_trail_has_the_whole_list(company, boss, as_user):
    browser = as_user(boss)
    browser.post(address(company), {"year": "2027", **fields(LETTER), "reason": "Letter of 2027"})
    entry = Entry.objects.get(kind="settings_changed", company_id=company.pk)
    assert (entry.detail["what"], entry.detail["year"], entry.detail["companies"]) == ("dates_of_year", 2027, 1)
    assert entry.detail["dates"][::11] == ["month:2027-1:2027-02-28", "month:2027-12:2028-02-02"]
    assert len(entry.detail["dates"]) == 12
    # Sent once more nothing is changed, and there is nothing to tell.
    page = browser.get(f"{address(company)}?year=2027").content.decode()
    browser.post(address(company), sent_by_a_browser(page, reason="Letter of 2027"))
    assert Entry.objects.filter(kind="settings_changed").count() == 1


def test_what_was_set_before_stands_in_the_fields_and_an_emptied_one_gives_the_computed_date_back(
    company, boss, as_user
):
    arranging.move(boss, [company.pk], Kind.RETURN, PeriodType.MONTH, Period(2027, 1), due=date(2027, 3, 2), reason="x")
    browser = as_user(boss)
    page = browser.get(f"{address(company)}?year=2027").content.decode()
    assert shown(page)["due_1"] == "2027-03-02"
    browser.post(address(company), sent_by_a_browser(page, due_1="", due_2="2027-04-02", reason="Letter"))
    assert moved(company) == {(2027, 2): date(2027, 4, 2)}
    row = Deadline.objects.get(company=company, kind=Kind.RETURN, year=2027, number=1)
    assert (row.due, row.computed) == (date(2027, 2, 28), None)
    page = browser.get(f"{address(company)}?year=2027").content.decode()
    browser.post(address(company), sent_by_a_browser(page, due_2=""))
    assert moved(company) == {}


def test_nobody_overwrites_unseen_what_a_colleague_has_just_set(company, boss, as_user):
    browser = as_user(boss)
    page = browser.get(f"{address(company)}?year=2027").content.decode()
    arranging.move(boss, [company.pk], Kind.RETURN, PeriodType.MONTH, Period(2027, 1), due=date(2027, 3, 2), reason="x")
    posted = sent_by_a_browser(page, due_1="2027-03-04", reason="Letter")
    answer = browser.post(address(company), posted)
    assert answer.status_code == 422
    assert "This was changed while you had it open" in text(answer.content.decode())
    assert moved(company) == {(2027, 1): date(2027, 3, 2)}


@pytest.mark.parametrize(
    ("change", "said"),
    [({"due_1": "2027-01-31"}, "not after the period, which ends on 31 Jan 2027"),
     ({"due_2": "2026-03-31"}, "not after the period"),
     ({"due_12": "2029-01-31"}, "more than two months from the computed date, 31 Jan 2028"),
     ({"due_2": "2027-04-30", "due_3": "2027-04-30"}, "not after the date of the period before it, 30 Apr 2027"),
     ({"due_4": "31-05-27"}, "Enter a valid date"), ({"reason": " "}, "Say where the dates come from."),
     ({"reason": "", **fields([""] * 12)}, "Enter at least one date.")],
)  # fmt: skip
def test_dates_without_sense_are_refused_with_words_and_nothing_that_was_entered_is_lost(
    company, boss, as_user, change, said
):
    posted = {"year": "2027", **fields(LETTER), "reason": "Letter of 2027", **change}
    answer = as_user(boss).post(address(company), posted)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in text(page)
    assert {name: value or "" for name, value in shown(page).items()} == {name: posted[name] for name in shown(page)}
    assert MovedDate.objects.count() == 0


def test_a_pasted_list_is_put_into_the_fields_and_stored_when_somebody_has_looked_it_over(company, boss, as_user):
    browser = as_user(boss)
    page = browser.get(f"{address(company)}?year=2027").content.decode()
    dutch = "\n".join(date.fromisoformat(day).strftime("%d-%m-%Y") for day in LETTER)
    answer = browser.post(address(company), sent_by_a_browser(page, paste=dutch, reason="Letter of 2027"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Nothing is set yet" in text(page)
    assert list(shown(page).values()) == LETTER
    assert not MovedDate.objects.exists()
    browser.post(address(company), sent_by_a_browser(page))
    assert len(moved(company)) == 12


def test_a_pasted_list_that_cannot_be_read_stays_as_it_is_with_words(company, boss, as_user):
    listed = "28-02-2027\nsomewhere in March\n31-04-2027"
    answer = as_user(boss).post(address(company), {"year": "2027", "paste": listed, "due_1": "2027-02-27"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 2 has no date: “somewhere in March”." in text(page)
    assert "Line 3: 31-04-2027 is no day." in text(page)
    assert "somewhere in March\n31-04-2027</textarea>" in page
    assert shown(page)["due_1"] == "2027-02-27"
    assert not MovedDate.objects.exists()


def test_who_declares_by_four_weeks_has_thirteen_and_who_changes_may_choose(debtor, boss, as_user):
    made = make_company(debtor, "Vier B.V.", return_period=ReturnPeriod.FOUR_WEEKS)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    browser = as_user(boss)
    page = browser.get(address(made)).content.decode()
    assert len(shown(page)) == 13
    assert "2027-13 4W" in text(page)
    unknown = make_company(debtor, "Onbekend B.V.", return_period=ReturnPeriod.NONE)
    page = browser.get(address(unknown)).content.decode()
    assert shown(page) == {}
    assert "Nmbrs names no return period here" in text(page)


@pytest.mark.parametrize("query", ["year=x&length=y", "year=1999", "year=2026", "length=4-weeks", "year=%00"])
def test_another_year_or_nonsense_in_the_address_gives_a_page(company, boss, as_user, query):
    assert as_user(boss).get(f"{address(company)}?{query}").status_code == 200


def test_who_does_not_set_dates_enters_none(company, debtor, firm, accountant, as_user):
    client = somebody_new("client")
    Membership.objects.create(user=client, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    posted = {"year": "2027", **fields(LETTER), "reason": "Letter"}
    assert as_user(client).get(address(company)).status_code == 403
    assert as_user(client).post(address(company), posted).status_code == 403
    other = make_debtor(debtor.environment, "Ander")
    stranger = as_user(accountant(other, email="stranger@test.example"))
    assert stranger.post(address(company), posted).status_code == 404
    assert not MovedDate.objects.exists()


# --- several ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(debtor):
    """Two that declare by the month and one that does by four weeks."""
    made = [make_company(debtor, name) for name in ("Brood", "Koek")]
    made.append(make_company(debtor, "Vier", return_period=ReturnPeriod.FOUR_WEEKS))
    fetched_everything(debtor)
    states.rewrite([one.pk for one in made])
    return made


def test_the_letter_is_entered_for_all_companies_of_a_filter(three, boss, as_user):
    browser = as_user(boss)
    assert 'formaction="/deadlines/year/"' in browser.get("/deadlines/").content.decode()
    page = browser.post(SEVERAL, {"covers": "all", "filter": "q="}).content.decode()
    assert "The dates are set for 3 companies" in text(page)
    assert "Brood" in text(page)
    assert set(shown(page).values()) == {None}
    said = text(browser.post(SEVERAL, sent_by_a_browser(page, **fields(LETTER), reason="Letter"), follow=True)
                .content.decode())  # fmt: skip
    assert "The dates of 2027 are set for 2 companies." in said
    assert "1 company was left out" in said
    assert [len(moved(one)) for one in three] == [12, 12, 0]
    # One entry for the client, with the list and the number of companies.
    entry = Entry.objects.get(kind="settings_changed")
    assert (entry.detail["companies"], len(entry.detail["dates"])) == (2, 12)


def test_a_filter_that_names_somebody_who_is_gone_covers_nothing(three, boss, as_user):
    posted = {"covers": "all", "filter": "person=999999"}
    said = text(as_user(boss).post(SEVERAL, posted, follow=True).content.decode())
    assert "The filter names something that is not there any more; nothing was changed." in said
    assert "The dates are set for" not in said


def test_an_empty_field_leaves_what_each_of_several_has(three, boss, as_user):
    arranging.move(
        boss, [three[0].pk], Kind.RETURN, PeriodType.MONTH, Period(2027, 1), due=date(2027, 3, 2), reason="x"
    )
    browser = as_user(boss)
    page = browser.post(SEVERAL, {"covers": "ticked", "company": [one.pk for one in three]}).content.decode()
    browser.post(SEVERAL, sent_by_a_browser_of_several(page, due_2="2027-04-02", reason="Letter"))
    assert moved(three[0]) == {(2027, 1): date(2027, 3, 2), (2027, 2): date(2027, 4, 2)}
    assert moved(three[1]) == {(2027, 2): date(2027, 4, 2)}


def sent_by_a_browser_of_several(page, **changed):
    """With each of the companies that were ticked."""
    form = next(form for form in html_of.fromstring(page).forms if "paste" in form.fields)
    ticked = [value for name, value in form.form_values() if name == "company"]
    return {**dict(form.form_values()), "company": ticked, **changed}


def test_companies_that_are_others_than_a_moment_ago_are_shown_again_with_what_was_entered(
    three, debtor, boss, as_user
):
    browser = as_user(boss)
    page = browser.post(SEVERAL, {"covers": "all"}).content.decode()
    make_company(debtor, "Vlaai")
    posted = sent_by_a_browser(page, **fields(LETTER), reason="Letter")
    page = browser.post(SEVERAL, posted).content.decode()
    assert "The companies are others than a moment ago" in text(page)
    assert "Vlaai" in text(page)
    assert list(shown(page).values()) == LETTER
    assert not MovedDate.objects.exists()
    # Another set of dates without sense loses nothing either.
    answer = browser.post(SEVERAL, sent_by_a_browser(page, due_1="2027-01-01"))
    assert answer.status_code == 422
    assert list(shown(answer.content.decode()).values()) == ["2027-01-01", *LETTER[1:]]


def test_another_length_is_shown_without_setting_anything(three, boss, as_user):
    browser = as_user(boss)
    page = browser.post(SEVERAL, {"covers": "all"}).content.decode()
    form = next(
        form for form in html_of.fromstring(page).forms if "length" in form.fields and "paste" not in form.fields
    )
    posted = {**dict(form.form_values()), "length": "4-weeks", "year": "2026"}
    page = browser.post(SEVERAL, posted).content.decode()
    assert len(shown(page)) == 13
    assert "2026-13 4W" in text(page)


def test_companies_of_others_are_not_covered(three, debtor, accountant, as_user):
    other = make_company(make_debtor(debtor.environment, "Ander"), "Ander B.V.")
    clerk = as_user(accountant(debtor))
    said = text(clerk.post(SEVERAL, {"covers": "ticked", "company": [other.pk]}, follow=True).content.decode())
    assert "Choose companies" in said
    done = arranging.move_year(
        accountant(email="stranger@test.example"),
        [other.pk],
        PeriodType.MONTH,
        2027,
        dues={1: date(2027, 3, 1)},
        reason="",
    )
    assert done == arranging.Done(0)
    assert not MovedDate.objects.exists()


def test_the_list_of_moved_dates_of_a_company_goes_by_pieces(company, boss, as_user):
    for year in (2026, 2027):
        dues = {row.number: row.computed for row in of_year(PeriodType.MONTH, year)}
        arranging.move_year(boss, [company.pk], PeriodType.MONTH, year, dues=dues, reason="x")
    browser = as_user(boss)
    page = browser.get(reverse("deadlines:company", args=[company.pk])).content.decode()
    assert page.count("Use the computed date") == 15
    # The nearest ones first: what is long past is further on.
    assert "wage-tax return 2027-12 M: 31 Jan 2028" in text(page)
    page = browser.get(f"{reverse('deadlines:company', args=[company.pk])}?moved=2").content.decode()
    assert page.count("Use the computed date") == 9
    assert "wage-tax return 2026-01 M: 28 Feb 2026" in text(page)
    assert len(table(browser, reverse("deadlines:company", args=[company.pk]))) > 12


# --- a pasted list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["2027-02-28", "28-02-2027", "28-2-2027", "28/02/2027", "28.2.2027", "28 februari 2027", "28 feb. 2027",
     "28 February 2027", "januari 2027: 28 februari 2027", "1\t01-01-2027 t/m 31-01-2027\t28-02-2027",
     "Tijdvak 1 (2027-01-01/2027-01-31) uiterlijk 28 Februari 2027."],
)  # fmt: skip
def test_a_line_tells_its_last_date_in_dutch_or_as_a_computer_writes_it(line):
    text_of_twelve = "\n".join([line, "", *LETTER[1:]])
    assert [day.isoformat() for day in pasted(text_of_twelve, MONTHS).days] == LETTER


def test_a_single_line_may_hold_all_of_them():
    assert [day.isoformat() for day in pasted(", ".join(LETTER), MONTHS).days] == LETTER


@pytest.mark.parametrize(
    ("given", "said"),
    [("\n".join(LETTER[:11]), "The list has 11 dates, and the year has 12 return periods."),
     (LETTER[0], "The list has 1 date, and the year has 12 return periods."),
     ("30 foobar 2027", "is no day"), ("2027-13-01", "Line 1: 2027-13-01 is no day."),
     ("x" * 99, "Line 1 has no date")],
)  # fmt: skip
def test_a_list_that_does_not_fit_says_why(given, said):
    (problem, *_) = pasted(given, MONTHS).problems
    assert said in problem
