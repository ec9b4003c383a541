"""Two offices, and the administrator of the first at the pages; and the world of two firms with its reader."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.test import Client as Browser
from django.test.utils import override_settings

from portal.accounts.models import User
from tests import kept
from tests.accounts.office import Office, make_office
from tests.administration import two_firms


@pytest.fixture
def office(db) -> Office:
    return make_office("one", "abc")


@pytest.fixture
def other(db) -> Office:
    return make_office("two", "x")


@pytest.fixture
def boss(office, client) -> Browser:
    User.objects.filter(pk=office.administrator.pk).update(language="en")
    client.force_login(office.administrator)
    return client


@pytest.fixture(scope="module")
def kept_world(django_db_setup, django_db_blocker) -> Iterator[two_firms.TwoFirms]:
    """Made once for the tests of a module: two firms take as long as ten of their pages."""
    with kept.for_a_module(django_db_blocker), override_settings(SIGN_ON_ISSUERS=[two_firms.ISSUER]):
        yield two_firms.build()


@pytest.fixture
def world(kept_world, db, settings) -> two_firms.TwoFirms:
    """The world as it was made; what a test writes to its rows and sets at its objects reaches no other."""
    settings.SIGN_ON_ISSUERS = [two_firms.ISSUER]
    return deepcopy(kept_world)


@pytest.fixture
def browser(world) -> Browser:
    """Of somebody who administers the first firm of the world and only reads the second."""
    return two_firms.signed_in(world.boss)
