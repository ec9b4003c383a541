"""How somebody works: employment, contract, schedule, place, agreement, manager, and where the costs go."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import EmployeeHistory, EmployeeInterval, EmployeePeriodFact


class Employment(EmployeeHistory):
    """A spell of service. `end_date` is the last day in service; the interval ends the day after."""

    end_date = models.DateField(_("last day"), null=True)
    initial_start_date = models.DateField(_("first start"), null=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("employment")
        verbose_name_plural = _("employments")


class Contract(EmployeeHistory):
    """A contract. Several rows may share a contract id. `end_date` is the last day."""

    end_date = models.DateField(_("last day"), null=True)
    trial_until = models.DateField(_("trial period until"), null=True)
    employment_nature = models.IntegerField(_("nature of employment"))
    sequence = models.IntegerField(_("sequence for the tax office"))
    indefinite = models.BooleanField(_("indefinite"), null=True)
    phase = models.IntegerField(_("phase"), null=True)
    written = models.BooleanField(_("written"), null=True)
    hours_per_week = models.DecimalField(_("hours a week"), max_digits=7, decimal_places=2, null=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")


HOURS = [MinValueValidator(0), MaxValueValidator(24)]


class Schedule(EmployeeHistory):
    """A weekly schedule, of one week or of two that take turns. Hours a day; part-time percentage 0 to 100."""

    monday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    tuesday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    wednesday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    thursday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    friday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    saturday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    sunday = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    monday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    tuesday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    wednesday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    thursday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    friday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    saturday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    sunday2 = models.DecimalField(max_digits=5, decimal_places=2, validators=HOURS)
    part_time_percentage = models.DecimalField(
        _("part-time %"), max_digits=7, decimal_places=4, validators=[MinValueValidator(0)]
    )

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")


class Department(EmployeeHistory):
    """The department of a person; departments themselves belong to the debtor (nmbrs.md 1)."""

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    code = models.IntegerField(_("code"))
    description = models.CharField(_("department"), max_length=255, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class Function(EmployeeHistory):
    """The job of a person; jobs themselves belong to the debtor (nmbrs.md 1)."""

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    function_id = models.BigIntegerField(null=True)
    code = models.IntegerField(_("code"), null=True)
    description = models.CharField(_("function"), max_length=255, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("function")
        verbose_name_plural = _("functions")


class AgreementOfEmployee(EmployeeInterval):
    """The labour agreement that somebody works under in the company's current period."""

    number = models.IntegerField(_("number"))
    description = models.CharField(_("description"), max_length=255, blank=True)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("labour agreement of an employee")
        verbose_name_plural = _("labour agreements of employees")


class ManagerOfEmployee(EmployeeInterval):
    """The manager whom somebody has now; managers themselves belong to the debtor."""

    number = models.IntegerField(_("number"))
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("manager of an employee")
        verbose_name_plural = _("managers of employees")


class CostShare(EmployeePeriodFact):
    """The share of somebody's costs that goes to a cost centre (and cost unit) in a period."""

    center_code = models.CharField(_("cost centre"), max_length=60, blank=True)
    center_description = models.CharField(_("description"), max_length=255, blank=True)
    unit_code = models.CharField(_("cost unit"), max_length=60, blank=True)
    unit_description = models.CharField(_("description of the cost unit"), max_length=255, blank=True)
    percentage = models.DecimalField(_("percentage"), max_digits=9, decimal_places=4)
    is_default = models.BooleanField(_("standard"))

    class Meta(EmployeePeriodFact.Meta):
        verbose_name = _("cost centre of an employee")
        verbose_name_plural = _("cost centres of employees")
