"""A firm at work over a large mirror: runs, returns, how old everything is, what changed, and who sees to whom.

What `filled` leaves out because a person's history does not need it.
"""

from datetime import timedelta
from typing import Any

from tests.benchmarks.filled import SEEN, TODAY, row_maker
from tests.benchmarks.output import put_out

#: The people who work with the pages in turn, each with so many clients of the firm.
ACCOUNTANTS = 8
#: Sees every client of the firm.
HEAD = "head@bench.example"
CHANGES_A_COMPANY = 5


def furnish(environment: Any) -> list[int]:
    """Write it for every company of the environment; returns the primary keys of the accountants."""
    from portal.companies.models import Company

    put_out(row_maker(environment), list(Company.objects.order_by("pk").values_list("pk", flat=True)))
    known(environment)
    changed(environment)
    return cared_for(environment)


def known(environment: Any) -> None:
    """Every kind of every scope as a sync of this morning left it."""
    from portal.companies.models import Company
    from portal.debtors.models import Debtor
    from portal.mirror.models import Freshness, State
    from portal.mirror.resource import registry
    from portal.source import Level

    owners = {
        Level.ENVIRONMENT: [(environment.pk, None, None)],
        Level.DEBTOR: [(pk, pk, None) for pk in Debtor.objects.values_list("pk", flat=True)],
        Level.COMPANY: [(pk, debtor, pk) for pk, debtor in Company.objects.values_list("pk", "debtor_id")],
    }
    Freshness.objects.bulk_create(
        (
            Freshness(
                environment=environment,
                debtor_id=debtor,
                company_id=company,
                scope_key=f"{one.level}:{owner}",
                resource=one.name,
                state=State.FRESH,
                last_success=SEEN,
                last_attempt=SEEN,
            )
            for one in registry
            for owner, debtor, company in owners[one.level]
        ),
        batch_size=2000,
    )


def changed(environment: Any) -> None:
    """What the last syncs changed: some salaries of each company."""
    from portal.employees.models import Employee
    from portal.mirror.models import Change, ChangeKind

    rows = Employee.objects.filter(number__lte=CHANGES_A_COMPANY)
    Change.objects.bulk_create(
        (
            Change(
                environment=environment,
                debtor_id=debtor,
                company_id=company,
                employee_id=person,
                resource="salaries",
                row_key=str(person),
                kind=ChangeKind.CHANGED,
                field="amount",
                old="2500.00",
                new="2600.00",
                learned_at=SEEN - timedelta(days=number),
                effective=TODAY.replace(day=1),
            )
            for person, number, company, debtor in rows.values_list("pk", "number", "company_id", "company__debtor_id")
        ),
        batch_size=2000,
    )


def cared_for(environment: Any) -> list[int]:
    """Eight accountants, each responsible for an eighth of the companies and with these clients in scope."""
    from django.db import transaction

    from portal.accounts.models import Membership, User
    from portal.accounts.roles import Role
    from portal.companies.models import Company
    from portal.deadlines import states
    from portal.deadlines.models import Arrangement
    from portal.debtors.models import Debtor

    debtors = list(Debtor.objects.order_by("pk").values_list("pk", flat=True))
    users = [
        User.objects.create_user(f"accountant{place}@bench.example", f"Accountant {place}")
        for place in range(ACCOUNTANTS)
    ]
    for place, debtor in enumerate(debtors):
        user = users[place % ACCOUNTANTS]
        Membership.objects.create(user=user, firm=environment.firm, role=Role.ACCOUNTANT, debtor_id=debtor)
        Arrangement.objects.bulk_create(
            Arrangement(company_id=pk, responsible=user)
            for pk in Company.objects.filter(debtor=debtor).values_list("pk", flat=True)
        )
    head = User.objects.create_user(HEAD, "Head of payroll")
    Membership.objects.create(user=head, firm=environment.firm, role=Role.ADMINISTRATOR)
    pks = list(Company.objects.values_list("pk", flat=True))
    for start in range(0, len(pks), states.BATCH):
        with transaction.atomic():
            states.rewrite(pks[start : start + states.BATCH])
    return [user.pk for user in users]
