"""Filling the GUIDs of debtors, companies and people from the pairs of ids that Nmbrs gives company by company.

They stand in this room because it knows all three levels.
"""

from datetime import date

from portal.companies.models import Company
from portal.debtors.guids import fill
from portal.debtors.models import Debtor
from portal.employees.models import CompanyGuid, Employee, Entity
from portal.mirror.scope import MirrorScope


def entities_to_ask(scope: MirrorScope) -> list[str]:
    """People always, who come and go; the company and its debtor only as long as they have no GUID."""
    company = debtor = None
    if scope.company_id is not None:
        company, debtor = Company.everything.values_list("guid", "debtor__guid").get(pk=scope.company_id)
    lacking = [(Entity.COMPANY, company), (Entity.DEBTOR, debtor)]
    return [Entity.EMPLOYEE.value, *(entity.value for entity, guid in lacking if guid is None)]


def all_entities(scope: MirrorScope) -> list[str]:
    """Every kind of record that Nmbrs converts."""
    return [entity.value for entity in Entity]


def of_company(company_id: int, _since: date | None) -> None:
    """A company, its debtor and its people (a follower). Three statements."""
    of_people(company_id, _since)
    fill(Company.everything.filter(pk=company_id), CompanyGuid.everything.filter(entity=Entity.COMPANY))
    fill(Debtor.everything.filter(companies=company_id), CompanyGuid.everything.filter(entity=Entity.DEBTOR))


def of_people(company_id: int, _since: date | None) -> None:
    """The people of a company (a follower)."""
    fill(Employee.everything.filter(company=company_id), CompanyGuid.everything.filter(entity=Entity.EMPLOYEE))


def of_debtor(debtor_id: int, _since: date | None) -> None:
    """The companies of a debtor (a follower)."""
    fill(Company.everything.filter(debtor=debtor_id), CompanyGuid.everything.filter(entity=Entity.COMPANY))


def of_environment(environment_id: int, _since: date | None) -> None:
    """The debtors of an environment (a follower)."""
    fill(Debtor.everything.filter(environment=environment_id), CompanyGuid.everything.filter(entity=Entity.DEBTOR))
