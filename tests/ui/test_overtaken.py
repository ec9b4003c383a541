"""Two people with the same form open: the second does not overwrite unseen what the first has set."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html as html_of

from portal.accounts.models import User
from portal.companies.models import CostAccounts
from portal.dashboards.models import VarianceBands
from portal.deadlines.models import Arrangement
from portal.privacy.models import Agreement, RetentionTerm
from tests.accounts.office import Office, make_office

OVERTAKEN = "This was changed while you had it open"
#: Of each form: its address, what one person enters, what the other enters, and what stands in the database.
FORMS: dict[str, tuple[Callable[[Office], str], dict[str, str], dict[str, str], Callable[[Office], Any]]] = {
    "dates of a company": (
        lambda office: reverse("deadlines:company", args=[office.clients["a"].company.pk]),
        {"pay_rule": "day", "pay_number": "25"},
        {"pension": "own", "pension_days": "10"},
        lambda office: list(Arrangement.objects.values_list("pay_number", "pension_days")),
    ),
    "agreement of a client": (
        lambda office: reverse("administration:agreement", args=[office.clients["a"].debtor.pk]),
        {"role": "processor", "reference": "A-1", "agreed_on": "2026-01-01"},
        {"role": "controller", "reference": "B-2", "agreed_on": "2026-02-01"},
        lambda office: list(Agreement.objects.values_list("reference", flat=True)),
    ),
    "terms of a client": (
        lambda office: reverse("administration:client_terms", args=[office.clients["a"].debtor.pk]),
        {"absence": "10"},
        {"absence": "20"},
        lambda office: list(RetentionTerm.objects.values_list("number", flat=True)),
    ),
    "times of the syncs": (
        lambda office: reverse("sync:settings", args=[office.environment.pk]),
        {"nightly_hour": "2"},
        {"nightly_hour": "4"},
        lambda office: type(office.environment).objects.get(pk=office.environment.pk).nightly_hour,
    ),
    "accounts of wage cost": (
        lambda office: reverse("dashboards:cost_accounts"),
        {"accounts": "5"},
        {"accounts": "6"},
        lambda office: list(CostAccounts.objects.values_list("beginnings", flat=True)),
    ),
    "bands of the variance": (
        lambda office: reverse("dashboards:variance_bands"),
        {"notable": "3", "large": "7"},
        {"notable": "4", "large": "8"},
        lambda office: list(VarianceBands.objects.values_list("notable", flat=True)),
    ),
}


@pytest.fixture
def office(db: None) -> Office:
    return make_office("one", "a")


def filled_in(browser: Client, address: str) -> dict[str, str]:
    """The form with the mark of what it began with, as a browser would send it."""
    page = html_of.fromstring(browser.get(address).content.decode())
    forms = [one for one in page.forms if "opened_with" in one.fields]
    assert len(forms) == 1, address
    return {name: value or "" for name, value in forms[0].fields.items() if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize("form", FORMS, ids=[name.replace(" ", "-") for name in FORMS])
def test_what_a_colleague_has_just_set_is_not_overwritten_unseen(
    office: Office, as_user: Callable[[User], Client], form: str
) -> None:
    at, theirs, mine, stored = FORMS[form]
    address, browser = at(office), as_user(office.administrator)
    first, second = filled_in(browser, address) | theirs, filled_in(browser, address) | mine
    assert browser.post(address, first).status_code == 302
    after_first = stored(office)
    answer = browser.post(address, second)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert OVERTAKEN in page
    assert stored(office) == after_first
    # What was entered is still there, and sent once more it is stored.
    again = {name: value or "" for name, value in _form(page).fields.items() if name != "csrfmiddlewaretoken"}
    assert mine.items() <= again.items()
    assert browser.post(address, again).status_code == 302
    assert stored(office) != after_first


@pytest.mark.parametrize("form", FORMS, ids=[name.replace(" ", "-") for name in FORMS])
def test_the_same_sent_twice_is_no_conflict(office: Office, as_user: Callable[[User], Client], form: str) -> None:
    at, mine, _others, stored = FORMS[form]
    address, browser = at(office), as_user(office.administrator)
    sent = filled_in(browser, address) | mine
    assert browser.post(address, sent).status_code == 302
    after_first = stored(office)
    assert browser.post(address, sent).status_code == 302
    assert stored(office) == after_first


def test_the_message_says_what_stands_there_now(office: Office, as_user: Callable[[User], Client]) -> None:
    at, theirs, mine, _stored = FORMS["dates of a company"]
    address, browser = at(office), as_user(office.administrator)
    first, second = filled_in(browser, address) | theirs, filled_in(browser, address) | mine
    browser.post(address, first)
    page = browser.post(address, second).content.decode()
    for now in ("Pay day: day of the month", "Day or number of days: 25", "Pension return: usual term of the office"):
        assert now in page


def test_figures_in_the_message_are_written_as_in_the_field(office: Office, as_user: Callable[[User], Client]) -> None:
    at, _theirs, _mine, _stored = FORMS["bands of the variance"]
    address, browser = at(office), as_user(office.administrator)
    User.objects.filter(pk=office.administrator.pk).update(language="nl")
    opened = filled_in(browser, address)
    browser.post(address, opened | {"notable": "2,5", "large": "7,25"})
    page = browser.post(address, opened | {"notable": "3", "large": "8"}).content.decode()
    assert "Opvallend boven (%): 2,5; Groot boven (%): 7,25" in page


def _form(page: str) -> Any:
    return next(one for one in html_of.fromstring(page).forms if "opened_with" in one.fields)
