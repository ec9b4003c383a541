"""Whom to call: people of the client and of its companies, managers, and the accountants of the office."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.prepared import Prepared
from portal.companies.models import Company, CompanyContact
from portal.debtors.models import AccountantContact, Debtor, DebtorContact, Manager
from portal.mirror import together
from portal.ui.permissions import holds_over
from portal.ui.values import Missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from portal.companies.freshness import Person


@dataclass(frozen=True)
class Contact:
    """Somebody to call. The addresses are what a click on a number or an e-mail address does; empty: nothing."""

    name: str
    what: str
    phones: tuple[tuple[str, str], ...]
    email: str
    email_address: str


@dataclass(frozen=True)
class Group:
    """Contacts of one kind, or why nobody is named."""

    label: "str | _StrPromise"
    contacts: list[Contact]
    reason: Missing | None = None


KINDS: "Mapping[type[Any], _StrPromise]" = {
    AccountantContact: _("Accountants"),
    DebtorContact: _("Contact persons"),
    CompanyContact: _("Contact persons of companies"),
    Manager: _("Managers"),
}
#: Those on the page of one company.
OF_COMPANY: tuple[type[Any], ...] = (CompanyContact, AccountantContact, DebtorContact)
#: Said on the page of one company.
_OF_COMPANY = _("Contact persons of the company")

Lacks = Callable[[str], Missing | None]


def resources_of(models: Iterable[type[Any]]) -> tuple[str, ...]:
    """The kinds of record that contacts of these models are."""
    return tuple(model.resource.name for model in models)


def of_debtor(request: HttpRequest, debtor: Debtor, names: Mapping[int, str], lacks: Lacks) -> dict[str, Any]:
    """Everybody of a client; `names` are its companies', `lacks` says of a kind why nothing is known."""
    return {"groups": _groups(request, debtor, debtor.pk, names, list(KINDS), lacks, several=len(names) > 1)}


def of_company(request: HttpRequest, company: Company, lacks: Lacks) -> dict[str, Any]:
    """Those of a company first; of its client whoever the reader may see."""
    kinds = list(OF_COMPANY)
    names = {company.pk: company.name}
    return {"groups": _groups(request, company, company.debtor_id, names, kinds, lacks, several=False)}


def _groups(
    request: HttpRequest,
    row: Debtor | Company,
    debtor: int,
    companies: Mapping[int, str],
    kinds: list[type[Any]],
    lacks: Lacks,
    *,
    several: bool,
) -> list[Group]:
    permitted = [kind for kind in kinds if holds_over(request, row, kind.resource.capability)]
    of_one = isinstance(row, Company)
    read = _read(request, row, debtor, tuple(permitted))
    groups = []
    for kind in permitted:
        rows = read[kind]
        # Of what the client has, the page of a company claims nothing that it did not see.
        if of_one and kind is not CompanyContact and not rows:
            continue
        label = _OF_COMPANY if of_one and kind is CompanyContact else KINDS[kind]
        reason = None if rows else lacks(kind.resource.name)
        groups.append(Group(label, [_contact(one, companies if several else {}) for one in rows], reason))
    return groups


def _read(
    request: HttpRequest, row: Debtor | Company, debtor: int, kinds: tuple[type[Any], ...]
) -> dict[type[Any], list[Any]]:
    if not kinds:
        return {}
    ask, keys = (_of_company, (debtor, row.pk)) if isinstance(row, Company) else (_of_debtor, (debtor,))
    answer = ask(request.user, *keys, kinds=kinds, day=clock.today())
    return dict(zip(kinds, together.rows_of(kinds, answer), strict=True))


@Prepared
def _of_debtor(user: "Person", debtor: int, *, kinds: tuple[type[Any], ...], day: date) -> "QuerySet[Any, Any]":
    of_companies = {"company__debtor": debtor, "company__missing_since": None}
    return together.united(
        kind.objects.visible_to(user, kind.resource.capability)
        .as_of(day)
        .filter(**(of_companies if kind is CompanyContact else {"debtor": debtor}))
        for kind in kinds
    )


@Prepared
def _of_company(
    user: "Person", debtor: int, company: int, *, kinds: tuple[type[Any], ...], day: date
) -> "QuerySet[Any, Any]":
    return together.united(
        kind.objects.visible_to(user, kind.resource.capability)
        .as_of(day)
        .filter(**({"company": company} if kind is CompanyContact else {"debtor": debtor}))
        for kind in kinds
    )


def _contact(row: Any, companies: Mapping[int, str]) -> Contact:
    what = [getattr(row, "function", ""), getattr(row, "department", ""), companies.get(getattr(row, "company_id", 0))]
    phones = [number for number in dict.fromkeys((row.phone, getattr(row, "mobile", ""))) if number]
    return Contact(
        name=str(row),
        what=" · ".join(part for part in dict.fromkeys(what) if part),
        phones=tuple((number, _tel(number)) for number in phones),
        email=row.email,
        email_address=f"mailto:{quote(row.email, safe='@.+-_')}" if "@" in row.email else "",
    )


def _tel(number: str) -> str:
    """The address that calls a number; empty for what has too few digits to be one."""
    digits = "".join(part for part in number.replace("(0)", "") if part.isascii() and part.isdecimal())
    return f"tel:{'+' if number.strip().startswith('+') else ''}{digits}" if len(digits) >= 8 else ""
