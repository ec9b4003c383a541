"""What somebody is paid, on which account, and how it is taxed and insured."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.mirror.models import ROW_KEY, EmployeeHistory, EmployeeInterval, EmployeePeriodFact
from portal.vault import EncryptedTextField


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


class AccountType(models.TextChoices):
    """The slot of a bank account (enumerations.yaml)."""

    NONE = "None", _("not set")
    FIRST = "Bankrekening1", _("bank account 1")
    SECOND = "Bankrekening2", _("bank account 2")
    THIRD = "Bankrekening3", _("bank account 3")
    FOURTH = "Bankrekening4", _("bank account 4")
    FIFTH = "Bankrekening5", _("bank account 5")
    STANDARD = "Standaard", _("standard")
    SALARY_SAVINGS = "Spaarloon", _("salary savings")
    LIFE_COURSE = "Levensloop", _("life-course savings")


class AccountOfEmployee(EmployeeInterval):
    """A bank account that somebody is paid on now. The IBAN is encrypted and shown masked (privacy.md D3)."""

    account_type = models.CharField(_("kind of account"), max_length=30, choices=AccountType.choices)
    iban = EncryptedTextField(_("IBAN"), max_length=34, blank=True, bound_to=ROW_KEY)

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("bank account of an employee")
        verbose_name_plural = _("bank accounts of employees")


class ColourTable(models.IntegerChoices):
    """The tax table; Nmbrs' codes are inferred (enumerations.yaml)."""

    WHITE = 1, _("white")
    GREEN = 2, _("green")


class WageTaxSettings(EmployeeInterval):
    """How the wage tax of somebody is worked out now. `year_wage` in euros, `special_rate` a percentage."""

    year_wage = models.DecimalField(_("annual wage for the special rate"), max_digits=12, decimal_places=2)
    special_rate = models.DecimalField(_("own special rate %"), max_digits=7, decimal_places=4)
    credit = models.BooleanField(_("wage-tax credit"))
    levy = models.BooleanField(_("wage tax"))
    colour_table = models.IntegerField(_("tax table"), choices=ColourTable.choices)
    period_table = models.IntegerField(_("period table"))
    special_table = models.IntegerField(_("special table"))
    income_kind = models.IntegerField(_("kind of income"))
    ruling = models.IntegerField(_("30% ruling"))

    class Meta(EmployeeInterval.Meta):
        verbose_name = _("wage-tax setting")
        verbose_name_plural = _("wage-tax settings")


class SocialInsurance(EmployeeHistory):
    """The employee insurances (SVW). Codes are those of the wage-tax return (enumerations.yaml)."""

    start_year = models.PositiveSmallIntegerField()
    start_period = models.PositiveSmallIntegerField()
    influence = models.CharField(_("influence on obligatory insurance"), max_length=10, blank=True)
    disability = models.BooleanField(_("insured for WAO/WIA"))
    unemployment = models.BooleanField(_("insured for WW"))
    sickness = models.BooleanField(_("insured for ZW"))
    care_contribution = models.IntegerField(_("income-related contribution Zvw"))
    care_code = models.CharField(_("code Zvw"), max_length=10, blank=True)
    employment_nature = models.IntegerField(_("nature of employment"))
    phase = models.IntegerField(_("phase"), null=True)
    sequence = models.IntegerField(_("sequence for the tax office"))
    agreement_code = models.IntegerField(_("code of the labour agreement"), null=True)
    agreement = models.CharField(_("labour agreement"), max_length=255, blank=True)
    risk_group_code = models.IntegerField(_("code of the risk group"), null=True)
    risk_group = models.CharField(_("risk group"), max_length=255, blank=True)
    sector_code = models.IntegerField(_("code of the sector"), null=True)
    sector = models.CharField(_("sector"), max_length=255, blank=True)
    benefit_code = models.IntegerField(_("wage-cost benefit"), null=True)
    benefit_end_year = models.PositiveSmallIntegerField(_("last year of the benefit"), null=True)
    benefit_end_period = models.PositiveSmallIntegerField(_("last period of the benefit"), null=True)

    class Meta(EmployeeHistory.Meta):
        verbose_name = _("employee insurance")
        verbose_name_plural = _("employee insurances")


class HourComponent(EmployeePeriodFact):
    """Hours of a code in a period."""

    code = models.IntegerField(_("hour code"))
    hours = models.DecimalField(_("hours"), max_digits=12, decimal_places=4)

    class Meta(EmployeePeriodFact.Meta):
        abstract = True


class FixedHours(HourComponent):
    """Hours that hold from a period on until they are stopped; a row tells that they hold in its period."""

    class Meta(HourComponent.Meta):
        verbose_name = _("fixed hours")
        verbose_name_plural = _("fixed hours")


class VariableHours(HourComponent):
    """Hours of one period only."""

    class Meta(HourComponent.Meta):
        verbose_name = _("variable hours")
        verbose_name_plural = _("variable hours")


class WageComponent(EmployeePeriodFact):
    """A wage component of a code in a period; what the value counts follows from the code, mostly euros."""

    code = models.IntegerField(_("wage code"))
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=4)

    class Meta(EmployeePeriodFact.Meta):
        abstract = True


class FixedWage(WageComponent):
    """A component that holds from a period on until it is stopped; a row tells that it holds in its period."""

    class Meta(WageComponent.Meta):
        verbose_name = _("fixed wage component")
        verbose_name_plural = _("fixed wage components")


class VariableWage(WageComponent):
    """A component of one period only."""

    class Meta(WageComponent.Meta):
        verbose_name = _("variable wage component")
        verbose_name_plural = _("variable wage components")


class LeaseCar(EmployeePeriodFact):
    """A car of the employer that somebody has in a period.

    A fact by period although it has days of its own: Nmbrs lists the cars of one period, so that a car which is gone
    can be missed in the periods that were asked only.
    """

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    car_model = models.CharField(_("model"), max_length=120, blank=True)
    plate = models.CharField(_("licence plate"), max_length=20, blank=True)
    catalogue_value = models.DecimalField(_("catalogue value"), max_digits=12, decimal_places=2)
    addition = models.CharField(_("addition %"), max_length=20, blank=True)
    contribution = models.DecimalField(_("own contribution"), max_digits=12, decimal_places=2)

    class Meta(EmployeePeriodFact.Meta):
        verbose_name = _("lease car")
        verbose_name_plural = _("lease cars")
