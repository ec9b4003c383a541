"""Employee types, people, and their dated records."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.scope import ScopePaths
from portal.mirror.models import CompanyRow, EmployeeHistory, MirrorRow


class EmployeeType(MirrorRow):
    """An employee type of an environment. Ids and texts are read at run time (enumerations.yaml)."""

    description = models.CharField(_("description"), max_length=120, blank=True)

    scope_paths = ScopePaths(firm="environment__firm")

    class Meta(MirrorRow.Meta):
        verbose_name = _("employee type")
        verbose_name_plural = _("employee types")

    def __str__(self) -> str:
        return self.description or str(self.remote_id)


class Employee(CompanyRow):
    """A person in one company. The same human being in two companies is two employees (nmbrs.md 2)."""

    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="employees")
    number = models.BigIntegerField(_("employee number"))
    display_name = models.CharField(_("name"), max_length=255, blank=True)
    employee_type = models.ForeignKey(EmployeeType, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(CompanyRow.Meta):
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["display_name", "pk"]
        indexes = [models.Index(fields=["company", "number"], name="employee_number")]

    def __str__(self) -> str:
        return self.display_name or str(self.number)


class Gender(models.TextChoices):
    UNDEFINED = "undefined", _("not stated")
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class PersonalInfo(EmployeeHistory):
    """Name, birth date and work contact of a person. What privacy.md section 5 leaves out is not mirrored."""

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=60, blank=True)
    first_name = models.CharField(_("first name"), max_length=120, blank=True)
    initials = models.CharField(_("initials"), max_length=30, blank=True)
    prefix = models.CharField(_("prefix"), max_length=30, blank=True)
    last_name = models.CharField(_("last name"), max_length=120, blank=True)
    birthday = models.DateField(_("date of birth"), null=True)
    phone_work = models.CharField(_("telephone at work"), max_length=60, blank=True)
    mobile_work = models.CharField(_("mobile telephone at work"), max_length=60, blank=True)
    email_work = models.CharField(_("e-mail address at work"), max_length=254, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("personal information")
        verbose_name_plural = _("personal information")


class AddressType(models.TextChoices):
    HOME = "HomeAddress", _("home address")
    POST = "PostAddress", _("postal address")
    ABSENCE = "AbsenceAddress", _("address during absence")
    HOLIDAYS = "HolidaysAddress", _("holiday address")
    WEEKEND = "WeekendAddress", _("weekend address")


class Address(EmployeeHistory):
    """An address of a person; one chain per address type."""

    address_type = models.CharField(_("kind of address"), max_length=30, choices=AddressType.choices)
    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    street = models.CharField(_("street"), max_length=255, blank=True)
    house_number = models.CharField(_("house number"), max_length=30, blank=True)
    addition = models.CharField(_("addition"), max_length=30, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=10, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("address")
        verbose_name_plural = _("addresses")


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


class SalaryType(models.TextChoices):
    """What a salary's amount is. Codes as enumerations.yaml has them for the bulk read (inferred there)."""

    NONE = "0", _("not set")
    GROSS_FULL_TIME = "1", _("gross salary, full-time")
    GROSS_PART_TIME = "2", _("gross salary, part-time")
    GROSS_HOURLY = "3", _("gross hourly wage")
    NET_PART_TIME_INCL = "4", _("net salary, part-time, incl. wage components")
    NET_PART_TIME_EXCL = "5", _("net salary, part-time, excl. wage components")
    NET_HOURLY_EXCL = "6", _("net hourly wage, excl. wage components")
    EMPLOYER_COSTS = "7", _("employer's costs")
    NET_HOURLY_INCL = "8", _("net hourly wage, incl. wage components")


class Salary(EmployeeHistory):
    """A salary. The unit of `amount` follows from the type: euros a period of the company, or euros an hour."""

    # Six digits before the point: the wage in portal.employees.wages is computed in 64-bit integers.
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=4, validators=[MinValueValidator(0)])
    salary_type = models.CharField(_("kind of salary"), max_length=10, choices=SalaryType.choices)
    scale = models.CharField(_("scale"), max_length=60, blank=True)
    step = models.CharField(_("step"), max_length=60, blank=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("salary")
        verbose_name_plural = _("salaries")


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
