"""Who can be chosen to do the work, and what pages about dates tell: of companies that one sees and works for."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import TeamDebtor, TeamMember, User
from portal.accounts.roles import Role
from portal.accounts.signin.sessions import SIGNED_IN
from portal.deadlines import filters, panels
from portal.deadlines.colleagues import colleagues
from portal.deadlines.models import CalendarFeed, Deadline, Kind, MovedDate
from portal.deadlines.several_form import returns_of
from portal.deadlines.views import CompanyDeadlinesView
from portal.debtors.models import DebtorTag
from portal.periods import PeriodType
from tests.accounts.office import Office, asked_by, give, make_office, somebody_new, team_of
from tests.deadlines.confirming import send
from tests.factories import fetched_everything, mirrored

pytestmark = pytest.mark.pages

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def office(db: None) -> Office:
    made = make_office("one", "ab")
    for client in made.clients.values():
        fetched_everything(client.debtor)
    return made


@pytest.fixture
def clerk(office: Office) -> User:
    """Who works for client a."""
    user = somebody_new("clerk")
    give(user, office, Role.ACCOUNTANT, "a")
    return user


def choice(user: User) -> set[str]:
    """The names of the people that somebody chooses from, asked anew."""
    return set(colleagues(User.objects.get(pk=user.pk)).values_list("name", flat=True))


def test_colleagues_are_those_who_work_for_the_same_client_and_not_who_works_for_one_that_one_sees(
    office: Office, clerk: User
) -> None:
    """Seeing the client is not enough to learn whose work it is."""
    give(somebody_new("of the client"), office, Role.ACCOUNTANT, "b")
    give(somebody_new("of its company"), office, Role.ASSISTANT, company="b")
    assert choice(clerk) == {"clerk"}
    give(clerk, office, Role.AUDITOR, "b")
    assert choice(clerk) == {"clerk"}
    give(clerk, office, Role.ASSISTANT, "b")
    assert choice(clerk) == {"clerk", "of the client", "of its company"}


@pytest.mark.parametrize("when", ["ended", "to come"])
def test_colleagues_whose_time_has_ended_or_not_begun_cannot_be_chosen(office: Office, clerk: User, when: str) -> None:
    term = {"ends": timezone.now() - DAY} if when == "ended" else {"starts": timezone.now() + DAY}
    give(somebody_new("by name"), office, Role.ACCOUNTANT, "a", **term)
    team = team_of(office, somebody_new("in a team"))
    TeamDebtor.objects.create(team=team, debtor=office.clients["a"].debtor)
    assert choice(clerk) == {"clerk", "in a team"}
    TeamMember.objects.update(**term)
    assert choice(clerk) == {"clerk"}


def test_a_change_of_several_does_not_cover_what_one_only_reads(office: Office, clerk: User, as_user: SignIn) -> None:
    give(clerk, office, Role.AUDITOR, "b")
    ticked = {"covers": "ticked", "company": [office.clients["b"].company.pk]}
    for covered in (ticked, {"covers": "all", "filter": "q=company b"}):
        posted = {**covered, "pay_rule": "after", "pay_number": "5"}
        page = send(as_user(clerk), posted).content.decode()
        assert "Choose companies" in page
        assert "This covers" not in page


def test_moved_dates_and_their_reasons_are_told_to_who_sees_the_company(office: Office, clerk: User) -> None:
    company = office.clients["b"].company
    subject = {"kind": Kind.RETURN, "period_type": PeriodType.MONTH, "year": 2026, "number": 11}
    MovedDate.objects.create(company=company, **subject, due=date(2027, 1, 4), reason="Letter")
    told = []
    for user in (office.administrator, clerk):
        view = CompanyDeadlinesView()
        view.setup(asked_by(user))
        view.object = company
        told.append(len(view.get_context_data()["moved"].rows))
    assert told == [1, 0]


def test_a_secret_address_is_made_after_a_fresh_sign_in(clerk: User, as_user: SignIn) -> None:
    """It shows what its owner sees to whoever has it."""
    clerk.set_password("a-good-password")
    clerk.save()
    browser, made = as_user(clerk), reverse("deadlines:make_address")
    session = browser.session
    session[SIGNED_IN] -= 301
    session.save()
    assert browser.post(made)["Location"].startswith("/account/confirm/?next=")
    assert not CalendarFeed.objects.exists()
    session[SIGNED_IN] += 301
    session.save()
    assert browser.post(made).status_code == 200
    assert CalendarFeed.objects.get().user == clerk


def test_what_needs_attention_and_what_tags_there_are_is_told_of_clients_that_one_sees(
    office: Office, clerk: User
) -> None:
    """Whoever asks, and in a filter that nobody opened the page of."""
    b = office.clients["b"]
    day = timezone.localdate()
    Deadline.objects.create(
        company=b.company,
        kind=Kind.PAYMENT,
        period_type=PeriodType.MONTH,
        year=2026,
        number=11,
        due=day,
        act_by=day,
        open=True,
    )
    mirrored(DebtorTag, office.environment, debtor=b.debtor, number=1, text="Bakery", valid_from=date(2020, 1, 1))
    told = [
        (len(panels.of_debtor(asked_by(user), b.debtor)["rows"]), filters._tag_texts(user))
        for user in (office.administrator, clerk)
    ]
    assert told == [(1, [("Bakery",)]), (0, [])]


def test_return_periods_to_move_are_those_of_clients_whose_dates_one_sets(office: Office, clerk: User) -> None:
    give(clerk, office, Role.AUDITOR, "b")
    for letter, number in (("a", 10), ("b", 11)):
        Deadline.objects.create(
            company=office.clients[letter].company,
            kind=Kind.RETURN,
            period_type=PeriodType.MONTH,
            year=2026,
            number=number,
            due=timezone.localdate(),
            act_by=timezone.localdate(),
            open=True,
        )
    assert set(returns_of(asked_by(User.objects.get(pk=clerk.pk)))) == {"month:2026-10"}
