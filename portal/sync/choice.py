"""What the command line names: a firm, the number of a debtor, of a company, of an employee."""

from portal.accounts.models import Firm
from portal.companies.models import Company
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.sync.plans import Target

#: So many are listed when something does not exist.
LISTED = 20


class NotFound(Exception):
    """A number that fits nothing or several; the text says what there is."""


def targets(firm: Firm, *, debtor: str = "", company: str = "", employee: str = "") -> list[Target]:
    """What is to be synced: one person, company or debtor, or every connected environment of the firm.

    Raises NotFound.
    """
    if employee and not company:
        raise NotFound("An employee number means nothing without its company: add --company NUMBER.")
    if company:
        found = _company(firm, company, _debtor(firm, debtor) if debtor else None)
        return [_employee(found, employee)] if employee else [found]
    if debtor:
        return [_debtor(firm, debtor)]
    environments = Environment.objects.filter(firm=firm, connections__isnull=False).distinct()
    if not environments:
        raise NotFound(f'"{firm}" has no connection to Nmbrs yet. Make one: manage.py connect')
    return list(environments)


def described(target: Target) -> str:
    """A target in one line. People by number: what is printed may end in a log."""
    if isinstance(target, Employee):
        return f"employee {target.number} of {described(target.company)}"
    return f"{target.number} {target.name}" if isinstance(target, Debtor | Company) else target.domain


def _debtor(firm: Firm, number: str) -> Debtor:
    known = Debtor.objects.filter(environment__firm=firm)
    found = list(known.filter(number=number))
    if len(found) == 1:
        return found[0]
    if found:
        names = _listed([f"{row.name} ({row.environment.domain})" for row in found])
        raise NotFound(f'Several debtors have the number "{number}": {names}. Give them different numbers in Nmbrs.')
    there = _listed([described(row) for row in known.order_by("number", "pk")[: LISTED + 1]])
    raise NotFound(f'There is no debtor with the number "{number}". {there or _nothing("debtor")}')


def _company(firm: Firm, number: str, debtor: Debtor | None) -> Company:
    known = Company.objects.filter(environment__firm=firm).select_related("debtor", "environment")
    if debtor is not None:
        known = known.filter(debtor=debtor)
    found = list(known.filter(number=int(number))) if number.isdecimal() and len(number) < 10 else []
    if len(found) == 1:
        return found[0]
    if found and debtor is None:
        owners = _listed([f"{described(row)} of debtor {described(row.debtor)}" for row in found])
        raise NotFound(f'Several companies have the number "{number}". Add --debtor NUMBER. {owners}')
    where = f" of debtor {described(debtor)}" if debtor else ""
    there = _listed([described(row) for row in known.order_by("number", "pk")[: LISTED + 1]])
    raise NotFound(f'There is no company with the number "{number}"{where}. {there or _nothing("company")}')


def _employee(company: Company, number: str) -> Employee:
    people = Employee.objects.filter(company=company).select_related("company__debtor", "environment")
    found = people.filter(number=int(number)).first() if number.isdecimal() and len(number) < 18 else None
    if found is None:
        raise NotFound(f'There is no employee with the number "{number}" in {described(company)}.')
    return found


def _listed(names: list[str]) -> str:
    if not names:
        return ""
    rest = "; and more" if len(names) > LISTED else ""
    return f"There are: {'; '.join(names[:LISTED])}{rest}."


def _nothing(what: str) -> str:
    return f"No {what} is known yet: sync everything first, with manage.py sync."
