"""One client: what needs attention on its page, and its own calendar."""

from datetime import date

import pytest
from django.urls import reverse

from portal.accounts.models import Membership, Team, TeamDebtor
from portal.accounts.roles import Role
from portal.deadlines import filters, states
from portal.debtors.models import DebtorTag
from tests.accounts.office import somebody_new
from tests.dashboards.reading import tables, text
from tests.factories import fetched_everything, make_company, make_debtor, make_return, make_run, mirrored

pytestmark = pytest.mark.pages


@pytest.fixture
def other(debtor):
    """A company of another client."""
    made = make_company(make_debtor(debtor.environment, "Slagersgroep", number="2002"), "Worst B.V.")
    fetched_everything(made.debtor)
    states.rewrite([made.pk])
    return made


def panel(browser, debtor):
    """The panel on the client's page, as text."""
    html = browser.get(reverse("dashboards:debtor", args=[debtor.pk])).content.decode()
    found = html.split("What needs attention</h2>")
    return text(found[1].split("</section>")[0]) if len(found) > 1 else ""


def test_the_page_of_a_client_lists_what_is_late_and_what_comes_of_all_its_companies(
    company, other, debtor, administrator, as_user
):
    cake = make_company(debtor, "Koek B.V.")
    fetched_everything(debtor)
    make_run(cake, 2026, 9, locked=True)
    make_return(cake, 2026, 9)
    states.rewrite([cake.pk])
    browser = as_user(administrator())
    said = panel(browser, debtor)
    late = "wage-tax return 2026-09 M Koek B.V. 25 days late 31 Oct 2026 check"
    assert late in said
    # What is late comes first, then by the day.
    assert said.index("25 days late") < said.index("pay day 2026-11 M Brood B.V. due 30 Nov 2026 check")
    assert "Worst" not in said
    html = browser.get(reverse("dashboards:debtor", args=[debtor.pk])).content.decode()
    assert f'href="/companies/{cake.pk}/deadlines/"' in html
    assert f'href="/calendar/?client={debtor.pk}"' in html


def test_nothing_open_and_never_fetched_are_not_the_same(debtor, administrator, as_user):
    browser = as_user(administrator())
    made = make_company(debtor, "Brood B.V.")
    assert "Not fetched from Nmbrs yet" in panel(browser, debtor)
    states.rewrite([made.pk])
    # The dates are known, and not how far anything is.
    assert "pay day 2026-11 M not fetched yet 30 Nov 2026 check" in panel(browser, debtor)
    fetched_everything(debtor)
    states.rewrite([made.pk])
    made.deadlines.update(open=False)
    assert "Nothing is open" in panel(browser, debtor)


def test_people_of_the_client_have_their_own_list_and_not_this_one(company, debtor, as_user):
    reader = somebody_new("client")
    Membership.objects.create(user=reader, firm=debtor.environment.firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    assert panel(as_user(reader), debtor) == ""


def listed(browser, query):
    return {row["Company"].split()[0] for row in tables(browser.get(f"/calendar/?{query}").content.decode())[-1]}


def test_the_calendar_is_narrowed_to_a_client_a_team_and_a_tag(company, other, debtor, firm, administrator, as_user):
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=debtor)
    mirrored(DebtorTag, debtor.environment, debtor=other.debtor, number=1, text="vlees", valid_from=date(2026, 1, 1))
    browser, month = as_user(administrator()), "month=2026-11"
    assert listed(browser, month) == {"Brood", "Worst"}
    assert listed(browser, f"{month}&client={debtor.pk}") == {"Brood"}
    assert listed(browser, f"{month}&team={team.pk}") == {"Brood"}
    assert listed(browser, f"{month}&tag=vlees") == {"Worst"}
    for nonsense in ("client=x", "client=99999999999999999999", "team=x", "tag=x", "client=%00"):
        assert listed(browser, f"{month}&{nonsense}") == {"Brood", "Worst"}


def test_a_client_that_one_does_not_see_narrows_nothing_and_is_not_named(company, other, debtor, accountant, as_user):
    browser = as_user(accountant(debtor))
    page = browser.get(f"/calendar/?month=2026-11&client={other.debtor_id}").content.decode()
    assert "Slagersgroep" not in page
    assert "Brood" in page


def test_of_many_clients_only_the_chosen_one_is_in_the_list_to_choose_from(
    company, other, debtor, administrator, as_user, monkeypatch
):
    monkeypatch.setattr(filters, "CLIENTS_MOST", 1)
    browser = as_user(administrator())
    assert 'name="client"' not in browser.get("/calendar/").content.decode().split('id="bulk"')[0].split("</form>")[0]
    assert listed(browser, f"month=2026-11&client={debtor.pk}") == {"Brood"}


def test_people_of_a_client_do_not_read_how_the_office_sorts_it(company, debtor, firm, as_user):
    team = Team.objects.create(firm=firm, name="Noord")
    TeamDebtor.objects.create(team=team, debtor=debtor)
    mirrored(DebtorTag, debtor.environment, debtor=debtor, number=1, text="lastig", valid_from=date(2026, 1, 1))
    reader = somebody_new("client")
    Membership.objects.create(user=reader, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    page = as_user(reader).get("/calendar/").content.decode()
    assert "lastig" not in page
    assert "Noord" not in page
