"""The tenancy rule over every tenant model: exactly these rows, exactly not those."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from model_bakery import baker

from portal.accounts.models import Firm, Membership, User
from portal.accounts.prepared import Prepared
from portal.accounts.roles import (
    CAPABILITIES,
    FIRM_WIDE,
    MAY_BE_FIRM_WIDE,
    MAY_BE_OF_COMPANY,
    Capability,
    Role,
    roles_with,
)
from portal.accounts.scope import ScopePaths, visible
from tests.access.browser import undone
from tests.accounts.world import World, build, foreign_keys, named, plain_ids, tenant_models

pytestmark = pytest.mark.pages


@pytest.fixture(scope="module")
def shared_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: it takes longer than what is asked of it."""
    with django_db_blocker.unblock(), undone():
        yield build()


@pytest.fixture
def world(shared_world, db) -> World:
    """What a test writes is rolled back."""
    return shared_world


def person(email: str, **fields) -> User:
    return User.objects.create_user(email, email, **fields)


def appoint(user: User, world: World, role: Role, *, firm: str = "", debtor: str = "") -> User:
    of = world.firms[firm] if firm else world.debtors[debtor].environment.firm
    Membership.objects.create(user=user, firm=of, role=role, debtor=world.debtors[debtor] if debtor else None)
    return user


def seen(user, model, *capability) -> set[int]:
    manager = getattr(model, "everything", model.objects)
    found = set(manager.visible_to(user, *capability).values_list("pk", flat=True))
    # What is put together once for all who have the same shows everybody the same.
    assert {pk for (pk,) in keys_of(user, model=model, capability=capability)} == found
    return found


@Prepared
def keys_of(user, *, model, capability):
    """The keys of rows, as a question that is put together once."""
    manager = getattr(model, "everything", model.objects)
    return manager.visible_to(user, *capability).values_list("pk")


def assert_sees(user, world: World, names: set[str], *capability) -> None:
    expected = {model.__name__: world.ids(model, names) for model in world.rows}
    assert {model.__name__: seen(user, model, *capability) for model in world.rows} == expected


@pytest.mark.database
def test_the_world_holds_rows_of_every_tenant_model_for_every_debtor_or_firm(world):
    assert set(world.rows) == set(tenant_models())
    for model, rows in world.rows.items():
        assert {"a", "b", "c"} <= set(rows) or {"one", "two"} <= set(rows), model


@pytest.mark.database
def test_an_administrator_sees_the_whole_firm_and_nothing_of_another(world):
    user = appoint(person("administrator@one.example"), world, Role.ADMINISTRATOR, firm="one")
    assert_sees(user, world, {"one", "a", "b"})


@pytest.mark.database
def test_an_accountant_sees_the_assigned_debtors_and_no_rows_of_the_firm_as_a_whole(world):
    user = appoint(person("accountant@one.example"), world, Role.ACCOUNTANT, debtor="a")
    assert_sees(user, world, {"a"})


@pytest.mark.database
def test_one_person_may_work_for_two_firms(world):
    user = appoint(person("both@example.example"), world, Role.ADMINISTRATOR, firm="two")
    appoint(user, world, Role.ACCOUNTANT, debtor="b")
    assert_sees(user, world, {"two", "c", "b"})


@pytest.mark.database
def test_two_memberships_over_the_same_rows_do_not_show_them_twice(world):
    user = appoint(person("twice@one.example"), world, Role.ADMINISTRATOR, firm="one")
    appoint(user, world, Role.ACCOUNTANT, debtor="a")
    assert named("debtors.Debtor").objects.visible_to(user).count() == 2


@pytest.mark.database
@pytest.mark.parametrize("who", ["nobody", "anonymous", "without a membership", "inactive", "membership taken away"])
def test_closed_by_default(world, who):
    user: User | AnonymousUser | None = None
    if who == "anonymous":
        user = AnonymousUser()
    elif who == "without a membership":
        user = person("none@one.example")
    elif who == "inactive":
        user = appoint(person("gone@one.example", is_active=False), world, Role.ADMINISTRATOR, firm="one")
    elif who == "membership taken away":
        user = appoint(person("left@one.example"), world, Role.ACCOUNTANT, debtor="a")
        Membership.objects.filter(user=user).delete()
    assert_sees(user, world, set())


@pytest.mark.database
def test_a_capability_narrows_to_the_rows_over_which_it_is_held(world):
    user = appoint(person("mixed@one.example"), world, Role.ADMINISTRATOR, firm="two")
    appoint(user, world, Role.ACCOUNTANT, debtor="a")
    assert_sees(user, world, {"two", "c", "a"}, Capability.VIEW_SALARIES)
    assert_sees(user, world, {"two", "c"}, Capability.RESYNC_FIRM)


@pytest.mark.parametrize("capability", Capability)
def test_every_capability_follows_the_table_of_roles(world, capability):
    accountant = appoint(person("accountant@one.example"), world, Role.ACCOUNTANT, debtor="a")
    administrator = appoint(person("administrator@one.example"), world, Role.ADMINISTRATOR, firm="one")
    assert_sees(accountant, world, {"a"} if capability in CAPABILITIES[Role.ACCOUNTANT] else set(), capability)
    assert_sees(administrator, world, {"one", "a", "b"}, capability)
    assert Role.ADMINISTRATOR in roles_with(capability)


@pytest.mark.database
@pytest.mark.parametrize("role", Role)
def test_the_database_refuses_a_scope_that_does_not_go_with_the_role(db, role):
    from django.db import IntegrityError, transaction

    environment = baker.make("connections.Environment", firm__name="three")
    debtor = baker.make("debtors.Debtor", environment=environment, key="1")
    company = baker.make("companies.Company", environment=environment, debtor=debtor, key="1", number=1)
    user = person("odd@one.example")
    scopes = {"firm": {}, "client": {"debtor": debtor}, "company": {"company": company}}
    fits = {
        "firm": role in MAY_BE_FIRM_WIDE,
        "client": role not in FIRM_WIDE,
        "company": role in MAY_BE_OF_COMPANY,
        "both": False,
    }
    for name, scope in {**scopes, "both": {"debtor": debtor, "company": company}}.items():
        try:
            with transaction.atomic():
                Membership.objects.create(user=user, firm=environment.firm, role=role, **scope)
        except IntegrityError:
            assert not fits[name], name
        else:
            assert fits[name], name


def test_a_model_that_does_not_say_how_it_reaches_its_firm_shows_nothing_but_an_error(db):
    with pytest.raises(ImproperlyConfigured, match="Membership"):
        visible(person("any@one.example"), Membership)


def test_every_model_that_leads_to_a_firm_is_a_tenant_model():
    """Following foreign keys from any model of ours to Firm, only people and their memberships are exempt.

    And addresses of calendars: they are their owner's alone, and what they show goes through the door when it is read.
    """
    exempt = {Firm, User, Membership, named("deadlines.CalendarFeed")}
    ours = [model for model in apps.get_models() if model.__module__.startswith("portal.")]
    leads = {Firm}
    while True:
        more = {m for m in ours if m not in leads and any(key.related_model in leads for key in foreign_keys(m))}
        if not more:
            break
        leads |= more
    # The audit trail names its owners by plain ids: an entry outlives them.
    by_plain_id = {model for model in tenant_models() if plain_ids(model)}
    assert leads - exempt == set(tenant_models()) - by_plain_id
    assert {model.__name__ for model in by_plain_id} == {"TrailEntry"} - {named("audit.TrailEntry")}
    assert len(leads) > 10


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model.__name__)
def test_the_scope_paths_of_a_model_lead_where_they_say(model: type[models.Model]):
    paths: ScopePaths = model.scope_paths  # type: ignore[attr-defined]
    assert _end(model, paths.firm) is Firm
    if paths.debtor:
        assert _end(model, paths.debtor) is named("debtors.Debtor")
    if paths.company:
        assert _end(model, paths.company) is named("companies.Company")
    assert hasattr(model._default_manager, "visible_to")


#: Columns of the audit trail that hold ids without being foreign keys.
PLAIN_IDS = {"firm_id": "accounts.Firm", "debtor_id": "debtors.Debtor", "company_id": "companies.Company"}


def _end(model: type[models.Model], path: str) -> type[models.Model]:
    for step in path.split("__"):
        if step in PLAIN_IDS:
            return named(PLAIN_IDS[step])
        if step != "pk":
            related = model._meta.get_field(step).related_model
            assert isinstance(related, type)
            model = related
    return model
