"""One table for each kind of record of a company, and of the companies of a client."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.companies import status
from portal.companies.models import Run, WageCode
from portal.companies.standing import run_period
from portal.debtors.business_tables import BusinessAccountTable, BusinessAddressTable
from portal.ui import markup
from portal.ui.records import FactTable, ObservedTable, RecordTable, When, shows
from portal.ui.tables import (
    CodeColumn,
    DayColumn,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    TextColumn,
    YesNoColumn,
)


@shows("companies")
class CompanyTable(RecordTable):
    """The companies of a client."""

    searched = ("name", "number", "kvk_number")
    #: For the way to a company in the period of the page's day.
    related = ("current",)

    name = LinkColumn("companies:company", empty_values=())
    number = CodeColumn()
    kvk_number = TextColumn()
    return_period = TextColumn()
    phone_number = TextColumn()
    email = TextColumn()

    def render_name(self, record: Any) -> str:
        """The name; a company without one is shown by its number."""
        return str(record)


@shows("current_period")
class CurrentPeriodTable(RecordTable):
    """The period the company works on now, whatever period the page shows."""

    caption = _("Current period")

    number = TextColumn(verbose_name=_("Period"), order_by=("year", "number"))
    first_day = DayColumn(verbose_name=_("First day"), accessor="bounds__first", orderable=False)
    last_day = DayColumn(verbose_name=_("Last day"), accessor="bounds__last", orderable=False)

    def render_number(self, record: Any) -> str:
        """Year and number."""
        return f"{record.year}-{record.number:02d}"


@shows("company_address")
class AddressTable(BusinessAddressTable):
    """The address."""


@shows("company_bank_account")
class BankAccountTable(BusinessAccountTable):
    """The bank account."""


@shows("company_contact")
class ContactTable(ObservedTable):
    """The contact person."""

    caption = _("Contact person")

    name = TextColumn()
    function = TextColumn()
    department = TextColumn()
    email = TextColumn()
    phone = TextColumn()
    mobile = TextColumn()


@shows("company_schedules")
class ScheduleTable(ObservedTable):
    """The full-time schedules: hours from Monday to Sunday. A schedule without hours is not in use."""

    caption = _("Full-time schedules")

    week_1 = TextColumn()
    other_week_1 = TextColumn()
    method_1 = TextColumn()
    week_2 = TextColumn()
    other_week_2 = TextColumn()
    method_2 = TextColumn()
    week_3 = TextColumn()
    other_week_3 = TextColumn()
    method_3 = TextColumn()
    week_4 = TextColumn()
    other_week_4 = TextColumn()
    method_4 = TextColumn()


@shows("company_social_security")
class SocialSecurityTable(ObservedTable):
    """The settings for the employee insurances."""

    term = "social_insurance"
    caption = _("Social security (SVW)")

    sector_code = CodeColumn()
    sector = TextColumn()
    risk_group = TextColumn()
    cao_code = CodeColumn()
    cao = TextColumn()
    wga_employee = NumberColumn(places=4)
    wga_employer = NumberColumn(places=4)
    carries_wga = YesNoColumn()
    carries_wao = YesNoColumn()
    carries_sickness = YesNoColumn()


@shows("company_cost_centers")
class CostCenterTable(ObservedTable):
    """The cost centres."""

    term = "cost_centre"
    caption = _("Cost centres")
    searched = ("code", "description")

    code = CodeColumn()
    description = TextColumn()


@shows("company_cost_units")
class CostUnitTable(ObservedTable):
    """The cost units."""

    caption = _("Cost units")
    searched = ("code", "description")

    code = CodeColumn()
    description = TextColumn()


@shows("hour_codes")
class HourCodeTable(ObservedTable):
    """The hour codes."""

    term = "hour_code"
    searched = ("code", "description")

    code = CodeColumn()
    description = TextColumn()


@shows("wage_codes")
class WageCodeTable(ObservedTable):
    """The wage codes."""

    term = "wage_code"
    searched = ("code", "description")

    code = CodeColumn()
    description = TextColumn()


@shows("company_labour_agreements")
class LabourAgreementTable(FactTable):
    """The labour agreements, with the models they bring along."""

    term = "labour_agreement"
    caption = _("Labour agreements")

    description = TextColumn()
    agreement_number = CodeColumn()
    default = YesNoColumn()
    cao_code = CodeColumn()
    cao = TextColumn()
    industry = TextColumn()
    salary_table = TextColumn()
    schedule_model = TextColumn()
    hours_model = TextColumn()
    wage_model = TextColumn()
    leave_model = TextColumn()
    reservation_model = TextColumn()
    hours_reservation_model = TextColumn()
    provisional = YesNoColumn()


@shows("company_salary_tables")
class SalaryTableTable(FactTable):
    """The main salary table."""

    caption = _("Salary table")

    description = TextColumn()
    code = CodeColumn()


@shows("company_salary_scales")
class SalaryScaleTable(FactTable):
    """The scales of the salary table."""

    caption = _("Scales of the salary table")
    searched = ("scale", "description")

    scale = TextColumn()
    description = TextColumn()
    value = MoneyColumn(most=4)
    percentage_min = NumberColumn(places=2, most=4)
    percentage_max = NumberColumn(places=2, most=4)


@shows("company_salary_steps")
class SalaryStepTable(FactTable):
    """The steps of the salary table, of periods that were the current one."""

    caption = _("Steps of the salary table")
    searched = ("scale", "step", "description")

    scale = TextColumn()
    step = TextColumn(order_by=("scale", "value"))
    description = TextColumn()
    value = MoneyColumn(most=4)


class _Components(FactTable):
    """Wage components, each with what its code means in the company on the last day of the period.

    Nmbrs gives only the present codes: of a day before we first saw a code, the first description we saw counts.
    """

    code = CodeColumn()
    code_description = TextColumn(verbose_name=_("Description"))
    value = NumberColumn(places=2, most=4)

    @classmethod
    def completed(cls, rows: "QuerySet[Any]", when: When) -> "QuerySet[Any]":
        """With the description of the code."""
        versions = WageCode.objects.filter(company=OuterRef("company"), code=OuterRef("code"))
        then = versions.filter(valid_from__lte=when.day).order_by("-valid_from", "-pk").values("description")[:1]
        first = versions.order_by("valid_from", "pk").values("description")[:1]
        described: QuerySet[Any] = (
            super().completed(rows, when).annotate(code_description=Coalesce(Subquery(then), Subquery(first)))
        )
        return described


@shows("company_wage_fixed")
class WageFixedTable(_Components):
    """The fixed wage components."""

    term = "fixed_component"
    caption = _("Fixed wage components")


@shows("company_wage_variable")
class WageVariableTable(_Components):
    """The variable wage components."""

    term = "variable_component"
    caption = _("Variable wage components")


@shows("run_output")
class RunWageTable(FactTable):
    """What runs came to, a line a person and wage code."""

    caption = _("Run output")
    searched = ("employee__display_name", "description", "code")
    related = ("employee",)
    summed = ("amount",)
    # Gross, deductions, net and employer's costs of the same people are among the wage codes.
    alike = ("code", _("no total: different wage codes"))

    employee = TextColumn(verbose_name=_("Employee"), accessor="employee__display_name")
    code = CodeColumn()
    description = TextColumn()
    amount = MoneyColumn(verbose_name=_("Amount"))


@shows("journal")
class JournalTable(FactTable):
    """The journal of the runs, added up over people."""

    term = "journal"
    caption = _("Journal")
    searched = ("account", "component", "department", "cost_center")
    summed = ("debit", "credit")

    run_number = CodeColumn()
    account = TextColumn()
    component = TextColumn()
    department = TextColumn()
    cost_center = TextColumn()
    cost_unit = TextColumn()
    debit = MoneyColumn(verbose_name=_("Debit"))
    credit = MoneyColumn(verbose_name=_("Credit"))


class _OfRuns(RecordTable):
    """Rows that a run's periods decide about."""

    path = ""

    @classmethod
    def at(cls, rows: "QuerySet[Any]", when: When) -> "QuerySet[Any]":
        """Those of runs that cover the period."""
        if when.period is None:
            return rows
        year, number = when.period.year, when.period.number
        asked = {"year": year, "period_start__lte": number, "period_end__gte": number}
        return rows.filter(**{f"{cls.path}{column}": value for column, value in asked.items()})


@shows("runs")
class RunTable(_OfRuns):
    """The payroll runs that cover the period."""

    term = "run"
    number = CodeColumn()
    periods = TextColumn(
        verbose_name=_("Periods"), accessor="pk", order_by=("year", "period_start", "period_end"), empty_values=()
    )
    description = TextColumn()
    run_at = MomentColumn()
    locked = TextColumn(verbose_name=_("Status"))

    def render_periods(self, record: Run) -> str:
        """The first and the last period."""
        return run_period(record)

    def render_locked(self, record: Run) -> Any:
        """How far the run is."""
        return markup.status(status.of_run(record))


@shows("run_people")
class RunPeopleTable(_OfRuns):
    """The people in the runs that cover the period."""

    path = "run__"
    searched = ("employee__display_name", "employee__number")
    related = ("employee", "run")

    employee = LinkColumn("employees:person", args=("employee_id",), order_by="employee__display_name")
    employee_number = CodeColumn(accessor="employee__number")
    run = CodeColumn(accessor="run__number", verbose_name=_("Run"))
    run_description = TextColumn(accessor="run__description", verbose_name=_("Description"))


@shows("run_requests")
class RunRequestTable(FactTable):
    """The requests for the run of the period."""

    term = "run_request"
    status = TextColumn()
    handled_on = DayColumn()


@shows("payroll_workflow")
class WorkflowTable(FactTable):
    """The steps of the payroll workflow of the period."""

    caption = _("Payroll workflow")
    searched = ("track", "name")

    track = TextColumn()
    track_status = TextColumn()
    name = TextColumn(order_by="action_id")
    status = TextColumn()
    run_at = MomentColumn()
