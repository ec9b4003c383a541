"""That somebody is ill is seen by nobody without `view_sickness`: on no page, in no list, count, search or file."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from portal import clock
from portal.accounts import rights
from portal.accounts.models import Membership, User
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.employees.models import Absence
from portal.mirror.models import Change, ChangeKind, OptInChoice
from portal.mirror.resource import registry
from portal.ui.records import kinds_of
from tests.factories import fetched_everything, make_employment, mirrored
from tests.privacy.conftest import IN_SERVICE

pytestmark = pytest.mark.pages

WITHOUT = [role for role in Role if Capability.VIEW_SICKNESS not in CAPABILITIES[role]]
SINCE, UNTIL, DOSSIER, PERCENTAGE = date(2019, 3, 7), date(2019, 4, 9), 47114711, 83
#: The days as both languages and the machine write them, and the dossier.
CANARIES = re.compile(r"0?7[ -](Mar|mrt|03|March)[ -]2019|2019-03-07|0?9[ -](Apr|apr|04)[ -]2019|2019-04-09|47114711")

#: What differs between two readings of one page: the token of CSRF, and the moment.
VARYING = re.compile(
    r'(csrfmiddlewaretoken" value="|X-CSRFToken": ?")[^"]+|&quot;: ?&quot;\w{64}|\d{4}-\d\d-\d\dT[\d:.+]+'
)


@pytest.fixture
def ill(office):
    """Client a's person was ill in spring 2019; everything was read, and the change log knows."""
    client = office.clients["a"]
    make_employment(client.person, IN_SERVICE)
    shared = {"employee": client.person, "company": client.company, "valid_from": SINCE}
    mirrored(
        Absence,
        office.environment,
        **shared,
        valid_until=UNTIL + timedelta(days=1),
        end_date=UNTIL,
        percentage=PERCENTAGE,
        dossier_number=DOSSIER,
        clock="yes",
        safety_net="no",
    )
    Change.objects.create(
        environment=office.environment,
        debtor=client.debtor,
        company=client.company,
        employee=client.person,
        resource="absences",
        row_key=f"{client.person.remote_id}/1",
        kind=ChangeKind.CHANGED,
        field="end_date",
        new=UNTIL.isoformat(),
        effective=UNTIL,
        learned_at=datetime(2019, 4, 9, 9, tzinfo=ZoneInfo("Europe/Amsterdam")),
    )
    fetched_everything(client.debtor)
    OptInChoice.objects.create(environment=office.environment, kind="absence", on=True, decided_at=clock.now())
    return client


def addresses(client) -> list[str]:
    """Every page that can be asked by GET for this client, company and person, on the days of the illness too."""
    ids = {"client": client.debtor.pk, "company": client.company.pk, "person": client.person.pk}
    found = []
    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
            for arguments in ([], *([pk] for pk in ids.values())):
                try:
                    found.append(reverse(f"{namespace}:{name}", args=arguments))
                except NoReverseMatch:
                    continue
    for owner, room, pk in (("debtor", "debtors", ids["client"]), ("company", "companies", ids["company"])):
        found += [reverse(f"{room}:records", args=[pk, kind.name]) for kind in kinds_of(owner)]
    dated = [reverse("employees:person", args=[ids["person"]]), reverse("employees:of_company", args=[ids["company"]])]
    days = [f"{address}?on=2019-03-08" for address in (*dated, reverse("employees:list"))]
    return [*sorted(set(found)), *days, reverse("companies:company", args=[ids["company"]]) + "?period=2019-03"]


def told(browser: Browser, asked: Iterable[str]) -> dict[str, int]:
    """How often each address tells something of the illness; what was asked for comes back in forms and links."""
    found = {}
    for address in asked:
        answer = browser.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[address] = len(CANARIES.findall(body.decode(errors="replace")))
    return found


def test_who_may_see_it_sees_it(ill, by):
    page = by(Role.ACCOUNTANT).get(reverse("employees:person", args=[ill.person.pk])).content.decode()
    assert "7 Mar 2019" in page
    assert f"{PERCENTAGE}" in page


# Of those without the right these two see the most pages.
@pytest.mark.parametrize("role", [Role.ASSISTANT, pytest.param(Role.AUDITOR, marks=pytest.mark.long)], ids=str)
def test_who_may_not_sees_nothing_of_it_on_any_page(ill, by, role):
    browser = by(role)
    asked = addresses(ill)
    assert reverse("employees:person", args=[ill.person.pk]) in asked
    assert len(asked) > 100
    with_it = {address: times for address, times in told(browser, asked).items() if times}
    # An answer with none of it tells nothing; one with some may only repeat what was asked for.
    Absence.everything.all().delete()
    Change.objects.all().delete()
    assert told(browser, with_it) == with_it, "an answer tells of the illness"


@pytest.mark.parametrize("role", WITHOUT, ids=str)
def test_the_person_page_is_the_same_with_and_without_an_illness(ill, by, role):
    browser = by(role)
    page = reverse("employees:person", args=[ill.person.pk])

    def read() -> str:
        text = browser.get(page).content.decode()
        return VARYING.sub("", text)

    before = read()
    Absence.everything.all().delete()
    Change.objects.all().delete()
    assert read() == before


@pytest.mark.parametrize("role", WITHOUT, ids=str)
def test_the_door_gives_no_row_of_it(ill, by, role):
    browser = by(role)
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    assert not Absence.everything.visible_to(user, Absence.resource.capability).exists()
    assert registry["absences"].capability is Capability.VIEW_SICKNESS


def test_the_firm_alone_switches_it_on_for_a_client_user(ill, office, by):
    browser = by(Role.CLIENT_USER)
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    place = Membership.objects.get(user=user)
    page = reverse("employees:person", args=[ill.person.pk])
    assert "7 Mar 2019" not in browser.get(page).content.decode()
    rights.switch(office.administrator, place, Capability.VIEW_SICKNESS, on=True)
    assert "7 Mar 2019" in browser.get(page).content.decode()
