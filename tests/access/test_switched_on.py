"""The matrix of the addresses that only exist with a setting: Django's admin (threat 28) and the demo's door.

They are not in matrix.yaml, whose addresses every installation has. Asked here: every address, all twelve people, all
methods, for a row of one's own office, one of another office and one that does not exist.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.models import User
from portal.administration.django_admin.tables import TABLES
from portal.demo.personas import PERSONAS
from tests.access.asking import ONE_IN
from tests.access.browser import Browser, undone
from tests.access.matrix import METHODS, MISSING, STRANGERS, UNSAFE
from tests.access.test_admin import row_address, rows_of
from tests.access.world import ACTORS, World
from tests.house.test_public_pages import EVERY, patterns

ADMIN, DEMO = "tests.access.with_admin", "tests.access.with_demo"
OFFICES = {"administrator": "one", "other_administrator": "two"}


def of_the_admin(actor: str, method: str, office: str) -> int:
    """What somebody gets; `office`: whose row, empty for a page without one. Everybody is named in the settings."""
    if actor in STRANGERS:
        return 302
    if actor == "auditor" and method in UNSAFE:
        return 403
    if method not in ("GET", "HEAD"):
        return 405
    if actor not in OFFICES:
        return 403
    return 200 if office in ("", OFFICES[actor]) else 404


def of_the_door(actor: str, method: str, key: str) -> int:
    """The same of the door, which is a way to sign in: nobody is asked who they are, auditors no more than others."""
    if method != "POST":
        return 405
    return 302 if key == PERSONAS[0].key else 404


def pages_of_the_admin(world: World) -> Iterator[tuple[str, str]]:
    """Each address and whose row it names."""
    yield reverse("admin:index"), ""
    for model in TABLES:
        yield reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"), ""
        for office in ("one", "two"):
            yield row_address(model, rows_of(world, office)[model][0]), office
        yield row_address(model, MISSING), "missing"


def asked(world: World, pages: list[tuple[str, str]], expected: Any, turn: int, one_in: int) -> tuple[int, list[str]]:
    """How many requests were sent, and what was not as expected."""
    number, wrong = 0, []
    for place, (address, what) in enumerate(pages):
        for row, actor in enumerate(ACTORS):
            for column, method in enumerate(METHODS):
                if (place + row * len(METHODS) + column) % one_in != turn % one_in:
                    continue
                with undone():
                    answer = Browser(world.sessions.get(actor, "")).send(method, address, SERVER_NAME="localhost")
                number += 1
                if answer.status != expected(actor, method, what):
                    wrong.append(f"{method} {address} by {actor}: {answer.status}, not {expected(actor, method, what)}")
                if leaked := world.planted.found_in(answer.whole) - world.sees(actor):
                    wrong.append(f"{method} {address} by {actor}: marks of {sorted(leaked)}")
    return number, wrong


@pytest.fixture
def named(settings: Any) -> None:
    """Everybody is named, so that it is the rest of the rule that is asked."""
    settings.PORTAL_ADMIN = frozenset(f"{actor}@people.example" for actor in ACTORS)


@pytest.fixture
def demo(settings: Any, world: World) -> None:
    """The settings of a demo, and one of its people."""
    settings.DEMO, settings.HTTPS, settings.DEBUG, settings.ALLOWED_HOSTS = True, False, False, ["localhost"]
    User.objects.create_user(PERSONAS[0].email, PERSONAS[0].name)


@pytest.mark.parametrize("urls", [ADMIN, DEMO])
def test_every_address_that_a_setting_adds_is_asked_here(urls: str) -> None:
    more = {name: one for name, one in patterns(get_resolver(urls)) if name not in EVERY}
    if urls == DEMO:
        assert set(more) == {"demo:enter"}
        return
    tables = {f"admin:{model._meta.label_lower.replace('.', '_')}" for model in TABLES}
    assert set(more) == {"admin:index", *(f"{one}_{page}" for one in tables for page in ("changelist", "change"))}
    assert all(isinstance(one, URLPattern | URLResolver) for one in more.values())


@pytest.mark.urls(ADMIN)
@pytest.mark.timeout(600)
def test_threat_28_everybody_gets_from_the_admin_what_is_written(world: World, named: None) -> None:
    number, wrong = asked(world, list(pages_of_the_admin(world)), of_the_admin, 0, ONE_IN // 4)
    assert number > 300
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.long
@pytest.mark.urls(ADMIN)
@pytest.mark.timeout(3600)
def test_threat_28_everybody_gets_from_the_whole_admin_what_is_written(world: World, named: None) -> None:
    number, wrong = asked(world, list(pages_of_the_admin(world)), of_the_admin, 0, 1)
    assert number > 3_000
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.urls(DEMO)
def test_everybody_gets_from_the_door_of_the_demo_what_is_written(world: World, demo: None) -> None:
    pages = [(reverse("demo:enter", args=[key]), key) for key in (PERSONAS[0].key, PERSONAS[1].key, "nobody")]
    number, wrong = asked(world, pages, of_the_door, 0, 1)
    assert number == 3 * len(ACTORS) * len(METHODS)
    assert wrong == [], "\n".join(wrong[:40])


@pytest.mark.urls(DEMO)
def test_the_door_is_shut_without_the_setting_of_a_demo(world: World, demo: None, settings: Any) -> None:
    settings.DEMO = False
    pages = [(reverse("demo:enter", args=[PERSONAS[0].key]), "nobody")]
    _number, wrong = asked(world, pages, of_the_door, 0, 1)
    assert wrong == [], "\n".join(wrong[:40])
