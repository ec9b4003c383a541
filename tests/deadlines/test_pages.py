"""The calendar, one company's dates, and changing several companies at once."""

import re

import pytest
from django.urls import reverse
from lxml import html as html_of

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.companies.models import Company
from portal.deadlines import arranging, states
from portal.deadlines.models import Arrangement, Deadline, MovedDate
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.deadlines.confirming import agree, asked, send
from tests.deadlines.conftest import NOW
from tests.factories import fetched_everything, make_company, make_debtor, make_environment, make_return, make_run

CALENDAR, LIST = "/calendar/", "/deadlines/"


@pytest.fixture
def boss(administrator):
    return administrator()


def client_of(debtor, role=Role.CLIENT_ADMINISTRATOR):
    user = somebody_new("client")
    Membership.objects.create(user=user, firm=debtor.environment.firm, role=role, debtor=debtor)
    return user


def listed(browser, address):
    """The rows of the list below the month."""
    return tables(browser.get(address).content.decode())[-1]


# --- calendar --------------------------------------------------------------------------------------------------------


def test_the_month_and_its_list_say_the_same(company, boss, as_user):
    make_run(company, 2026, 10, locked=True)
    states.rewrite([company.pk])
    html = as_user(boss).get(CALENDAR).content.decode()
    rows = listed(as_user(boss), CALENDAR)
    assert {row["What"] for row in rows} == {"pay day", "wage-tax return"}
    assert {row["Due"] for row in rows} == {"30 Nov 2026 check"}
    cell = re.search(r'<td class="[^"]*">\s*<a class="ui-day-number[^>]*>30</a>.*?</td>', html, re.S).group()
    assert "pay day" in text(cell)
    assert "to do" in text(cell)
    assert 'aria-current="date"' in html


def test_a_day_and_a_kind_narrow_the_list(company, boss, as_user):
    browser = as_user(boss)
    rows = listed(browser, f"{CALENDAR}?month=2026-12&day=2026-12-31&kind=return")
    assert [(row["What"], row["Period"]) for row in rows] == [("wage-tax return", "2026-11 M")]
    assert "Nothing here" in browser.get(f"{CALENDAR}?month=2019-01").content.decode()
    assert "Nothing matches this filter" in browser.get(f"{CALENDAR}?q=nobody").content.decode()


def test_a_person_and_a_state_narrow_the_list(debtor, company, boss, accountant, as_user):
    clerk = accountant(debtor)
    mine, others = make_company(debtor, "Koek B.V."), make_company(debtor, "Taart B.V.")
    # Of the clerk's own company everything of the month is done.
    for one in (company, mine, others):
        make_run(one, 2026, 10, locked=True)
    make_return(mine, 2026, 10, sent_at=NOW)
    make_run(mine, 2026, 11, locked=True)
    fetched_everything(debtor)
    states.rewrite([company.pk, mine.pk, others.pk])
    arranging.assign(boss, [mine.pk], clerk)
    arranging.assign(boss, [others.pk], boss)
    browser = as_user(clerk)

    def companies(query):
        return {row["Company"].split(" B.V.")[0] for row in listed(browser, f"{CALENDAR}?{query}")}

    assert companies("") == {"Brood", "Koek", "Taart"}
    assert companies("person=me") == {"Koek"}
    assert companies(f"person={boss.pk}") == {"Taart"}
    assert companies("person=nobody") == {"Brood"}
    assert companies("state=done") == {"Koek"}
    assert companies("state=open") == {"Brood", "Taart"}
    assert companies("state=open&person=nobody") == {"Brood"}
    assert "Nothing matches this filter" in browser.get(f"{CALENDAR}?state=open&person=me").content.decode()


@pytest.mark.parametrize(
    "query",
    ["month=abc", "month=2026-99", "month=1900-01", "month=2199-12", "day=x", "day=2026-02-30", "person=99999999999999",
     "person=x&kind=y&state=z", "page=abc&sort=,,-", "q=%00%27", "day=2199-12-31"],
)  # fmt: skip
def test_nonsense_in_the_address_gives_the_default(company, boss, as_user, query):
    for page in (CALENDAR, LIST, reverse("deadlines:company", args=[company.pk])):
        assert as_user(boss).get(f"{page}?{query}").status_code == 200, page


def test_people_of_a_client_see_their_dates_and_not_who_does_them(company, debtor, boss, accountant, as_user):
    arranging.assign(boss, [company.pk], accountant(debtor))
    browser = as_user(client_of(debtor))
    for page in (CALENDAR, reverse("deadlines:company", args=[company.pk])):
        html = browser.get(page).content.decode()
        assert "30 Nov 2026" in html
        assert "Accountant" not in text(html)
        assert "Responsible" not in html
    assert browser.get(LIST).status_code == 403
    hidden = make_company(make_debtor(debtor.environment, "Ander"), "Ander B.V.")
    states.rewrite([hidden.pk])
    assert "Ander" not in browser.get(CALENDAR).content.decode()
    assert browser.get(reverse("deadlines:company", args=[hidden.pk])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(debtor, boss, as_user, django_assert_max_num_queries):
    pks = [make_company(debtor, f"Filiaal {number}").pk for number in range(30)]
    fetched_everything(debtor)
    states.rewrite(pks)
    browser = as_user(boss)
    for page in (f"{CALENDAR}?per_page=200", f"{LIST}?per_page=200"):
        with django_assert_max_num_queries(25):
            assert browser.get(page).status_code == 200


# --- one company -----------------------------------------------------------------------------------------------------


def test_a_company_is_set_and_the_trail_tells_what(company, debtor, boss, accountant, as_user):
    clerk = accountant(debtor)
    address = reverse("deadlines:company", args=[company.pk])
    posted = {
        "responsible": str(clerk.pk),
        "pay_rule": "day",
        "pay_number": "25",
        "pension": "own",
        "pension_days": "7",
    }
    page = as_user(boss).post(address, posted, follow=True).content.decode()
    assert "The dates of this company are set" in page
    own = Arrangement.objects.get()
    assert (own.responsible, own.pay_rule, own.pay_number, own.pension_days) == (clerk, "day", 25, 7)
    assert "25 Nov 2026" in page
    entries = Entry.objects.filter(kind="settings_changed", company_id=company.pk).order_by("number")
    assert [entry.detail["what"] for entry in entries] == ["terms", "responsible"]


def sent_by_a_browser(page, **changed):
    """The form as it stands on the page, with some of its fields changed; of a list without a choice the first one."""
    found = [form for form in html_of.fromstring(page).forms if "responsible" in form.fields]
    return {**dict(found[0].form_values()), **changed}


@pytest.mark.parametrize("who", ["somebody whom the reader cannot name", "somebody whose account is closed"])
def test_setting_a_pay_day_leaves_the_responsible_person(company, debtor, boss, accountant, as_user, who):
    clerk = accountant(debtor)
    person = boss if who.startswith("somebody whom") else accountant(debtor, email="gone@test.example")
    arranging.assign(boss, [company.pk], person)
    if person != boss:
        User.objects.filter(pk=person.pk).update(is_active=False)
    browser, address = as_user(clerk), reverse("deadlines:company", args=[company.pk])
    posted = sent_by_a_browser(browser.get(address).content.decode(), pay_rule="after", pay_number="3")
    page = browser.post(address, posted, follow=True).content.decode()
    assert "The dates of this company are set" in page
    own = Arrangement.objects.get()
    assert (own.responsible, own.pay_rule, own.pay_number) == (person, "after", 3)
    # Taken off on purpose they are gone.
    browser.post(address, sent_by_a_browser(browser.get(address).content.decode(), responsible="nobody"))
    assert Arrangement.objects.get().responsible is None


@pytest.mark.parametrize(
    "posted",
    [{"pay_rule": "day"}, {"pay_rule": "day", "pay_number": "32"}, {"pay_rule": "after", "pay_number": "9999"},
     {"pension": "own"}, {"responsible": "999999"}, {"pay_rule": "x"}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_words(company, boss, as_user, posted):
    answer = as_user(boss).post(reverse("deadlines:company", args=[company.pk]), posted)
    assert answer.status_code == 422
    assert not Arrangement.objects.exists()


def test_a_date_is_moved_with_a_reason_and_put_back(company, boss, as_user):
    browser, address = as_user(boss), reverse("deadlines:company", args=[company.pk])
    posted = {"deadline": "return:month:2026-11", "due": "2027-01-04", "reason": "Letter of the tax office"}
    page = browser.post(reverse("deadlines:move", args=[company.pk]), posted, follow=True).content.decode()
    assert "computed: 31 Dec 2026" in text(page)
    assert "Letter of the tax office" in page
    page = browser.post(
        reverse("deadlines:move", args=[company.pk]), {**posted, "due": "2199-01-01"}, follow=True
    ).content.decode()
    assert "more than a year" in page
    browser.post(reverse("deadlines:put_back", args=[MovedDate.objects.get().pk]))
    assert "computed:" not in browser.get(address).content.decode()


def test_who_only_reads_sees_no_form_and_changes_nothing(company, firm, as_user):
    auditor = somebody_new("auditor")
    Membership.objects.create(user=auditor, firm=firm, role=Role.AUDITOR)
    browser, address = as_user(auditor), reverse("deadlines:company", args=[company.pk])
    assert "Set this" not in browser.get(address).content.decode()
    assert browser.post(address, {"pay_rule": "after", "pay_number": "1"}).status_code == 403
    assert not Arrangement.objects.exists()


# --- several ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(debtor):
    """Two monthly companies and a weekly one."""
    from portal.periods import Period, PeriodType

    made = [make_company(debtor, name) for name in ("Brood", "Koek")]
    made.append(make_company(debtor, "Taart", period=Period(2026, 47), period_type=PeriodType.WEEK))
    fetched_everything(debtor)
    states.rewrite([one.pk for one in made])
    return made


def test_a_change_of_several_says_first_what_it_covers(three, debtor, boss, accountant, as_user):
    clerk, browser = accountant(debtor), as_user(boss)
    posted = {"covers": "all", "filter": "period_type=month&page=7", "responsible": str(clerk.pk)}
    page = text(send(browser, posted).content.decode())
    assert "This covers 2 companies: all of the filter" in page
    assert "Brood" in page
    assert "Taart" not in page
    assert "Responsible: Accountant" in page
    assert not Arrangement.objects.exists()
    agree(browser, posted)
    assert sorted(Arrangement.objects.values_list("company__name", flat=True)) == ["Brood", "Koek"]


def test_a_list_that_changed_meanwhile_is_asked_about_again(three, debtor, boss, as_user):
    """As many companies as a moment ago, and not the same ones."""
    browser = as_user(boss)
    agreed = asked(browser, {"covers": "all", "pay_rule": "after", "pay_number": "5"})
    Company.objects.filter(pk=three[0].pk).update(missing_since=NOW)
    make_company(debtor, "Vlaai")
    page = text(send(browser, agreed).content.decode())
    assert "The companies are others than a moment ago" in page
    assert "This covers 3 companies" in page
    assert "Vlaai" in page
    assert not Arrangement.objects.exists()
    # Nobody agrees to a number.
    assert "This covers 3 companies" in text(send(browser, {**agreed, "confirmed": "3"}).content.decode())
    assert not Arrangement.objects.exists()


def test_only_the_ticked_ones_are_changed_and_what_does_not_fit_is_told(three, boss, as_user):
    ticked = [str(three[0].pk), str(three[2].pk), "999999", "x", "9" * 40]
    posted = {"covers": "ticked", "company": ticked, "pay_rule": "day", "pay_number": "25"}
    page = text(agree(as_user(boss), posted))
    assert "1 company was set" in page
    assert (
        "The terms of 1 company were not changed, because a day of the month does not go with its short periods, or it "
        "is not known yet how long they are: Taart." in page
    )
    assert list(Arrangement.objects.values_list("company__name", "pay_number")) == [("Brood", 25)]


@pytest.mark.parametrize(
    ("posted", "said"),
    [({}, "Choose companies"), ({"covers": "all"}, "Choose what should change"),
     ({"covers": "all", "pay_rule": "day"}, "Enter a day of the month"),
     ({"covers": "all", "filter": "%00&&=;", "responsible": "x"}, "Select a valid choice")],
)  # fmt: skip
def test_a_change_without_sense_changes_nothing(three, boss, as_user, posted, said):
    assert said in text(send(as_user(boss), posted, follow=True).content.decode())
    assert not Arrangement.objects.exists()


def test_companies_of_others_cannot_be_reached(three, firm, accountant, as_user):
    foreign = make_company(make_debtor(make_environment(firm, "other"), "Vreemd"), "Vreemd B.V.")
    clerk = accountant(three[0].debtor)
    posted = {"covers": "ticked", "company": [str(foreign.pk)], "responsible": "nobody", "confirmed": "1"}
    assert "Choose companies" in text(send(as_user(clerk), posted, follow=True).content.decode())
    assert not Arrangement.objects.exists()
    assert Deadline.objects.exists()
