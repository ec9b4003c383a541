"""The shapes that a company's kinds come in: the present state, by year, by period."""

from collections.abc import Mapping
from typing import Any

from portal.companies.loops import periods_at_first, periods_to_ask, years
from portal.mirror.dating import Observed
from portal.mirror.resource import Loop, Resource
from portal.source import Level, Soap


def of_company(
    name: str,
    model: type[Any],
    operation: str,
    fields: Mapping[str, str],
    *,
    rows: str,
    key: tuple[str, ...],
    parameters: Mapping[str, str] | None = None,
    **rest: Any,
) -> Resource:
    """A kind that is asked company by company; `company` may be a part of its key."""
    return Resource(
        name=name,
        model=model,
        level=Level.COMPANY,
        key=key,
        soap=Soap(
            operation,
            service="CompanyService",
            rows=rows,
            parameters={"CompanyId": "company", **(parameters or {})},
            fields={"company": "@company", **fields},
        ),
        **rest,
    )


def observed(
    name: str,
    model: type[Any],
    operation: str,
    fields: Mapping[str, str],
    *,
    rows: str = ".",
    key: tuple[str, ...] = ("company",),
    **rest: Any,
) -> Resource:
    """A kind of which Nmbrs gives the present state; without `rows` one record at most."""
    return of_company(name, model, operation, fields, rows=rows, key=key, dating=Observed(), **rest)


def by_year(
    name: str,
    model: type[Any],
    operation: str,
    fields: Mapping[str, str],
    *,
    rows: str,
    key: tuple[str, ...] = ("remote_id",),
    parameter: str = "Year",
    **rest: Any,
) -> Resource:
    """A kind that is asked year by year. `parameter`: what the operation calls the year."""
    return of_company(
        name,
        model,
        operation,
        fields,
        rows=rows,
        key=key,
        loops={"year": Loop(years, window="year")},
        parameters={parameter: "year"},
        **rest,
    )


def by_period(
    name: str,
    model: type[Any],
    operation: str,
    fields: Mapping[str, str],
    *,
    rows: str,
    key: tuple[str, ...] = (),
    **rest: Any,
) -> Resource:
    """A kind that is asked period by period: the period asked is the row's. `key`: what tells rows of one apart."""
    return of_company(
        name,
        model,
        operation,
        {"year": "@period.year", "number": "@period.number", **fields},
        rows=rows,
        key=("company", "year", "number", *key),
        loops={"period": Loop(periods_to_ask, periods_at_first, window={"year": "year", "number": "number"})},
        parameters={"Period": "period.number", "Year": "period.year"},
        **rest,
    )
