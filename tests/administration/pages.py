"""What the tests of the pages about people and access share."""

from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import rights
from portal.accounts.models import User
from portal.accounts.rights import SYSTEM, Place
from portal.accounts.roles import Role
from tests.accounts.office import Office, somebody_new


def person(office: Office, role: Role, client: str = "", name: str = "") -> User:
    """Somebody with this role for a client of the office, or for all of it."""
    user = somebody_new(name or str(role), language="en")
    debtor = office.clients[client].debtor.pk if client else None
    rights.give(SYSTEM, user, Place(office.firm.pk, role, debtor))
    return user


def by(user: User) -> Browser:
    """A browser in which the person is signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def url(name: str, *args: object) -> str:
    """The address of a page of the administration."""
    return reverse(f"administration:{name}", args=args)


def rows() -> dict[str, list[tuple]]:
    """Every row about rights, for comparing before and after."""
    skipped = {"TrailEntry"}
    return {
        model.__name__: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_app_config("accounts").get_models()
        if model.__name__ not in skipped and model is not User
    }
