"""Looking as somebody else: the same pages, nothing changed, both names in the trail, and an end (threat 27)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts import looking, rights
from portal.accounts.looking_middleware import LookAsMiddleware, is_file
from portal.accounts.models import Firm, Membership, User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import CAPABILITIES, Capability, Role
from portal.accounts.signin import sessions
from portal.audit.models import Entry
from portal.clock import now
from tests.accounts.office import Office, make_office, somebody_new

pytestmark = pytest.mark.pages

SECOND = timedelta(seconds=1)
TARGETS = [role for role in Role if role != Role.ADMINISTRATOR]


@pytest.fixture
def office(db) -> Office:
    made = make_office("one", "ab")
    User.objects.filter(pk=made.administrator.pk).update(language="en")
    return made


def person(office: Office, role: Role, letter: str = "a", name: str = "") -> User:
    user = somebody_new(name or str(role), language="en")
    rights.give(SYSTEM, user, Place(office.firm.pk, role, office.clients[letter].debtor.pk))
    return user


@pytest.fixture
def clerk(office) -> User:
    return person(office, Role.ACCOUNTANT)


def by(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def begin(browser: Browser, target: User):
    return browser.post(reverse("administration:look", args=[target.pk]))


def looks(office: Office, target: User) -> Browser:
    browser = by(office.administrator)
    assert begin(browser, target).status_code == 302
    return browser


def addresses(office: Office) -> list[str]:
    """Every page that the people of the office open, of their own client and of the other."""
    found = ["/", "/employees/", "/companies/", "/sync/", "/sync/health/", "/sync/left-out/"]
    parts = "people invitations teams unassigned requests deputies why reviews capabilities mine trail"
    found += [reverse(f"administration:{name}") for name in parts.split()]
    for client in office.clients.values():
        found += [
            reverse("dashboards:debtor", args=[client.debtor.pk]),
            reverse("employees:of_debtor", args=[client.debtor.pk]),
            reverse("companies:company", args=[client.company.pk]),
            reverse("employees:of_company", args=[client.company.pk]),
            reverse("employees:person", args=[client.person.pk]),
            reverse("debtors:records", args=[client.debtor.pk, "debtor_addresses"]),
        ]
    return [*found, reverse("dashboards:debtor", args=[999_999])]


def main(answer) -> str:
    """Menu and content of a page, without what differs at each request."""
    page = answer.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
    # Nobody keeps views or takes files in the name of another person.
    page = re.sub(
        r'<div class="ui-tools">.*?(?=<table|<div class="ui-scroll|<div class="ui-empty)', "", page, flags=re.S
    )
    rail = re.search(r'<ul class="ui-rail-list">.*?</ul>', page, re.S)
    body = re.search(r"<main.*?</main>", page, re.S)
    return (rail.group() if rail else "") + (body.group() if body else page)


def kinds(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=kind).order_by("number"))


# --- what is seen ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", TARGETS)
def test_pages_are_those_of_the_other_person(office, role):
    """Every second page, the others as the next role."""
    same_pages(office, role, addresses(office)[TARGETS.index(role) % 2 :: 2])


@pytest.mark.long
@pytest.mark.parametrize("role", TARGETS)
def test_all_pages_are_those_of_the_other_person(office, role):
    same_pages(office, role, addresses(office))


def same_pages(office: Office, role: Role, asked: list[str]) -> None:
    target = person(office, role)
    own, borrowed = by(target), looks(office, target)
    moment = now()
    for address in asked:
        with time_machine.travel(moment, tick=False):
            theirs, seen = own.get(address), borrowed.get(address)
        assert (address, seen.status_code, seen.headers.get("Location")) == (
            address,
            theirs.status_code,
            theirs.headers.get("Location"),
        )
        # The trail grows between the two looks, and the text of a refusal says that one looks.
        if theirs.status_code in (200, 404) and address != reverse("administration:trail"):
            assert main(seen) == main(theirs), address


def test_every_page_names_both_people_and_has_a_way_out(office, clerk):
    browser = looks(office, clerk)
    for address in addresses(office):
        answer = browser.get(address, follow=True)
        page = answer.content.decode()
        assert "administrator-one, you look as accountant." in page, address
        assert reverse("accounts:stop_looking") in page, address


def test_the_way_out_leads_back_to_the_page_of_the_person(office, clerk):
    browser = looks(office, clerk)
    answer = browser.post(reverse("accounts:stop_looking"))
    assert answer.headers["Location"] == reverse("administration:person", args=[clerk.pk])
    page = browser.get(reverse("dashboards:clients")).content.decode()
    assert "you look as" not in page and ">b</a>" in page


def test_who_does_not_look_has_nothing_to_stop(office):
    assert by(office.administrator).post(reverse("accounts:stop_looking")).headers["Location"] == "/"
    assert kinds("look_as_ended") == []


# --- nothing is changed ----------------------------------------------------------------------------------------------


def every_address() -> list[tuple[str, str]]:
    """Name and address of every URL pattern, with a number or word for each part."""

    def walk(patterns, before: str = "", space: str = ""):
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, before + str(one.pattern), one.namespace or space)
            elif isinstance(one, URLPattern) and one.name:
                yield f"{space}:{one.name}" if space else one.name, before + str(one.pattern)

    made = []
    for name, route in walk(get_resolver().url_patterns):
        filled = re.sub(r"<int:\w+>", "1", route)
        filled = re.sub(r"<(?:slug|str):\w+>", "word", filled)
        if "(?P" not in filled:
            made.append((name, "/" + filled.replace("^", "").replace("$", "")))
    return made


def rows() -> dict[str, list[tuple]]:
    """Every row of the portal but the trail itself."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model.__module__.startswith(("portal.", "allauth.")) and model._meta.app_label != "audit"
    }


LOOKED_AS = [Role.ACCOUNTANT, Role.CLIENT_ADMINISTRATOR]
UNSAFE = ["post", "put", "patch", "delete"]


@pytest.mark.parametrize("role", LOOKED_AS)
def test_threat_27_no_address_takes_anything_but_reading(office, role):
    """Two methods an address, the others as the other person, and the reverse at the next one."""
    turn = LOOKED_AS.index(role)
    takes_nothing(office, role, lambda place: UNSAFE[(place + turn) % 2 :: 2])


@pytest.mark.long
@pytest.mark.parametrize("role", LOOKED_AS)
def test_no_address_takes_any_method_but_reading(office, role):
    takes_nothing(office, role, lambda place: UNSAFE)


def takes_nothing(office: Office, role: Role, methods: Callable[[int], list[str]]) -> None:
    browser = looks(office, person(office, role))
    before = rows()
    tried = [(name, address) for name, address in every_address() if name != "accounts:stop_looking"]
    assert len(tried) > 60
    for place, (name, address) in enumerate(tried):
        for method in methods(place):
            answer = getattr(browser, method)(address)
            # A method that a view does not know is refused before it is asked who looks.
            assert answer.status_code in (403, 404, 405), (name, method, answer.status_code)
    assert rows() == before


@pytest.mark.parametrize(
    "name",
    ["accounts:security", "accounts:enrol", "account_change_password", "mfa_activate_totp", "mfa_view_recovery_codes"],
)
def test_pages_about_the_account_are_closed(office, clerk, name):
    assert looks(office, clerk).get(reverse(name)).status_code == 403


def test_no_file_leaves(office):
    target = person(office, Role.AUDITOR)
    rights.give(SYSTEM, target, Place(office.firm.pk, Role.AUDITOR))
    assert by(target).get(reverse("administration:trail_export")).status_code == 200
    exported = len(kinds("exported"))
    assert looks(office, target).get(reverse("administration:trail_export")).status_code == 403
    assert len(kinds("exported")) == exported


def test_a_file_that_nobody_marked_is_held_back_too():
    assert is_file(StreamingHttpResponse(["a"]))
    assert is_file(FileResponse(b"a"))
    assert is_file(HttpResponse("a", headers={"Content-Disposition": "attachment"}))
    assert is_file(HttpResponse("{}", content_type="application/json"))
    assert not is_file(HttpResponse("page"))
    assert not is_file(HttpResponse(status=302, headers={"Location": "/"}, content_type="text/plain"))


def test_the_look_as_middleware_refuses_to_hand_on_a_file_that_nobody_marked(office, clerk, rf):
    request = rf.get("/")
    request.session, request.user = looks(office, clerk).session, office.administrator
    assert LookAsMiddleware(lambda _: HttpResponse("page"))(request).content == b"page"
    assert request.user == clerk
    request.user = office.administrator
    with pytest.raises(PermissionDenied):
        LookAsMiddleware(lambda _: FileResponse(b"a"))(request)


# --- as whom, and by whom --------------------------------------------------------------------------------------------


def test_only_the_role_of_administrator_may_look():
    assert [role for role in Role if Capability.LOOK_AS in CAPABILITIES[role]] == [Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", TARGETS)
def test_nobody_else_may_look(office, clerk, role):
    other = person(office, role, name="other")
    assert begin(by(other), clerk).status_code == 403
    assert kinds("look_as_started") == []


def test_never_as_an_administrator_as_oneself_or_as_somebody_who_is_closed_or_has_no_place(office, clerk):
    second = somebody_new("second")
    rights.give(SYSTEM, second, Place(office.firm.pk, Role.ADMINISTRATOR))
    without = person(office, Role.ASSISTANT, name="without")
    Membership.objects.filter(user=without).update(ends=now())
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    browser = by(office.administrator)
    for target in (second, office.administrator, without, clerk):
        assert begin(browser, target).status_code == 403
        assert (
            "Look as this person"
            not in browser.get(reverse("administration:person", args=[target.pk])).content.decode()
        )
    assert kinds("look_as_started") == []


def test_people_of_another_firm_do_not_exist_and_who_works_for_two_is_nobodys(office, clerk):
    other = make_office("two", "x")
    stranger = person(other, Role.ACCOUNTANT, "x", "stranger")
    browser = by(office.administrator)
    assert begin(browser, stranger).status_code == 404
    rights.give(SYSTEM, clerk, Place(other.firm.pk, Role.ACCOUNTANT, other.clients["x"].debtor.pk))
    assert begin(browser, clerk).status_code == 403
    rights.give(SYSTEM, office.administrator, Place(other.firm.pk, Role.ADMINISTRATOR))
    assert begin(browser, clerk).status_code == 302


def test_one_cannot_look_through_somebody_at_a_third(office, clerk):
    browser = looks(office, clerk)
    assert begin(browser, person(office, Role.ASSISTANT)).status_code == 403


# --- when it ends ----------------------------------------------------------------------------------------------------


def is_over(browser: Browser, *, to: str = "") -> None:
    """A form sent now is not carried out with the administrator's rights, and the view is given back."""
    answer = browser.post(reverse("administration:start_review"))
    assert answer.status_code == 302
    if to:
        assert answer.headers["Location"].startswith(to)
    assert apps.get_model("accounts", "AccessReview").objects.count() == 0
    assert "you look as" not in browser.get("/").content.decode()


def test_it_ends_after_half_an_hour(office, clerk):
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        browser = looks(office, clerk)
        clock.shift(looking.LONGEST - SECOND)
        assert "you look as" in browser.get("/").content.decode()
        clock.shift(SECOND)
        is_over(browser, to=reverse("administration:person", args=[clerk.pk]))
    assert len(kinds("look_as_ended")) == 1


def test_it_ends_when_the_other_is_closed(office, clerk):
    browser = looks(office, clerk)
    rights.deactivate(SYSTEM, clerk, office.firm.pk)
    is_over(browser, to=reverse("administration:person", args=[clerk.pk]))
    assert len(kinds("look_as_ended")) == 1


def test_it_ends_when_the_other_becomes_an_administrator(office, clerk):
    browser = looks(office, clerk)
    rights.give(SYSTEM, clerk, Place(office.firm.pk, Role.ADMINISTRATOR))
    is_over(browser, to=reverse("administration:person", args=[clerk.pk]))


def test_it_ends_when_the_looker_is_no_administrator_any_more(office, clerk):
    second = somebody_new("second")
    rights.give(SYSTEM, second, Place(office.firm.pk, Role.ADMINISTRATOR))
    rights.give(SYSTEM, office.administrator, Place(office.firm.pk, Role.AUDITOR))
    browser = looks(office, clerk)
    rights.withdraw(second, Membership.objects.get(user=office.administrator, role=Role.ADMINISTRATOR))
    is_over(browser, to="/")


def test_it_ends_with_the_session_of_the_looker(office, clerk):
    second = somebody_new("second")
    rights.give(SYSTEM, second, Place(office.firm.pk, Role.ADMINISTRATOR))
    for end in (
        lambda: sessions.end_all(office.administrator),
        lambda: rights.deactivate(second, office.administrator, office.firm.pk),
    ):
        browser = looks(office, clerk)
        end()
        assert browser.get("/").headers["Location"].startswith(reverse("accounts:sign_in"))


def test_it_ends_when_the_looker_was_idle(office, clerk):
    with time_machine.travel(now(), tick=False) as clock:
        browser = looks(office, clerk)
        session = browser.session
        session[sessions.SEEN] -= sessions.IDLE_STAFF
        session.save()
        clock.shift(1)
        assert browser.get("/").headers["Location"].startswith(reverse("accounts:sign_in"))


def test_a_new_sign_in_looks_as_nobody(office, clerk, rf):
    browser = looks(office, clerk)
    request = rf.get("/")
    request.session, request.user = browser.session, office.administrator
    user_logged_in.send(User, request=request, user=office.administrator)
    assert looking.KEY not in request.session


def test_a_borrowed_view_is_worth_nothing_in_somebody_elses_session(office, clerk):
    second = somebody_new("second", language="en")
    rights.give(SYSTEM, second, Place(office.firm.pk, Role.ADMINISTRATOR))
    browser, theirs = looks(office, clerk), by(second)
    session = theirs.session
    session[looking.KEY] = browser.session[looking.KEY]
    session.save()
    is_over(theirs, to=reverse("administration:person", args=[clerk.pk]))


# --- what the trail holds --------------------------------------------------------------------------------------------


def test_beginning_reading_a_refusal_and_stopping_are_one_entry_each_with_both_people(office, clerk):
    before = Entry.objects.count()
    browser = looks(office, clerk)
    browser.get(reverse("employees:person", args=[office.clients["a"].person.pk]))
    browser.post(reverse("administration:mine"))
    browser.post(reverse("accounts:stop_looking"))
    made = list(Entry.objects.order_by("number")[before:])
    assert [one.kind for one in made] == ["signed_in", "look_as_started", "person_read", "refused", "look_as_ended"]
    boss = office.administrator.pk
    assert {one.actor_id for one in made} == {boss}
    assert [one.look_as_id for one in made] == [None, None, clerk.pk, clerk.pk, clerk.pk]
    assert {one.firm_id for one in made} == {office.firm.pk}
    for one in (made[1], made[4]):
        assert (one.object_type, one.object_id) == ("user", clerk.pk)


def test_a_firm_that_the_person_does_not_belong_to_reads_nothing_of_it(office, clerk):
    other = Firm.objects.create(name="other")
    rights.give(SYSTEM, office.administrator, Place(other.pk, Role.ADMINISTRATOR))
    browser = looks(office, clerk)
    browser.post(reverse("accounts:stop_looking"))
    assert [one.firm_id for one in (*kinds("look_as_started"), *kinds("look_as_ended"))] == [office.firm.pk] * 2
