"""How employee types and people are read."""

from collections.abc import Sequence

from portal.accounts.roles import Capability
from portal.employees.guids import all_entities, entities_to_ask
from portal.employees.models import CompanyGuid, Employee, EmployeeType
from portal.mirror.resource import Link, Loop, Resource
from portal.mirror.scope import MirrorScope
from portal.source import Level, Soap

#: Applicants are outside payroll and are not mirrored (privacy.md 5); their types are known by these words.
APPLICANT_WORDS = ("applicant", "sollicitant")


def types_to_ask(scope: MirrorScope) -> Sequence[str]:
    """Remote ids of the environment's employee types, those of applicants left out."""
    types = EmployeeType.objects.filter(environment_id=scope.environment_id).order_by("remote_id")
    return [
        str(kind.remote_id) for kind in types if not any(word in kind.description.lower() for word in APPLICANT_WORDS)
    ]


EMPLOYEE_TYPES = Resource(
    name="employee_types",
    model=EmployeeType,
    level=Level.ENVIRONMENT,
    key=("remote_id",),
    soap=Soap(
        "EmployeeType_GetList",
        service="EmployeeService",
        rows="EmployeeType",
        fields={"remote_id": "Id", "description": "Description"},
    ),
    adopt_by=("description",),
)

EMPLOYEES = Resource(
    name="employees",
    model=Employee,
    level=Level.COMPANY,
    key=("remote_id",),
    links={"employee_type": Link(EmployeeType)},
    loops={"employee_type": Loop(types_to_ask)},
    soap=Soap(
        "List_GetByCompany",
        service="EmployeeService",
        rows="Employee",
        parameters={"CompanyId": "company", "EmployeeType": "employee_type"},
        fields={
            "remote_id": "Id",
            "number": "Number",
            "display_name": "DisplayName",
            "employee_type": "@employee_type",
        },
    ),
    watched=("employee_type_id",),
    adopt_by=("guid",),
    forgettable=True,
)

GUIDS = Resource(
    name="company_guids",
    model=CompanyGuid,
    level=Level.COMPANY,
    key=("company", "entity", "remote_id"),
    adopt_by=("company", "entity", "remote_guid"),
    loops={"entity": Loop(entities_to_ask, all_entities, window="entity")},
    # How the portal reads, and of people who are not mirrored too: nothing for a client.
    capability=Capability.VIEW_SYNC,
    # Whoever is new gets a GUID in the same sync.
    after=("employees",),
    soap=Soap(
        "Converter_GetByCompany_IntToGuid",
        service="CompanyService",
        rows="Mappings/Mapping",
        parameters={"CompanyId": "company", "Entity": "entity"},
        fields={"company": "@company", "entity": "@entity", "remote_id": "IdInt", "remote_guid": "IdGuid"},
    ),
)

ALL = (EMPLOYEE_TYPES, EMPLOYEES, GUIDS)
