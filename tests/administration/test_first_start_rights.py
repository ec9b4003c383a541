"""What the guided first start tells of a firm, and to whom: every question of a step goes through the door itself."""

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from portal.accounts import invitations, rights
from portal.accounts.models import Membership, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from portal.administration.first_start import clients, watching
from portal.administration.first_start.steps import LISTS, Standing
from portal.clock import now
from portal.connections.models import Connection, FirstStart
from portal.mirror.models import OptInChoice
from portal.sync.models import SyncPlan, Trigger
from tests.accounts.office import Office, somebody_new
from tests.administration.pages import by, person

pytestmark = pytest.mark.pages


def asked_by(user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


def standing(office: Office, user: User) -> Standing:
    return Standing(asked_by(user), office.firm, [office.firm])


@pytest.fixture
def begun(office: Office) -> Office:
    """An office in the middle of its first start, which begins with client a."""
    environment, client = office.environment, office.clients["a"].debtor
    Connection.objects.create(environment=environment, host="http://127.0.0.1:9", user="u", token="t")
    FirstStart.objects.create(firm=office.firm, chosen=[client.pk])
    OptInChoice.objects.create(environment=environment, kind="absence", on=True, reason="r", decided_at=now())
    place = Place(office.firm.pk, Role.AUDITOR)
    invitations.invite(office.administrator, place, email="new@people.example", name="New", language="en")
    for resource in ("", LISTS):
        key = f"debtor:{client.pk}"
        SyncPlan.objects.create(
            environment=environment, debtor=client, scope_key=key, resource=resource, trigger=Trigger.PERSON
        )
    return office


def told(begun: Office, user: User) -> list[object]:
    """What each step finds out for somebody, also where the steps before it have let them through."""
    here = standing(begun, user)
    known: list[object] = [here.start, here.connection, here.invited]
    here.start = FirstStart.objects.get()
    here.connection = Connection.objects.get()
    first = begun.clients["a"].debtor
    return [
        *known,
        here._chose_kinds(),
        list(here.plans),
        list(clients.ClientsForm(standing=here).fields["debtors"].queryset),
        watching._chosen(here),
        watching._price(here, [first]).calls,
    ]


def test_every_step_tells_the_administrator_how_far_the_firm_is(begun: Office) -> None:
    assert all(told(begun, begun.administrator))


def test_who_administers_two_offices_stays_with_the_one_that_they_set_up(begun: Office, other: Office) -> None:
    rights.give(SYSTEM, other.administrator, Place(begun.firm.pk, Role.ADMINISTRATOR))
    boss, named = by(other.administrator), f"firm={begun.firm.pk}"
    links = []
    for step in ("overview", "connection", "clients", "sync", "colleagues"):
        page = boss.get(f"{reverse(f'first_start:{step}')}?{named}").text.partition('id="main"')[2]
        links += [(step, link) for link in re.findall(r'href="(/start/[^"]*)"', page) if "/kinds/" not in link]
    SyncPlan.objects.all().delete()
    page = boss.get(f"{reverse('first_start:sync')}?{named}").text.partition('id="main"')[2]
    links += [("sync, not begun", link) for link in re.findall(r'href="(/start/[^"]*)"', page) if "/kinds/" not in link]
    assert len(links) > 25
    assert [one for one in links if not one[1].endswith(named)] == []


def test_clients_that_were_chosen_and_are_gone_do_not_become_everything(begun: Office) -> None:
    SyncPlan.objects.all().delete()
    boss, sync, choice = by(begun.administrator), reverse("first_start:sync"), reverse("first_start:clients")
    gone = "The clients that you chose to begin with are not there any more"
    User.objects.filter(pk=begun.administrator.pk).update(language="en")
    assert "These are read first" in boss.get(sync).text
    assert gone not in boss.get(choice).text
    FirstStart.objects.update(chosen=[10**6])
    assert boss.get(sync)["Location"] == boss.post(sync)["Location"] == choice
    assert not SyncPlan.objects.exists()
    page = boss.get(choice).text
    assert gone in page
    # Neither of the two is ticked, and none of them is not an answer.
    assert not re.search(r'type="radio"[^>]*checked', page)
    assert boss.post(choice).status_code == 422
    assert boss.post(choice, {"which": "all"})["Location"] == sync
    assert "Every company is read" in boss.get(sync).text
    assert gone not in boss.get(choice).text
    assert boss.post(sync)["Location"] == sync
    assert SyncPlan.objects.get().environment == begun.environment


@pytest.mark.parametrize("reader", ["administrator of another firm", "auditor of the firm"])
def test_no_step_tells_anything_to_who_does_not_administer_the_firm(begun: Office, other: Office, reader: str) -> None:
    user = other.administrator if reader == "administrator of another firm" else person(begun, Role.AUDITOR)
    assert not any(told(begun, user))


@pytest.mark.parametrize("reader", ["administrator of another firm", "administrator of the client"])
def test_the_list_under_way_is_told_to_who_may_see_syncs_alone(begun: Office, other: Office, reader: str) -> None:
    chief = person(begun, Role.CLIENT_ADMINISTRATOR, "a")
    user = other.administrator if reader == "administrator of another firm" else chief
    for asks, seen in ((begun.administrator, True), (user, False)):
        here = standing(begun, asks)
        here.connection = Connection.objects.get()
        assert (clients._list_under_way(here) is not None) is seen


def test_a_colleague_who_has_left_is_none(office: Office) -> None:
    left = somebody_new("left")
    place = {"user": left, "firm": office.firm, "role": Role.AUDITOR, "starts": now() - timedelta(days=2)}
    row = Membership.objects.create(**place)
    assert standing(office, office.administrator).colleagues == 1
    Membership.objects.filter(pk=row.pk).update(ends=now() - timedelta(days=1))
    assert standing(office, office.administrator).colleagues == 0


def test_an_auditor_does_not_open_the_choice_of_kinds(begun: Office) -> None:
    address = reverse("first_start:kinds", args=[begun.environment.pk])
    assert by(begun.administrator).get(address).status_code == 200
    assert by(person(begun, Role.AUDITOR)).get(address).status_code == 403
