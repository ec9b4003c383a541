"""What the office agreed about a company's dates, and what follows from it: deadlines, and where periods stand.

Arrangement, MovedDate and CalendarFeed are the portal's own and cannot be fetched again. Deadline and PeriodState are
derived from those and the mirror (portal.deadlines.states).
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopedQuerySet, ScopePaths
from portal.clock import now
from portal.companies.models import Company
from portal.deadlines.rules import PayDay, PayRule
from portal.debtors.models import Debtor
from portal.periods import Period, PeriodType

_PERIOD_TYPES = [(kind.value, kind.value) for kind in PeriodType]
#: A company's rows are seen by who sees the company.
_OF_COMPANY = ScopePaths(firm="company__environment__firm", debtor="company__debtor", company="company")


class Kind(models.TextChoices):
    """What is due. The order is that in which the work is done."""

    PAYMENT = "payment", _("pay day")
    PENSION = "pension", _("pension return")
    RETURN = "return", _("wage-tax return")


class Progress(models.IntegerChoices):
    """How far a run, a return or a pension return is."""

    NONE = 0, _("not made")
    MADE = 1, _("made")
    DONE = 2, _("done")


class Lapse(models.TextChoices):
    """Why there is no payroll in a period that Nmbrs has no run of."""

    NOBODY = "nobody", _("nobody in service")
    STOPPED = "stopped", _("payroll ended")


class Ending(models.TextChoices):
    """What of a company can end while Nmbrs still has the company."""

    PAYROLL = "payroll", _("payroll")
    PENSION = "pension", _("pension returns")


class Arrangement(models.Model):
    """Who sees to a company, what was agreed in place of the usual terms, and what has ended."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="arrangement")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="companies_cared_for"
    )
    pay_rule = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            (PayRule.NONE.value, _("end of the period")),
            (PayRule.DAY_OF_MONTH.value, _("day of the month")),
            (PayRule.DAYS_AFTER.value, _("days after the end of the period")),
        ],
        default=PayRule.NONE.value,
    )
    pay_number = models.SmallIntegerField(default=0)
    #: Days after the end of the period, as the pension fund wants it.
    pension_days = models.SmallIntegerField(null=True)
    #: The last day for which there is payroll, or a pension return, and why; None: it goes on.
    payroll_end = models.DateField(null=True)
    payroll_end_reason = models.CharField(max_length=200, blank=True)
    pension_end = models.DateField(null=True)
    pension_end_reason = models.CharField(max_length=200, blank=True)

    objects = models.Manager.from_queryset(ScopedQuerySet["Arrangement"])()
    scope_paths = _OF_COMPANY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(pay_rule="day") | Q(pay_number__range=(1, 31)), name="arrangement_day_of_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_id}"

    @property
    def pay_day(self) -> PayDay | None:
        """The agreed pay day; None where none was agreed."""
        return PayDay(PayRule(self.pay_rule), self.pay_number) if self.pay_rule else None

    @property
    def ended(self) -> list[tuple[Ending, date, str]]:
        """What has ended, after which day, and why."""
        ends = ((Ending.PAYROLL, self.payroll_end, self.payroll_end_reason),
                (Ending.PENSION, self.pension_end, self.pension_end_reason))  # fmt: skip
        return [(part, day, reason) for part, day, reason in ends if day is not None]


class Subject(models.Model):
    """What is due, of which period of which length."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="%(class)ss")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    period_type = models.CharField(max_length=20, choices=_PERIOD_TYPES)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    due = models.DateField(_("due"))

    scope_paths = _OF_COMPANY

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "period_type", "year", "number"], name="%(class)s_once")
        ]

    @property
    def period(self) -> Period:
        """Year and number."""
        return Period(self.year, self.number)


class MovedDate(Subject):
    """A due date that a person set in place of the computed one, for instance from the tax office's letter."""

    reason = models.CharField(_("reason"), max_length=200)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    moved_at = models.DateTimeField(default=now)

    objects = models.Manager.from_queryset(ScopedQuerySet["MovedDate"])()

    class Meta(Subject.Meta):
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        return f"{self.company_id} {self.kind} {self.year}-{self.number}"


class Deadline(Subject):
    """One day on which something of a company is due. Derived.

    `act_by` is the last working day at or before `due`; `computed` the date by the rules where a person moved it;
    `unsure`: worked out from a term that was not verified, and nobody set it; `progress` None: not known. `open`: it
    still has to be done, as far as is known; `lapse`: why it does not, where that is known.
    """

    act_by = models.DateField()
    computed = models.DateField(null=True)
    unsure = models.BooleanField(default=True)
    progress = models.PositiveSmallIntegerField(choices=Progress.choices, null=True)
    open = models.BooleanField(default=False)
    lapse = models.CharField(max_length=10, blank=True, choices=Lapse.choices, default="")

    objects = models.Manager.from_queryset(ScopedQuerySet["Deadline"])()

    class Meta(Subject.Meta):
        ordering = ["due", "company", "kind"]
        indexes = [
            models.Index(fields=["due", "company"], name="deadline_due"),
            # Of what is long past almost everything is done.
            models.Index(fields=["due", "company"], condition=Q(open=True), name="deadline_open"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.kind} {self.year}-{self.number}"


class PeriodState(models.Model):
    """Where a company stands in one of its periods. Derived, so that a list over all companies is one query.

    `back` counts from the current period: 0 that one, 1 the one before, −1 the one after. Progress None: not known, or
    (`pension`, `return_progress`) nothing expected. `next_*`: the earliest deadline still open of this period and of
    those before it; of the current one also of those after it that the company worked on before it was set back.
    `*_open`, `*_unsure`: as Deadline's. `lapse`: why there is no payroll, and then no pay day. `*_known`: whether Nmbrs
    ever told. `rules`: with which table of parameters it was computed.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="period_states")
    period_type = models.CharField(max_length=20, choices=_PERIOD_TYPES)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    back = models.SmallIntegerField(default=0)
    run = models.PositiveSmallIntegerField(choices=Progress.choices, null=True)
    run_at = models.DateTimeField(null=True)
    lapse = models.CharField(max_length=10, blank=True, choices=Lapse.choices, default="")
    pay_due = models.DateField(null=True)
    pay_unsure = models.BooleanField(default=True)
    return_progress = models.PositiveSmallIntegerField(choices=Progress.choices, null=True)
    return_open = models.BooleanField(default=False)
    return_sent_at = models.DateTimeField(null=True)
    return_due = models.DateField(null=True)
    return_unsure = models.BooleanField(default=True)
    pension = models.PositiveSmallIntegerField(choices=Progress.choices, null=True)
    pension_open = models.BooleanField(default=False)
    pension_sent_at = models.DateTimeField(null=True)
    pension_due = models.DateField(null=True)
    pension_unsure = models.BooleanField(default=True)
    next_due = models.DateField(null=True)
    next_act_by = models.DateField(null=True)
    next_unsure = models.BooleanField(default=True)
    next_kind = models.CharField(max_length=10, blank=True)
    next_period = models.CharField(max_length=20, blank=True)
    runs_known = models.BooleanField(default=False)
    returns_known = models.BooleanField(default=False)
    pensions_known = models.BooleanField(default=False)
    rules = models.PositiveIntegerField(default=0)

    objects = models.Manager.from_queryset(ScopedQuerySet["PeriodState"])()
    scope_paths = _OF_COMPANY

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "year", "number"], name="period_state_once")]
        indexes = [models.Index(fields=["back", "company"], name="period_state_back")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.year}-{self.number}"

    @property
    def period(self) -> Period:
        """Year and number."""
        return Period(self.year, self.number)


class CalendarFeed(models.Model):
    """A secret address at which a program reads one person's deadlines. Only a keyed hash of it is kept.

    A person has one for everything, and one for each client that they want apart.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    #: Only of this client.
    debtor = models.ForeignKey(Debtor, on_delete=models.CASCADE, null=True, related_name="calendar_feeds")
    token_hash = models.BinaryField(max_length=16, editable=False)
    #: Only of the companies that the person is responsible for.
    own_only = models.BooleanField(default=False)
    created = models.DateTimeField(default=now)
    last_read = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="calendar_feed_token"),
            models.UniqueConstraint(fields=["user", "debtor"], name="calendar_feed_of_client"),
            models.UniqueConstraint(fields=["user"], condition=Q(debtor__isnull=True), name="calendar_feed_of_all"),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
