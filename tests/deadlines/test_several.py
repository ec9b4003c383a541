"""Several companies at once: all of a team, of a tag, all late ones, those of nobody; and the date of one return."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.urls import reverse

from portal.accounts.models import TagRule, Team, TeamDebtor
from portal.companies.models import Company
from portal.deadlines import arranging, states
from portal.deadlines.models import Arrangement, Deadline, Kind, MovedDate
from portal.deadlines.several_views import ArrangementsView
from portal.debtors.models import DebtorTag
from portal.mirror.models import State
from portal.periods import Period, PeriodType
from portal.ui.exports.stamp import stamp
from tests.dashboards.reading import table, tables, text
from tests.deadlines.confirming import agree, asked, send
from tests.deadlines.conftest import NOW
from tests.factories import fetched, fetched_everything, make_company, make_debtor, make_return, make_run, mirrored

pytestmark = pytest.mark.pages

LIST, BOARD = "/deadlines/", "/"


@pytest.fixture
def boss(administrator):
    return administrator()


@pytest.fixture
def office(debtor, firm):
    """Brood (a team's) waits for its run; Worst (tagged) has a late return; Vis is locked and sent."""
    butchers = make_debtor(debtor.environment, "Slagersgroep", number="2002")
    made = {
        "Brood": make_company(debtor, "Brood"),
        "Worst": make_company(butchers, "Worst", period=Period(2026, 12), period_type=PeriodType.FOUR_WEEKS,
                              return_period="Week4"),
        "Vis": make_company(butchers, "Vis"),
    }  # fmt: skip
    for one in (debtor, butchers):
        fetched_everything(one)
    make_run(made["Worst"], 2026, 10, locked=True)
    make_return(made["Worst"], 2026, 10)
    make_run(made["Vis"], 2026, 11, locked=True)
    make_return(made["Vis"], 2026, 11, sent_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    states.rewrite([one.pk for one in made.values()])
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=debtor)
    TagRule.objects.create(team=Team.objects.create(firm=firm, name="Zuid"), tag="vlees")
    mirrored(DebtorTag, debtor.environment, debtor=butchers, number=1, text="vlees", valid_from=date(2026, 1, 1))
    return {**made, "team": team.pk}


def names(browser, address):
    return sorted(row["Company"].split()[0] for row in table(browser, address))


@pytest.mark.parametrize(
    ("query", "found"),
    [("team={team}", ["Brood"]), ("tag=vlees", ["Vis", "Worst"]), ("due=overdue", ["Worst"]), ("run=none", ["Brood"]),
     ("due=later", ["Brood"]), ("run=locked&tag=vlees", ["Vis", "Worst"]), ("person=nobody&tag=vlees", ["Worst"]),],
)  # fmt: skip
def test_the_list_and_the_change_take_the_filters_of_the_board(office, boss, accountant, as_user, query, found):
    arranging.assign(boss, [office["Vis"].pk], boss)
    make_run(office["Worst"], 2026, 12, locked=True)
    states.rewrite([office["Worst"].pk])
    browser, query = as_user(boss), query.format(**office)
    assert names(browser, f"{BOARD}?{query}") == found
    assert names(browser, f"{LIST}?{query}") == found
    posted = {"covers": "all", "filter": query, "responsible": str(boss.pk)}
    page = text(send(browser, posted).content.decode())
    assert f"This covers {len(found)} compan" in page
    agree(browser, posted)
    mine = Arrangement.objects.filter(responsible=boss).values_list("company__name", flat=True)
    assert sorted({*mine, "Vis"}) == sorted({*found, "Vis"})


@pytest.mark.parametrize("gone", ["team=999", "tag=gone", "due=x", "person=9999", "tag=vlees&team=999", "q=a%00"])
def test_a_filter_that_is_not_there_any_more_covers_nothing(office, boss, as_user, gone):
    """Left out it would cover every company whose dates one may set."""
    browser = as_user(boss)
    posted = {"covers": "all", "filter": gone, "responsible": str(boss.pk)}
    answer = send(browser, posted, follow=True)
    page = text(answer.content.decode())
    assert "The filter names something that is not there any more; nothing was changed." in page
    assert "This covers" not in page
    assert not Arrangement.objects.exists()
    # What was ticked was named one by one.
    page = text(send(browser, {**posted, "covers": "ticked", "company": [office["Vis"].pk]}).content.decode())
    assert "This covers 1 company: the one that you ticked." in page
    # The board does not lead there.
    assert "Assign" not in text(browser.get(f"{BOARD}?{gone}").content.decode())


def test_a_filter_that_goes_before_somebody_agrees_changes_nothing(office, boss, as_user):
    browser = as_user(boss)
    confirmed = asked(browser, {"covers": "all", "filter": f"team={office['team']}", "responsible": str(boss.pk)})
    Team.objects.all().delete()
    page = text(send(browser, confirmed, follow=True).content.decode())
    assert "The filter names something that is not there any more; nothing was changed." in page
    assert not Arrangement.objects.exists()


def test_all_of_the_filter_is_said_only_where_one_narrows(office, boss, as_user):
    browser = as_user(boss)
    for query, said in (
        ("tag=vlees", "all of the filter"),
        ("q=+", "every one whose dates you may set"),
        ("", "every one"),
    ):
        page = text(send(browser, {"covers": "all", "filter": query, "responsible": str(boss.pk)}).content.decode())
        assert said in page


def test_the_board_leads_to_the_change_of_what_it_shows(office, boss, as_user):
    browser = as_user(boss)
    html = unescape(browser.get(f"{BOARD}?tag=vlees&sort=company&per_page=25").content.decode())
    assert "Assign these 2 companies…" in text(html)
    assert 'href="/deadlines/?covers=all&tag=vlees#bulk"' in html
    html = " ".join(browser.get(f"{LIST}?covers=all&tag=vlees").content.decode().split())
    assert 'name="covers" value="all" checked' in html
    assert "All 2 of this filter" in text(html)
    # Of an earlier period nothing is offered that would mean another one there.
    assert "Assign" not in text(browser.get(f"{BOARD}?back=1&run=none").content.decode())
    assert "?covers=all&tag=vlees#bulk" in unescape(browser.get(f"{BOARD}?back=1&tag=vlees").content.decode())


def test_who_sets_no_dates_is_not_led_there(office, firm, as_user):
    from portal.accounts.models import Membership
    from portal.accounts.roles import Role
    from tests.accounts.office import somebody_new

    auditor = somebody_new("auditor")
    Membership.objects.create(user=auditor, firm=firm, role=Role.AUDITOR)
    page = as_user(auditor).get(BOARD).content.decode()
    assert "Brood" in page
    assert "Assign" not in page


def test_a_return_is_moved_for_several_and_who_has_none_of_it_is_told(office, boss, as_user):
    browser = as_user(boss)
    posted = {
        "covers": "all",
        "filter": "q=",
        "moved_return": "month:2026-12",
        "moved_due": "2027-02-01",
        "moved_reason": "Letter of 2027",
    }
    page = text(send(browser, posted).content.decode())
    assert "Wage-tax return 2026-12 M: due 1 Feb 2027 (Letter of 2027)" in page
    assert not MovedDate.objects.exists()
    page = text(agree(browser, posted))
    assert "The date was moved for 2 companies." in page
    assert "1 company was left out, because it has no return of this period: Worst." in page
    moved = Deadline.objects.filter(kind=Kind.RETURN, due=date(2027, 2, 1))
    assert sorted(moved.values_list("company__name", "computed", "unsure")) == [
        ("Brood", date(2027, 1, 31), False),
        ("Vis", date(2027, 1, 31), False),
    ]
    assert not Arrangement.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"pay_rule": "day", "pay_number": "77"}, "Enter a day of the month, from 1 to 31."),
     ({"moved_due": ""}, "Enter the new due date."),
     ({"covers": "ticked", "company": []}, "Choose companies: tick some, or take all of the filter."),
     ({"responsible": "keep", "moved_return": "keep"}, "Choose what should change.")],
)  # fmt: skip
def test_one_error_loses_nothing_of_what_was_ticked_chosen_and_typed(office, boss, as_user, wrong, said):
    browser, ticked = as_user(boss), [office["Vis"].pk]
    posted = {"covers": "ticked", "company": ticked, "responsible": str(boss.pk), "moved_return": "month:2026-12",
              "moved_due": "2027-02-01", "moved_reason": "Letter of 2027", **wrong}  # fmt: skip
    query = "tag=vlees&sort=-company&columns=company%2Cresponsible&per_page=25"
    answer = send(browser, {**posted, "filter": query})
    assert answer.status_code == 422
    html = " ".join(unescape(answer.content.decode()).split())
    assert said in text(html)
    # The list as it was: filter, order, columns, size.
    assert [row["Company"].split()[0] for row in tables(html)[0]] == ["Worst", "Vis"]
    assert list(tables(html)[0][0]) == ["Company", "Responsible"]
    assert answer.request["QUERY_STRING"] == query
    # What was ticked, and each field.
    boxes = {key: bool(checked) for key, checked in re.findall(r'name="company" value="(\d+)"[^>]*?( checked)?>', html)}
    assert boxes == {str(office["Worst"].pk): False, str(office["Vis"].pk): bool(posted["company"])}
    for name in ("responsible", "moved_return"):
        assert f'<option value="{posted[name]}" selected>' in html
    for name in ("moved_due", "moved_reason"):
        assert not posted[name] or f'name="{name}" value="{posted[name]}"' in html
    assert not Arrangement.objects.exists()
    assert not MovedDate.objects.exists()


def test_the_browser_goes_to_the_first_field_that_is_wrong(office, boss, as_user):
    html = send(as_user(boss), {"covers": "all", "pay_rule": "day"}).content.decode()
    assert re.findall(r'name="([a-z_]+)"[^>]*autofocus', html)[:1] == ["pay_number"]


def test_whoever_is_done_is_back_at_the_list_as_it_was(office, boss, as_user):
    query = "tag=vlees&sort=-company&columns=company"
    posted = {"covers": "all", "filter": f"covers=all&{query}", "responsible": str(boss.pk)}
    browser = as_user(boss)
    page = unescape(send(browser, posted).content.decode())
    assert f'href="/deadlines/?{query}">Cancel' in page
    assert send(browser, asked(browser, posted)).headers["Location"] == f"/deadlines/?{query}"


def test_companies_that_were_left_out_are_named_with_the_reason_of_each(office, boss, accountant, as_user):
    """One because the person does not see it, another because of its short periods: two, not one."""
    clerk = accountant(office["Brood"].debtor)
    short = make_company(office["Brood"].debtor, "Taart", period=Period(2026, 47), period_type=PeriodType.WEEK)
    ticked = [office["Brood"].pk, office["Vis"].pk, short.pk]
    posted = {
        "covers": "ticked",
        "company": ticked,
        "responsible": str(clerk.pk),
        "pay_rule": "day",
        "pay_number": "25",
    }
    page = text(agree(as_user(boss), posted))
    assert "1 company was set." in page
    assert "of 1 company was not changed, because that person does not see it: Vis." in page
    assert (
        "The terms of 1 company were not changed, because a day of the month does not go with its short periods, or it "
        "is not known yet how long they are: Taart." in page
    )


def test_of_many_that_were_left_out_ten_are_named(office, boss, accountant, as_user):
    clerk = accountant(office["Brood"].debtor)
    for number in range(12):
        make_company(office["Vis"].debtor, f"Zaak {number:02d}")
    page = text(agree(as_user(boss), {"covers": "all", "filter": "q=Zaak", "responsible": str(clerk.pk)}))
    assert "0 companies were set." in page
    assert "Zaak 00, Zaak 01" in page
    assert "Zaak 09, and 2 others." in page


@pytest.mark.parametrize(
    ("change", "said"),
    [({"moved_due": ""}, "Enter the new due date."), ({"moved_reason": " "}, "Say why the date is moved."),
     ({"moved_due": "2199-01-01"}, "more than a year"), ({"moved_return": "month:1999-1"}, "Select a valid choice"),
     ({"moved_due": "x"}, "Enter a valid date")],
)  # fmt: skip
def test_a_move_without_sense_moves_nothing(office, boss, as_user, change, said):
    posted = {"covers": "all", "moved_return": "month:2026-12", "moved_due": "2027-02-01", "moved_reason": "Letter"}
    assert said in text(send(as_user(boss), {**posted, **change}, follow=True).content.decode())
    assert not MovedDate.objects.exists()


def test_only_returns_of_own_companies_are_offered(office, accountant, as_user):
    """Who works for Brood alone reads no period of a client with four weeks."""
    clerk = accountant(office["Brood"].debtor)
    page = as_user(clerk).get(reverse("deadlines:arrangements")).content.decode()
    assert "month:2026-11" in page
    assert "4-weeks:" not in page


def test_the_list_and_its_file_say_how_old_the_names_from_nmbrs_are(office, boss, as_user, rf):
    browser = as_user(boss)
    for company in office.values():
        if isinstance(company, Company):
            fetched_everything(company.debtor, at=NOW)
    assert browser.get(LIST).context["freshness"].state == "fresh"
    fetched(office["Brood"], "current_period", state=State.FAILING)
    badge = browser.get(LIST).context["freshness"]
    assert badge.state == "failing"
    assert {str(line.label) for line in badge.lines} == {"clients", "companies", "current periods"}
    request = rf.get(LIST)
    request.user = boss
    view = ArrangementsView()
    view.setup(request)
    view.filterset = None
    said = dict(stamp(view, boss, NOW, 1, []))["Data"]
    assert said.startswith("failing; oldest part of")
