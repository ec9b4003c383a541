"""The table of people as of a day."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.companies.freshness import WAGE_KINDS
from portal.employees.lacking import Lacking
from portal.employees.models import (
    Contract,
    Department,
    Employee,
    Employment,
    Function,
    PersonalInfo,
    Salary,
    Schedule,
)
from portal.employees.people import fortnight, in_force, monthly_wage, period_type, with_sort_key
from portal.mirror.models import EmployeeHistory
from portal.ui import markup
from portal.ui.tables import DayColumn, LinkColumn, MoneyColumn, NumberColumn, Table, TextColumn
from portal.ui.values import Missing

#: What a column shows. It is built only for those who may see that kind of record.
KINDS: dict[str, tuple[type[EmployeeHistory], ...]] = {
    "department": (Department,),
    "function": (Function,),
    "since": (Employment,),
    "contract_end": (Contract,),
    "part_time": (Schedule,),
    "hours": (Schedule,),
    "salary_kind": (Salary,),
    "amount": (Salary,),
    "wage": (Salary, Schedule),
    "birthday": (PersonalInfo,),
}
#: The names of the kinds that it takes to know what a column shows.
MADE_OF: dict[str, tuple[str, ...]] = {
    **{name: tuple(kind.resource.name for kind in kinds) for name, kinds in KINDS.items()},
    "wage": WAGE_KINDS,
}

_ONE_LINE = {"td": {"class": "text-nowrap"}}


class PeopleTable(Table):
    """One row a person; everything dated is as of `day`, or `lacking` says why it is not known.

    The rows come from portal.employees.people.
    """

    caption = _("Employees")
    counted = ngettext_lazy("person", "people")

    display_name = LinkColumn("employees:person", verbose_name=_("Name"), empty_values=())
    number = TextColumn(verbose_name=_("Number"), attrs={"td": {"class": "ui-num"}})
    company = TextColumn(verbose_name=_("Company"), order_by=("company__name", "company__number"), attrs=_ONE_LINE)
    employee_type = TextColumn(verbose_name=_("Type"), order_by="employee_type__description", attrs=_ONE_LINE)
    department = TextColumn(verbose_name=_("Department"), accessor="pk", attrs=_ONE_LINE)
    function = TextColumn(verbose_name=_("Function"), accessor="pk", attrs=_ONE_LINE)
    since = DayColumn(verbose_name=_("Employed since"), accessor="pk")
    contract_end = DayColumn(verbose_name=_("Contract ends"), accessor="pk", attrs=_ONE_LINE)
    part_time = NumberColumn(verbose_name=_("Part-time %"), term="part_time", accessor="pk")
    hours = NumberColumn(verbose_name=_("Hours a week"), accessor="pk")
    salary_kind = TextColumn(verbose_name=_("Kind of salary"), accessor="pk", attrs=_ONE_LINE)
    amount = MoneyColumn(verbose_name=_("Amount"), accessor="pk")
    wage = MoneyColumn(verbose_name=_("Contract wage a month"), term="contract_wage", accessor="pk")
    birthday = DayColumn(verbose_name=_("Date of birth"), accessor="pk")

    class Meta:
        model = Employee
        fields = ("display_name", "number", "company", "employee_type")
        order_by_field = "sort"

    def __init__(self, *args: Any, day: date, lacking: Lacking, **kwargs: Any) -> None:
        self.day, self.lacking = day, lacking
        super().__init__(*args, **kwargs)

    def render_display_name(self, record: Employee) -> str:
        """The name; somebody without one is shown by the number."""
        return str(record)

    def render_number(self, value: int) -> str:
        """A number that names somebody is not grouped in thousands."""
        return str(value)

    def render_department(self, record: Employee) -> SafeString:
        """The department's name."""
        return self._field(record, "department", "description", markup.words)

    def render_function(self, record: Employee) -> SafeString:
        """The job's name."""
        return self._field(record, "function", "description", markup.words)

    def render_since(self, record: Employee) -> SafeString:
        """First day of the spell of service."""
        return self._field(record, "since", "valid_from", markup.day)

    def render_contract_end(self, record: Employee) -> SafeString:
        """Last day of the contract; a contract without one says so."""
        contract = in_force(record, Contract)
        if contract is not None and contract.end_date is None:
            return markup.words(_("indefinite"))
        return markup.day(contract.end_date if contract else self._why_not(record, "contract_end"))

    def render_part_time(self, record: Employee) -> SafeString:
        """Per cent, two decimals."""
        return self._field(record, "part_time", "part_time_percentage", lambda value: markup.number(value, 2))

    def render_hours(self, record: Employee) -> SafeString:
        """Hours a week, the average of two."""
        schedule = in_force(record, Schedule)
        return markup.number(fortnight(schedule) / 2 if schedule else self._why_not(record, "hours"), 2)

    def render_salary_kind(self, record: Employee) -> SafeString:
        """What the amount is; a kind that the portal does not know keeps its code."""
        salary = in_force(record, Salary)
        return markup.words(salary.get_salary_type_display() if salary else self._why_not(record, "salary_kind"))

    def render_amount(self, record: Employee) -> SafeString:
        """The salary as Nmbrs has it: a period's or an hour's."""
        return self._field(record, "amount", "amount", lambda value: markup.number(value, 2))

    def render_wage(self, record: Employee) -> SafeString:
        """The contract wage a month; none of somebody who is not in service."""
        if in_force(record, Employment) is None:
            return markup.words(self._why_not(record, "since") or gettext("none"))
        wage = monthly_wage(in_force(record, Salary), in_force(record, Schedule), period_type(record))
        return markup.number(self._why_not(record, "wage") if wage is None else wage, 2)

    def render_birthday(self, record: Employee) -> SafeString:
        """The date of birth."""
        return self._field(record, "birthday", "birthday", markup.day)

    def _field(self, record: Employee, column: str, name: str, draw: Callable[[Any], SafeString]) -> SafeString:
        [kind] = KINDS[column]
        row = in_force(record, kind)
        return draw(getattr(row, name) if row else self._why_not(record, column))

    def _why_not(self, record: Employee, column: str) -> Missing | None:
        """Why nothing is known of what the column shows of somebody; None: it was read, and there is nothing."""
        return self.lacking.of(record.company_id, MADE_OF[column])

    def _order(self, rows: "QuerySet[Any]", column: str, descending: bool) -> "tuple[QuerySet[Any], bool]":
        key = F("sort_key")
        term = key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)
        return with_sort_key(rows, column, self.day).order_by(term), True


def _orderer(column: str) -> Any:
    def order(self: PeopleTable, queryset: "QuerySet[Any]", is_descending: bool) -> "tuple[QuerySet[Any], bool]":
        return self._order(queryset, column, is_descending)

    return order


for _name in KINDS:
    setattr(PeopleTable, f"order_{_name}", _orderer(_name))
