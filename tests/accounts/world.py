"""Two firms with three debtors, and one row of every tenant model for each debtor and for each firm as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models
from model_bakery import baker

from portal.accounts.models import Deputy, Firm, Membership
from portal.accounts.roles import Role
from portal.accounts.scope import ScopePaths
from portal.clock import now
from portal.vault import EncryptedTextField

_numbers = count(1)
baker.generators.add(EncryptedTextField, lambda: "a secret")


def tenant_models() -> list[type[models.Model]]:
    """Every concrete model of the portal that says how its rows reach their firm."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("portal.") and isinstance(getattr(model, "scope_paths", None), ScopePaths)
    ]


def named(label: str) -> type[models.Model]:
    """The model with this label: tests of tenancy name no room."""
    return apps.get_model(label)


def foreign_keys(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The foreign keys of `model`, one-to-one ones included."""
    for one in model._meta.get_fields():
        if isinstance(one, models.ForeignKey):
            yield one


#: How models that outlive what they name (the audit trail) name it.
LEVELS = {"firm_id": "accounts.Firm", "debtor_id": "debtors.Debtor", "company_id": "companies.Company"}


def plain_ids(model: type[models.Model]) -> set[str]:
    """The columns of `model` that name a firm, client or company without a foreign key."""
    return {one.name for one in model._meta.get_fields() if one.name in LEVELS}


@dataclass
class World:
    """`rows[model]` maps a debtor's name, or the firm's for rows of the firm as a whole, to one primary key."""

    firms: dict[str, Firm] = field(default_factory=dict)
    debtors: dict[str, Any] = field(default_factory=dict)
    rows: dict[type[models.Model], dict[str, int]] = field(default_factory=dict)

    def ids(self, model: type[models.Model], names: set[str]) -> set[int]:
        """The rows of `model` that belong to these debtors or firms."""
        return {pk for name, pk in self.rows[model].items() if name in names}


def build() -> World:
    """Firm `one` has the debtors `a` and `b`, firm `two` has `c`."""
    world = World()
    for firm_name, debtor_names in {"one": "ab", "two": "c"}.items():
        firm = Firm.objects.create(name=firm_name)
        world.firms[firm_name] = firm
        environment = baker.make("connections.Environment", firm=firm, domain=firm_name)
        whole = {named("accounts.Firm"): firm, named("connections.Environment"): environment}
        for label in (
            "accounts.Team",
            "accounts.AccessReview",
            "accounts.Membership",
            "accounts.SingleSignOn",
            "ui.SavedView",
        ):
            whole[named(label)] = _row(named(label), whole)
        _fill(world, firm_name, whole, whole_firm=True)
        for name in debtor_names:
            debtor = _row(named("debtors.Debtor"), whole, name=name)
            world.debtors[name] = debtor
            company = _row(named("companies.Company"), {**whole, named("debtors.Debtor"): debtor})
            chain = {**whole, named("debtors.Debtor"): debtor, named("companies.Company"): company}
            for label in ("employees.Employee", "search.Entry"):
                chain[named(label)] = _row(named(label), chain)
            _fill(world, name, chain, whole_firm=False)
    return world


def _fill(world: World, name: str, chain: dict[type[models.Model], Any], *, whole_firm: bool) -> None:
    for model in tenant_models():
        row = chain.get(model)
        if row is None and _stands_here(model, whole_firm=whole_firm):
            row = _row(model, chain)
        if row is not None and whole_firm == _of_whole_firm(model, row):
            world.rows.setdefault(model, {})[name] = row.pk


def _stands_here(model: type[models.Model], *, whole_firm: bool) -> bool:
    """Whether a row of `model` can belong to the firm as a whole, or else to a debtor."""
    first, _, _ = model.scope_paths.debtor.partition("__")  # type: ignore[attr-defined]
    if not whole_firm:
        return bool(first)
    return not first or (first != "pk" and bool(getattr(model._meta.get_field(first), "null", False)))


def _of_whole_firm(model: type[models.Model], row: models.Model) -> bool:
    path = model.scope_paths.debtor  # type: ignore[attr-defined]
    return not path or not model._base_manager.filter(pk=row.pk, **{f"{path}__isnull": False}).exists()


def _row(model: type[models.Model], chain: dict[type[models.Model], Any], **values: Any) -> Any:
    for key in foreign_keys(model):
        if key.related_model in chain:
            values.setdefault(key.name, chain[key.related_model])
        elif key.null:
            values.setdefault(key.name, None)
    # The audit trail names its owners by plain ids.
    plain = {one.attname for one in model._meta.concrete_fields if not one.is_relation}
    for owner, owning in chain.items():
        if f"{owner._meta.model_name}_id" in plain:
            values.setdefault(f"{owner._meta.model_name}_id", owning.pk)
    number = next(_numbers)
    if model is Membership:
        # Of nobody else in the world, and of a role that stands for the whole firm.
        values.setdefault("role", Role.AUDITOR)
    if model is Deputy:
        values.setdefault("ends", now() + timedelta(days=1))
    if model._meta.label == "privacy.RetentionCount":
        # Only one run a day begins by itself.
        values.setdefault("run", baker.make("privacy.RetentionRun", by_itself=False))
    # Unique together with the environment, and of no interest here.
    for name in ("key", "scope_key"):
        if any(one.name == name for one in model._meta.get_fields()):
            values.setdefault(name, f"key-{number}")
    return baker.make(model, _fill_optional=False, **values)
