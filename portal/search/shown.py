"""Answers as a page shows them. Names come from the mirror, through `visible_to`: the index only says where to look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.grants import has_single_companies
from portal.accounts.models import User
from portal.audit.about import About
from portal.companies.models import Company
from portal.connections import wording
from portal.debtors.models import Debtor
from portal.debtors.place import is_client, page_of
from portal.employees.models import Employee
from portal.search import pages
from portal.search.finding import Found, find, opened_lately
from portal.search.index.folding import Asked
from portal.search.models import EntryKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: dict[str, "str | _StrPromise"] = {
    EntryKind.DEBTOR: wording.by_reader(_("Clients"), _("Organisations")),
    EntryKind.COMPANY: _("Companies"),
    EntryKind.EMPLOYEE: _("Employees"),
}
ICONS = {EntryKind.DEBTOR: "address-book", EntryKind.COMPANY: "briefcase", EntryKind.EMPLOYEE: "user"}


@dataclass(frozen=True)
class Result:
    """One line: `beside` names the client and company. `alike`: the name differs a little from what was typed."""

    name: str
    url: str
    icon: str
    number: str = ""
    beside: str = ""
    alike: bool = False
    #: Whose data a result about a person is.
    whose: About | None = None


@dataclass(frozen=True)
class Group:
    """The results of one kind. `more`: there are others that do not fit."""

    name: str
    label: "str | _StrPromise"
    results: Sequence[Result]
    more: bool = False


def groups(request: HttpRequest, wanted: Asked, most: int) -> list[Group]:
    """What the reader finds, at most `most` of each kind; without a word what they opened lately."""
    user = request.user
    if not isinstance(user, User):
        return []
    if not wanted.words:
        seen = _drawn(user, opened_lately(user, most))
        return [Group("lately", _("Lately opened"), [result for _kind, result in seen])] if seen else []
    # One more than is shown tells whether there are others.
    drawn = _drawn(user, find(user, wanted, most + 1))
    found = []
    for kind, label in LABELS.items():
        results = [result for one, result in drawn if one == kind]
        if results:
            found.append(Group(kind, label, results[:most], more=len(results) > most))
    named = [Result(label, url, icon) for label, url, icon in pages.named(request, wanted.words, most)]
    return [*found, Group("pages", _("Pages"), named)] if named else found


def whose(found: Sequence[Group]) -> set[About]:
    """Of which clients people are among the results."""
    return {result.whose for group in found for result in group.results if result.whose is not None}


def count(found: Sequence[Group]) -> int:
    """How many results are shown."""
    return sum(len(group.results) for group in found)


def said(found: Sequence[Group], wanted: Asked) -> str:
    """What a screen reader says about the results."""
    number = count(found)
    if not wanted.words:
        return ""
    if not number:
        return gettext("Nothing found. Names may be written otherwise; of a number type the first digits.")
    return ngettext("%(count)s result", "%(count)s results", number) % {"count": number}


def _drawn(user: User, answers: Sequence[Found]) -> list[tuple[str, Result]]:
    rows = {kind: _rows(user, kind, [one.target for one in answers if one.kind == kind]) for kind in EntryKind}
    seen = _seen_clients(user, rows)
    drawn = []
    for one in answers:
        row = rows[EntryKind(one.kind)].get(one.target)
        if row is not None:
            drawn.append((one.kind, _result(one, row, seen)))
    return drawn


def _rows(user: User, kind: EntryKind, pks: Sequence[int]) -> dict[int, Any]:
    """What these are now, as far as the reader may see it: whatever is gone, or is not theirs, is left out."""
    if not pks:
        return {}
    if kind == EntryKind.DEBTOR:
        found: Any = Debtor.objects.visible_to(user).select_related("environment")
    elif kind == EntryKind.COMPANY:
        found = Company.objects.visible_to(user).filter(debtor__missing_since=None)
        found = found.select_related("debtor__environment")
    else:
        found = Employee.objects.visible_to(user).filter(company__missing_since=None)
        found = found.filter(company__debtor__missing_since=None).select_related("company__debtor__environment")
    return {row.pk: row for row in found.filter(pk__in=pks)}


def _seen_clients(user: User, rows: dict[EntryKind, dict[int, Any]]) -> set[int] | None:
    """The clients whose names the reader may know; None: all. Somebody may be given a company by itself."""
    if not has_single_companies(user):
        return None
    pks = {row.debtor_id for row in rows[EntryKind.COMPANY].values()}
    pks |= {row.company.debtor_id for row in rows[EntryKind.EMPLOYEE].values()}
    return set(Debtor.objects.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))


def _result(one: Found, row: Any, seen: set[int] | None) -> Result:
    icon = ICONS[EntryKind(one.kind)]
    if one.kind == EntryKind.DEBTOR:
        return Result(str(row), page_of(row), icon, row.number, alike=one.alike)
    company = row if one.kind == EntryKind.COMPANY else row.company
    beside = " · ".join(dict.fromkeys(_owners(company, seen, with_company=company is not row)))
    address = "companies:company" if company is row else "employees:person"
    whose = None
    if company is not row:
        firm = company.debtor.environment.firm_id
        whose = About(firm_id=firm, object_type="employee", debtor_id=company.debtor_id)
    return Result(str(row), reverse(address, args=[row.pk]), icon, str(row.number), beside, one.alike, whose)


def _owners(company: Company, seen: set[int] | None, *, with_company: bool) -> Iterator[str]:
    """The client, where there is one above the companies and the reader sees it, and the company of a person."""
    debtor = company.debtor
    if is_client(debtor) and (seen is None or debtor.pk in seen):
        yield str(debtor)
    if with_company:
        yield str(company)
