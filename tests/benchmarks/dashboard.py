"""The debtor dashboard's database time beside hand-written SQL for the same figures, on the data of the first sync.

Run inside an office's portal: `python -m tests.benchmarks.dashboard`.
"""

import json
import os
import statistics
import sys
import time
from datetime import timedelta

from tests.benchmarks.stopwatch import StopWatch

ROUNDS = 20

# The figures on the page, one statement each, as somebody would write them by hand.
MONTHS = """
SELECT s.year, s.number, SUM(s.head_count), SUM(s.contract_wage_cents), SUM(s.joiners), SUM(s.leavers),
  SUM(s.wage_left_out)
FROM companies_snapshot s JOIN companies_company c ON c.id = s.company_id
WHERE c.debtor_id = %(debtor)s AND c.missing_since IS NULL AND s.basis = 'month' AND s.last_day > %(two_years_ago)s
GROUP BY s.year, s.number ORDER BY s.year, s.number
"""
COMPANIES = """
SELECT c.id, c.number, c.name, p.year, p.number, p.period_type,
  (SELECT r.number FROM companies_run r WHERE r.company_id = c.id AND r.missing_since IS NULL
   ORDER BY r.year DESC, r.period_end DESC, r.number DESC LIMIT 1),
  (SELECT w.status FROM companies_wagetaxreturn w WHERE w.company_id = c.id AND w.missing_since IS NULL
   ORDER BY w.year DESC, w.number DESC, w.serial_number DESC LIMIT 1),
  (SELECT s.head_count FROM companies_snapshot s WHERE s.company_id = c.id AND s.basis = 'month'
   AND s.last_day = %(month_end)s)
FROM companies_company c LEFT JOIN companies_currentperiod p ON p.company_id = c.id AND p.missing_since IS NULL
WHERE c.debtor_id = %(debtor)s AND c.missing_since IS NULL ORDER BY c.name
"""
MOVERS = """
SELECT e.id, e.display_name, m.valid_from, m.end_date
FROM employees_employment m JOIN employees_employee e ON e.id = m.employee_id
JOIN companies_company c ON c.id = m.company_id
WHERE c.debtor_id = %(debtor)s AND m.missing_since IS NULL AND e.missing_since IS NULL
  AND ((m.valid_from >= %(month_start)s AND m.valid_from <= %(month_end)s)
    OR (m.end_date >= %(month_start)s AND m.end_date <= %(month_end)s))
"""
ENDING = """
SELECT e.id, e.display_name, k.end_date
FROM employees_contract k JOIN employees_employee e ON e.id = k.employee_id
JOIN companies_company c ON c.id = k.company_id
WHERE c.debtor_id = %(debtor)s AND k.missing_since IS NULL AND e.missing_since IS NULL
  AND k.valid_from <= %(today)s AND k.end_date >= %(today)s AND k.end_date <= %(soon)s
  AND NOT EXISTS (SELECT 1 FROM employees_contract n WHERE n.employee_id = k.employee_id AND n.id <> k.id
    AND n.missing_since IS NULL AND n.valid_from >= k.valid_from AND (n.end_date IS NULL OR n.end_date > k.end_date))
ORDER BY k.end_date
"""
FRESH = """
SELECT f.resource, f.state, MIN(f.last_success) FROM mirror_freshness f
WHERE f.debtor_id = %(debtor)s OR f.company_id IN (SELECT id FROM companies_company WHERE debtor_id = %(debtor)s)
GROUP BY f.resource, f.state
"""


def main() -> None:
    """Print what both took as JSON, in milliseconds."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.db import connection
    from django.test import Client

    from portal import clock
    from portal.accounts.models import Firm, Membership, User
    from portal.accounts.roles import Role
    from portal.accounts.signin import second_factor
    from portal.debtors.models import Debtor
    from portal.periods import PeriodType, bounds, containing

    user = User.objects.create_user("bench@bench.example", "Bench")
    Membership.objects.create(user=user, firm=Firm.objects.get(), role=Role.ADMINISTRATOR)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    session = client.session
    session[second_factor.KEY] = user.pk
    session.save()
    debtor = Debtor.objects.order_by("pk")[0]
    month = bounds(PeriodType.MONTH, containing(PeriodType.MONTH, clock.today()))
    given = {
        "debtor": debtor.pk,
        "today": clock.today(),
        "soon": clock.today() + timedelta(days=60),
        "month_start": month.first,
        "month_end": month.last,
        "two_years_ago": month.last - timedelta(days=366 * 2),
    }

    def page() -> tuple[float, float, int, int]:
        begun = time.perf_counter()
        with connection.execute_wrapper(watch := StopWatch()):
            answer = client.get(f"/clients/{debtor.pk}/")
        whole = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"the dashboard answered {answer.status_code}")
        return watch.seconds * 1000, whole * 1000, watch.statements, len(answer.content)

    def raw() -> float:
        spent = 0.0
        for statement in (MONTHS, COMPANIES, MOVERS, ENDING, FRESH):
            with connection.cursor() as cursor:
                begun = time.perf_counter()
                cursor.execute(statement, given)
                cursor.fetchall()
                spent += time.perf_counter() - begun
        return spent * 1000

    page(), raw()
    pages = [page() for _ in range(ROUNDS)]
    raws = [raw() for _ in range(ROUNDS)]
    json.dump(
        {
            "database": statistics.median(row[0] for row in pages),
            "page": statistics.median(row[1] for row in pages),
            "queries": pages[0][2],
            "bytes": pages[0][3],
            "raw": statistics.median(raws),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
