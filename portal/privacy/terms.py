"""How long each category of data is kept: the one table. The retention job, its page and docs/privacy.md read it.

Terms and sources are those of privacy.md section 9 (no legal advice; sources disagree). Nmbrs is the archive, the
portal a copy: for what is mirrored these are the longest terms. Somebody's last day in service counts as leaving, and
for somebody who vanished from Nmbrs the day of that. A client may have terms of its own, within the bounds here, and be
held altogether: portal.privacy.keeping.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Invitation, Membership, TeamMember, User
from portal.companies.models import BookedCost, Run, RunEmployee, Snapshot
from portal.employees import models as people
from portal.employees.models import Employee, Employment
from portal.employees.resources.work import PERSON_YEARS
from portal.mirror.models import Change, CompanyPeriodFact, EmployeePeriodFact, Quarantine
from portal.mirror.resource import registry
from portal.privacy import gone
from portal.privacy.kept import OF_COMPANY, Kept, months_before, start_of
from portal.sync.models import SyncPlan, SyncRun

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WAGE_YEARS = 7
#: The sync asks for wages of this year and two before it: a shorter term would fetch what it has just removed.
FEWEST_WAGE_YEARS = 3
#: So long sync runs and what they could not read are of use; portal.sync forgets them by itself too.
SYNC_DAYS = 30


@dataclass(frozen=True)
class Bounds:
    """The usual term of a category, and between which numbers a client may have its own.

    Longer than usual only where a source names it; shorter always, because Nmbrs keeps the record.
    """

    unit: Literal["months", "years"]
    usual: int
    shortest: int
    longest: int


@dataclass(frozen=True)
class Category:
    """A category of data, its usual term in words, where the rule comes from, and what is too old on a day.

    `overdue` is given the day and the number of months or years of a client's own term, or the usual one.
    """

    name: str
    label: "_StrPromise"
    term: "_StrPromise"
    source: "_StrPromise"
    overdue: Callable[[date, int], Iterator[Kept]]
    bounds: Bounds | None = None

    @property
    def usual(self) -> int:
        """The usual number of months or years; 0 where the term is no such number."""
        return self.bounds.usual if self.bounds else 0


def left_before(day: date) -> "QuerySet[Employee]":
    """People whose last day in service lies before `day`, by every employment we ever saw.

    Somebody still in Nmbrs without any known employment is not among them, nor is somebody whose employments without
    an end are missing there now: nothing says that they left.
    """
    known = Employment.everything.order_by()
    ends_later = known.filter(end_date__gte=day).values("employee")
    goes_on = known.filter(end_date__isnull=True).values("employee")
    vanished = Q(missing_since__lt=start_of(day))
    left = Q(missing_since__isnull=True, pk__in=known.values("employee")) & ~Q(pk__in=goes_on)
    return Employee.everything.filter(vanished | left).exclude(pk__in=ends_later)


def _of_leavers(*models: type[Model]) -> Callable[[date, int], Iterator[Kept]]:
    """Records of these kinds of people who left more than so many months ago; they are not mirrored again."""

    def overdue(day: date, months: int) -> Iterator[Kept]:
        left = left_before(months_before(day, months)).order_by()
        for model in models:
            rows = model.everything.filter(employee__in=left.values("pk"))  # type: ignore[attr-defined]
            yield Kept(rows, resource=model.resource, debtors=OF_COMPANY)  # type: ignore[attr-defined]

    return overdue


def _leavers(day: date, years: int) -> Iterator[Kept]:
    left = left_before(date(day.year - years, 1, 1)).order_by()
    yield Kept(left, resource=Employee.resource, whole=True, debtors=OF_COMPANY)


def wage_kinds() -> list[type[Model]]:
    """Every mirrored model that belongs to a period, people in runs before the runs."""
    facts = [kind.model for kind in registry if issubclass(kind.model, CompanyPeriodFact | EmployeePeriodFact)]
    return [*facts, RunEmployee, Run]


def _wages(day: date, years: int) -> Iterator[Kept]:
    first = day.year - years
    for model in wage_kinds():
        path = "run__year" if model is RunEmployee else "year"
        yield Kept(model.everything.filter(**{f"{path}__lt": first}), debtors=OF_COMPANY)  # type: ignore[attr-defined]
    snapshots = Snapshot._base_manager.filter(last_day__lt=date(first, 1, 1))
    for rows in (snapshots, BookedCost._base_manager.filter(year__lt=first)):
        yield Kept(rows, firm="company__environment__firm_id", debtors=OF_COMPANY)


def _changes(day: date, _number: int) -> Iterator[Kept]:
    rows = Change.objects.filter(learned_at__lt=start_of(months_before(day, 24)))
    yield Kept(rows, debtors=("debtor", *OF_COMPANY))


def _quarantine(day: date, _number: int) -> Iterator[Kept]:
    yield Kept(Quarantine.objects.filter(last_seen__lt=start_of(day - timedelta(days=SYNC_DAYS))))


def _syncs(day: date, _number: int) -> Iterator[Kept]:
    before = start_of(day - timedelta(days=SYNC_DAYS))
    yield Kept(SyncRun.objects.filter(finished__lt=before))
    yield Kept(SyncPlan.objects.filter(finished__lt=before))


def _sessions(day: date, _number: int) -> Iterator[Kept]:
    yield Kept(Session.objects.filter(expire_date__lt=start_of(day)), firm="")


def _invitations(day: date, _number: int) -> Iterator[Kept]:
    yield Kept(Invitation.objects.filter(expires__lt=start_of(months_before(day, 12))), firm="firm_id")


def _accounts(day: date, _number: int) -> Iterator[Kept]:
    """Nobody who has a right, had one lately, was made lately or signed in lately.

    A closed account has none from the day it was closed, whatever it kept for a return.
    """
    since = start_of(months_before(day, 12))
    lasting = (Q(ends__isnull=True) | Q(ends__gte=since)) & (
        Q(user__closed_at__isnull=True) | Q(user__closed_at__gte=since)
    )
    rows = User.objects.filter(Q(last_login__isnull=True) | Q(last_login__lt=since), created__lt=since)
    rows = rows.exclude(pk__in=Membership.objects.filter(lasting).values("user"))
    yield Kept(rows.exclude(pk__in=TeamMember.objects.filter(lasting).values("user")), firm="")


OWN = _("proposal of the project; no source found")

CATEGORIES: tuple[Category, ...] = (
    Category(
        "gone_in_nmbrs",
        _("records that are gone in Nmbrs"),
        _("30 days after we saw that, if a sync of the last 7 days still says so"),
        OWN,
        gone.overdue,
    ),
    Category(
        "absence",
        _("absence of people who left"),
        _("2 years after leaving"),
        _("guidance for employers"),
        _of_leavers(people.Absence),
        Bounds("months", 24, 1, 24),
    ),
    Category(
        "accounts_of_people",
        _("bank accounts and BSN checks of people who left"),
        _("12 months after leaving"),
        OWN,
        _of_leavers(people.AccountOfEmployee, people.BsnCheck),
        Bounds("months", 12, 1, 24),
    ),
    Category(
        "contracts",
        _("contracts, schedules, places, leave, addresses and family of people who left"),
        _("2 years after leaving"),
        _("guidance for employers; others say 5 or 7 years"),
        _of_leavers(
            people.Contract,
            people.Schedule,
            people.Department,
            people.Function,
            people.AgreementOfEmployee,
            people.ManagerOfEmployee,
            people.Leave,
            people.LeaveBalance,
            people.Address,
            people.Partner,
            people.Child,
        ),
        Bounds("months", 24, 1, 84),
    ),
    Category(
        "tax_settings",
        _("wage-tax settings of people who left"),
        _("5 years after leaving"),
        _("Handboek Loonheffingen, par. 3.5.2"),
        _of_leavers(people.WageTaxSettings),
        Bounds("months", 60, 1, 84),
    ),
    Category(
        "people",
        _("people who left, with everything else about them"),
        _("7 years after the end of the calendar year of leaving"),
        _("Handboek Loonheffingen, par. 3.5.2"),
        _leavers,
        Bounds("years", PERSON_YEARS, 1, PERSON_YEARS),
    ),
    Category(
        "wage_records",
        _("wage records: runs, amounts, returns, journals, figures"),
        _("7 years after the end of the calendar year"),
        _("Handboek Loonheffingen, par. 3.5.2"),
        _wages,
        Bounds("years", WAGE_YEARS, FEWEST_WAGE_YEARS, WAGE_YEARS),
    ),
    Category("changes", _("change log"), _("2 years after we learned it"), OWN, _changes),
    Category("quarantine", _("records that could not be read"), _("30 days after they last came"), OWN, _quarantine),
    Category("syncs", _("sync runs"), _("30 days after their end"), OWN, _syncs),
    Category("sessions", _("sessions"), _("when they expire"), OWN, _sessions),
    Category("invitations", _("invitations"), _("12 months after they expire"), OWN, _invitations),
    Category(
        "user_accounts",
        _("accounts of people without any right"),
        _("12 months after the last right and the last sign-in"),
        OWN,
        _accounts,
    ),
)
#: What other programs remove; shown beside the table.
ELSEWHERE: tuple[tuple["_StrPromise", "_StrPromise"], ...] = (
    (_("audit trail"), _("24 months, or what AUDIT_KEPT_MONTHS says")),
    (_("backups"), _("as many as the backup command keeps")),
)
