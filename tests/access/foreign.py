"""What belongs to clients, and to the office of a client, as checksums."""

from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q

from portal.accounts.models import Membership, User
from tests.access.checksums import checksum
from tests.access.world import CLIENTS, World
from tests.accounts.world import tenant_models


def foreign_rows(world: World, letters: str) -> dict[str, tuple[int, str]]:
    """Of every table of tenants: a sum over the rows of these clients, and of their office if it is the other one."""
    debtors = [world.ids["client"][letter] for letter in letters]
    offices = [world.firms["two"].pk] if all(CLIENTS[letter] == "two" for letter in letters) else []
    sums: dict[str, tuple[int, str]] = {}
    for model in [*tenant_models(), Membership]:
        if not model._meta.managed or model._meta.proxy:
            continue
        column = model._meta.pk.column if model._meta.pk is not None else "id"
        if not offices and model is not Membership and not model.scope_paths.debtor:
            # What no client stands behind is the office's, which both have in common.
            continue
        which, values = _which(model, tuple(debtors), tuple(offices))
        sums[model._meta.db_table] = checksum(model._meta.db_table, f"WHERE {column} IN ({which})", values)
    people = [world.users[f"{who}-{letter}"].pk for who in ("staff", "user") for letter in letters]
    marks = ", ".join(["%s"] * len(people))
    sums[User._meta.db_table] = checksum(User._meta.db_table, f"WHERE id IN ({marks})", people)
    return sums


@cache
def _which(model: type[models.Model], debtors: tuple[int, ...], offices: tuple[int, ...]) -> tuple[str, Any]:
    """The primary keys of these rows as a subquery: asked often, put together once."""
    sql, values = _rows(model, debtors, offices).query.sql_with_params()
    return sql, values


def _rows(model: type[models.Model], debtors: tuple[int, ...], offices: tuple[int, ...]) -> Any:
    if model is Membership:
        own = Q(debtor__in=debtors) | Q(company__debtor__in=debtors) | Q(firm__in=offices)
        return Membership.objects.filter(own).values_list("pk", flat=True)
    paths = model.scope_paths  # type: ignore[attr-defined]
    condition = Q(**{f"{paths.firm}__in": offices}) if offices else Q(pk__in=[])
    if paths.debtor:
        condition |= Q(**{f"{paths.debtor}__in": debtors})
    return model._base_manager.filter(condition).order_by().values_list("pk", flat=True)
