"""Leave and absence."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import EmployeeHistory, EmployeeInterval


class Answer(models.TextChoices):
    """Three values: what nobody knows is not a no (privacy.md 3)."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


class Absence(EmployeeHistory):
    """A spell of sickness, or the part of one with one percentage. Cause, remark and kind of dossier are never stored.

    `clock`: whether the duties of returning to work count from it; `safety_net`: whether a safety net applies.
    """

    end_date = models.DateField(_("last day"), null=True)
    end_registered_at = models.DateTimeField(_("recovery registered"), null=True)
    percentage = models.PositiveSmallIntegerField(
        _("percentage"), validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    dossier_number = models.IntegerField(_("dossier"))
    clock = models.CharField(_("return-to-work clock"), max_length=10, choices=Answer.choices)
    safety_net = models.CharField(_("safety net"), max_length=10, choices=Answer.choices)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("absence")
        verbose_name_plural = _("absences")


class LeaveUsage(models.TextChoices):
    TAKEN = "Withdrawal", _("taken")
    BUILT_UP = "Store", _("built up")
    LAPSED = "Expired", _("lapsed")


class LeaveType(models.TextChoices):
    """What a type stands for is agreed in each labour agreement."""

    UNDEFINED = "Undefined", _("not set")
    FIRST = "Type1", _("type 1")
    SECOND = "Type2", _("type 2")
    THIRD = "Type3", _("type 3")
    FOURTH = "Type4", _("type 4")


class LeaveStatus(models.TextChoices):
    NONE = "None", _("not set")
    PENDING = "Pending", _("waiting for approval")
    APPROVED = "Approved", _("approved")
    REJECTED = "Rejected", _("turned down")


class Leave(EmployeeInterval):
    """Hours of leave built up, taken or lapsed. The description, a free text, is not mirrored."""

    end_date = models.DateField(_("last day"), null=True)
    hours = models.DecimalField(_("hours"), max_digits=9, decimal_places=4)
    usage = models.CharField(_("built up or taken"), max_length=20, choices=LeaveUsage.choices)
    leave_type = models.CharField(_("kind of leave"), max_length=20, choices=LeaveType.choices)
    status = models.CharField(_("status"), max_length=20, choices=LeaveStatus.choices)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("leave")
        verbose_name_plural = _("leave")


class LeaveBalance(EmployeeInterval):
    """Hours of leave at the start of the year and now."""

    opening = models.DecimalField(_("balance at the start of the year"), max_digits=9, decimal_places=4)
    current = models.DecimalField(_("balance now"), max_digits=9, decimal_places=4)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("leave balance")
        verbose_name_plural = _("leave balances")
