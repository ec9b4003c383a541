"""Lists: columns that readers choose, and saved views of one's own, of a team and of the office."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from portal.accounts.models import Firm, Membership, Team, TeamMember, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.debtors.models import Debtor
from portal.ui.models import SavedView
from tests.dashboards.reading import table
from tests.factories import (
    fetched_everything,
    make_company,
    make_debtor,
    make_employment,
    make_environment,
    make_person,
)


@pytest.fixture
def debtor(firm: Firm) -> Debtor:
    """A client with a company and somebody in it."""
    made = make_debtor(make_environment(firm), "Bakkersgroep", number="1001")
    make_employment(make_person(make_company(made, "Brood B.V."), "A. Jansen"), date(2024, 1, 1))
    fetched_everything(made)
    return made


NO_SUCH_VIEW = "This view is not there any more, or is not yours."


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def headings(client: Client, address: str) -> list[str]:
    return list(table(client, address)[0])


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def keep(client: Client, at: str, name: str, **more: Any) -> str:
    """Keep a view and return where that leads."""
    answer = client.post("/views/", {"at": at, "name": name, **more})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    return str(answer["Location"])


def query(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def test_columns_are_chosen_in_the_address_and_what_is_not_there_is_said(debtor: Debtor, accountant: Any) -> None:
    client = signed_in(accountant(debtor))
    assert "Head count" in headings(client, "/clients/")
    # The first names the row and stays; both ways to write an address are understood; other parameters go along.
    for address in ("/clients/?columns=number&columns=joiners", "/clients/?columns=joiners,number&month=2026-11"):
        assert headings(client, address) == ["Client", "Number", "Joiners"]
    page = said(client, "/clients/?columns=number&month=2026-11&q=bak&per_page=25")
    form = page[page.index('class="ui-columns"') - 900 : page.index('class="ui-columns"')]
    assert 'name="month" value="2026-11"' in form
    assert 'name="q" value="bak"' in form
    assert '<option value="25" selected>' in page
    # Unknown, or nonsense: left out, and said; when nothing is left, everything is shown.
    page = said(client, "/clients/?columns=number,password&columns=%3Cb%3E")
    assert "Not shown: “password”, “&lt;b&gt;”." in page
    assert len(headings(client, "/clients/?columns=password&sort=password")) > 5


def test_a_column_that_one_may_not_see_cannot_be_chosen_by_address_or_view(debtor: Debtor, firm: Firm) -> None:
    user = User.objects.create_user("client@test.example", "Client user")
    place = Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    client, address = signed_in(user), "/employees/?columns=display_name,number,wage&sort=wage"
    assert headings(client, address) == ["Name", "Number", "Contract wage a month (€)"]
    kept = keep(client, address + "&service=all&type=Gone", "Wages")
    place.role = Role.CLIENT_USER
    place.save()
    assert headings(client, kept)[:2] == ["Name", "Number"]
    page = said(client, kept)
    assert "Contract wage" not in page[page.index('class="ui-columns"') :]
    assert "The view “Wages” also names “Employee type”, “Contract wage a month”" in page


def test_rows_stay_in_the_order_of_a_column_that_is_put_away_and_the_page_says_so(
    debtor: Debtor, accountant: Any, administrator: Any
) -> None:
    for name, number in (("Aardappel", "30"), ("Zuivel", "20"), ("Midden", "40")):
        make_debtor(debtor.environment, name, number=number)
    client = signed_in(administrator())

    def order(address: str) -> list[str]:
        return [row["Client"] for row in table(client, address)[:-1]]

    by_number = order("/clients/?sort=-number")
    assert by_number != order("/clients/") and len(by_number) == 4
    kept = keep(client, "/clients/?columns=name,joiners&sort=-number", "By number")
    assert order(kept) == by_number and headings(client, kept) == ["Client", "Joiners"]
    page = said(client, kept)
    assert "The rows are in the order of “Number”, which is not shown." in page
    assert "also names" not in page
    assert "in the order of" not in said(client, "/clients/?columns=name,number&sort=-number")
    # A file of it has the same order.
    answer = client.post("/files/", {"at": kept, "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    found = [line.split(";")[0] for line in lines]
    assert [name for name in found if name in by_number] == by_number


def test_what_one_may_not_see_is_not_sorted_by(debtor: Debtor, firm: Firm) -> None:
    user = User.objects.create_user("client@test.example", "Client user")
    Membership.objects.create(user=user, firm=firm, role=Role.CLIENT_USER, debtor=debtor)
    client = signed_in(user)
    for address in ("/employees/?sort=wage", "/employees/?sort=-wage&columns=display_name"):
        page = said(client, address)
        assert "aria-sort" not in page and "in the order of" not in page


def test_a_view_keeps_filter_order_columns_and_rows_but_no_day(debtor: Debtor, accountant: Any) -> None:
    client = signed_in(accountant(debtor))
    asked = "/clients/?q=bak&sort=-number&columns=name,number&per_page=25&month=2026-05&page=3"
    opened = keep(client, asked, "Bakers")
    row = SavedView.objects.get()
    assert row.state == {"filters": {"q": ["bak"]}, "sort": "-number", "columns": ["name", "number"], "per_page": 25}
    wanted = {"q": ["bak"], "sort": ["-number"], "columns": ["name", "number"], "per_page": ["25"]}
    assert query(opened) == {**wanted, "view": [str(row.pk)], "month": ["2026-05"]}
    # From the menu of another month the view opens in that month.
    assert f"?month=2026-06&amp;view={row.pk}&amp;q=bak" in said(client, "/clients/?month=2026-06")
    # Changed, overwritten, renamed, removed.
    changed = f"/clients/?view={row.pk}&q=brood"
    assert "(changed)" in said(client, changed)
    assert client.post(f"/views/{row.pk}/overwrite/", {"at": changed}).status_code == 302
    row.refresh_from_db()
    assert row.state == {"filters": {"q": ["brood"]}}
    assert "(changed)" not in said(client, changed)
    assert client.post(f"/views/{row.pk}/overwrite/", {"at": "/employees/?q=x"}).status_code == 302
    assert SavedView.objects.get().state == row.state
    # The same name again, none, too long a one, no list, or a page that is no list.
    for posted in (
        {"at": "/clients/", "name": "Bakers"},
        {"at": "/clients/", "name": ""},
        {"at": "/clients/", "name": "x" * 61},
        {"at": "", "name": "New"},
        {"at": "/account/", "name": "New"},
        {},
    ):
        assert client.post("/views/", posted).status_code == 422
    assert client.post(f"/views/{row.pk}/", {"name": "Bread", "audience": "mine"}).status_code == 302
    assert "Bread" in said(client, "/views/")
    assert client.post(f"/views/{row.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.database
def test_a_list_begins_with_ones_own_choice_else_with_the_offices(
    debtor: Debtor, accountant: Any, administrator: Any
) -> None:
    boss, colleague = signed_in(administrator()), signed_in(accountant(debtor))
    firm = debtor.environment.firm_id
    keep(boss, "/clients/?columns=name,joiners", "Short", audience=f"firm-{firm}")
    # One for each list of a firm, by its administrators only.
    answer = boss.post("/views/", {"at": "/clients/?q=a", "name": "Other", "audience": f"firm-{firm}"})
    assert answer.status_code == 422
    assert (
        colleague.post("/views/", {"at": "/clients/?q=a", "name": "B", "audience": f"firm-{firm}"}).status_code == 422
    )
    office = SavedView.objects.get()
    assert office.is_of_firm

    def start(address: str = "/clients/") -> str:
        answer = colleague.get(address)
        return str(answer["Location"]) if answer.status_code == 302 else ""

    assert query(start()) == {"view": [str(office.pk)], "columns": ["name", "joiners"]}
    assert query(start("/clients/?month=2026-05"))["month"] == ["2026-05"]
    # Anything said about the list is as it was said; clearing the filter does not bring it back.
    for address in ("/clients/?view=none", "/clients/?q=a", f"/clients/?view={office.pk}"):
        assert start(address) == ""
    own = query(keep(colleague, "/clients/?q=bak", "Mine"))["view"][0]
    assert colleague.post(f"/views/{own}/start/", {"at": f"/clients/?view={own}"}).status_code == 302
    assert query(start()) == {"view": [own], "q": ["bak"]}
    assert colleague.post("/views/plain-start/", {"at": "/clients/?view=none"}).status_code == 302
    assert start() == ""
    # The office's belongs to its administrators; what others get leaves a trace, what is one's own does not.
    assert colleague.post(f"/views/{office.pk}/delete/").status_code == 403
    assert boss.post(f"/views/{office.pk}/delete/").status_code == 302
    told = Entry.objects.filter(object_type="savedview").order_by("number")
    assert [one.detail["what"] for one in told] == ["view_shared", "view_removed"]


def test_views_of_others_are_not_there_and_teams_share_theirs(
    debtor: Debtor, firm: Firm, accountant: Any, administrator: Any
) -> None:
    one, two = accountant(debtor), accountant(debtor, email="two@test.example")
    other = administrator("other@test.example", of=Firm.objects.create(name="Another"))
    reader = User.objects.create_user("client@test.example", "Client")
    Membership.objects.create(user=reader, firm=firm, role=Role.CLIENT_ADMINISTRATOR, debtor=debtor)
    team = Team.objects.create(firm=firm, name="Team East")
    for user in (one, two):
        TeamMember.objects.create(team=team, user=user, role=Role.ACCOUNTANT)
    mine = signed_in(one)
    private = query(keep(mine, "/clients/?q=a", "Private"))["view"][0]
    shared = query(keep(mine, "/clients/?q=b", "Shared", audience=f"team-{team.pk}"))["view"][0]
    keep(signed_in(administrator()), "/clients/?q=c", "Office", audience=f"firm-{firm.pk}")
    office = str(SavedView.objects.get(name="Office").pk)

    def opens(client: Client, pk: str) -> bool:
        page = said(client, f"/clients/?view={pk}&q=a")
        return f"View: {SavedView.objects.get(pk=pk)}" in page and NO_SUCH_VIEW not in page

    hers, elsewhere = signed_in(two), signed_in(other)
    assert [opens(mine, pk) for pk in (private, shared, office)] == [True, True, True]
    assert [opens(hers, pk) for pk in (private, shared, office)] == [False, True, True]
    assert [elsewhere.post(f"/views/{pk}/start/").status_code for pk in (private, shared, office)] == [404, 404, 404]
    assert [elsewhere.get(f"/views/{pk}/").status_code for pk in (private, shared, office)] == [404, 404, 404]
    for act in ("start", "overwrite", "delete"):
        assert hers.post(f"/views/{private}/{act}/").status_code == 404
        assert elsewhere.post(f"/views/{shared}/{act}/").status_code == 404
    assert hers.get(f"/views/{private}/").status_code == 404
    # On another list it is not there for anybody.
    assert NO_SUCH_VIEW in said(mine, f"/employees/?view={private}")
    # People of a client read nothing of how the office works, and may have views of their own.
    client = signed_in(reader)
    assert client.post(f"/views/{office}/start/").status_code == 404
    assert "Office" not in said(client, "/views/")
    assert query(keep(client, "/employees/?service=all", "Everybody"))["service"] == ["all"]
    for nonsense in ("-1", "٣", "9" * 30):
        assert NO_SUCH_VIEW in said(mine, f"/clients/?view={nonsense}")
    # A colleague of the team may open and not change it; who leaves the team loses it.
    assert hers.post(f"/views/{shared}/delete/").status_code == 403
    assert hers.post(f"/views/{shared}/start/").status_code == 302
    TeamMember.objects.filter(user=two).delete()
    assert not opens(hers, shared)


def test_an_address_outlives_the_view_that_it_names(debtor: Debtor, accountant: Any) -> None:
    client = signed_in(accountant(debtor))
    address = keep(client, "/clients/?q=bak&columns=name,number&sort=-number", "Bakers")
    assert client.post(f"/views/{query(address)['view'][0]}/start/").status_code == 302
    # A tab that lies open while another one removes the view.
    assert client.post(f"/views/{query(address)['view'][0]}/delete/").status_code == 302
    page = said(client, address)
    assert NO_SUCH_VIEW in page
    assert "View: Bakers" not in page
    # The rest of the address holds, and can be kept anew and taken out as a file.
    assert headings(client, address) == ["Client", "Number"]
    assert 'value="bak"' in page
    taken = client.post("/files/", {"at": address, "format": "csv"})
    assert b"Bakkersgroep" in b"".join(taken.streaming_content)
    again = keep(client, address, "Bakers again")
    assert query(again)["view"] == [str(SavedView.objects.get().pk)]
    assert NO_SUCH_VIEW not in said(client, again)
    # Nothing is said where no view is named.
    for plain in ("/clients/", "/clients/?view=none", "/clients/?view=&q=bak"):
        assert NO_SUCH_VIEW not in said(client, plain)


def test_an_auditor_keeps_nothing(debtor: Debtor, firm: Firm) -> None:
    user = User.objects.create_user("auditor@test.example", "Auditor")
    Membership.objects.create(user=user, firm=firm, role=Role.AUDITOR)
    client = signed_in(user)
    page = said(client, "/clients/")
    assert "Keep what is shown" not in page
    assert "Take this list out" not in page
    assert client.post("/views/", {"at": "/clients/", "name": "x"}).status_code == 403
