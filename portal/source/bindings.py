"""How a resource is read over one protocol. Pure data: the only lines that change when SOAP becomes REST."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Soap:
    """A SOAP v3 operation and where its rows and values stand.

    `operation`   name as in the contract, e.g. `Salary_GetAll_AllEmployeesByCompany`.
    `service`     `DebtorService`, `CompanyService` or `EmployeeService` (operation names repeat between them).
    `rows`        path of local names from the Result element to one record, e.g.
                  `EmployeeSalaryItem/EmployeeSalaries/Salary_V2`. Empty: the Result holds one text value and the
                  answer is one record with that value under `.`.
                  `.`: the Result element itself is the one record.
    `fields`      column -> where its text stands: `Value` (child of the record), `Function/Code` (deeper),
                  `EmployeeId` (scalar of an ancestor, inherited), `@employee_type` (the call's parameter of that
                  name), `@company` / `@debtor` (remote id of the scope), `@period.year` (part of a loop's value).
    `parameters`  element of the request -> `company`, `debtor` (remote id of the scope), the name of a loop, or
                  `loop.part` where its values have parts. Of a parameter that is an object each element is named by
                  its path: `Scale/ScaleValue`; those that the contract lets out are left out where they are empty.
    `constants`   element of the request -> a text that is always the same.
    `tolerant`    name of a loop over objects that the API user may not see one by one: where Nmbrs refuses one
                  (2003), the others are still a list.
    `report`      the operation starts a background report; `rows` and `fields` are paths in its content.
    """

    operation: str
    service: str
    rows: str
    fields: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    tolerant: str = ""
    report: bool = False


@dataclass(frozen=True)
class Rest:
    """A REST endpoint and where its rows and values stand (JSON paths with `/`), as Soap."""

    path: str
    rows: str
    fields: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)
