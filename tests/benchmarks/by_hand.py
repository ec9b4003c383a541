"""The figures of the four pages that an accountant works with, as somebody would ask for them in SQL by hand.

Each page is a few statements; `%(…)s` are the reader's clients, what the page is about, and the days it looks at.
"""

from tests.benchmarks.dashboard import COMPANIES, ENDING, FRESH, MONTHS, MOVERS

#: Companies by the day to act, with client, responsible person, where the period stands, and how old that is.
BOARD = """
SELECT c.id, c.number, c.name, d.id, d.name, u.name, s.year, s.number, s.run, s.run_at, s.return_progress, s.return_due,
  s.pension, s.pension_due, s.next_due, s.next_kind, f.oldest, ch.unseen
FROM companies_company c JOIN debtors_debtor d ON d.id = c.debtor_id AND d.missing_since IS NULL
LEFT JOIN deadlines_periodstate s ON s.company_id = c.id AND s.back = 0
LEFT JOIN deadlines_arrangement a ON a.company_id = c.id LEFT JOIN accounts_user u ON u.id = a.responsible_id
LEFT JOIN (SELECT company_id, MIN(last_success) AS oldest FROM mirror_freshness
  WHERE debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
  AND resource IN ('current_period', 'runs', 'wage_tax_returns', 'pension_exports') GROUP BY company_id) f
  ON f.company_id = c.id
LEFT JOIN (SELECT company_id, COUNT(*) AS unseen FROM mirror_change
  WHERE debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
  AND learned_at > %(month_ago)s GROUP BY company_id) ch ON ch.company_id = c.id
WHERE c.missing_since IS NULL AND c.debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
ORDER BY s.next_act_by, s.run, c.name LIMIT 50
"""
BOARD_NUMBERS = """
SELECT COUNT(*), SUM(CASE WHEN s.next_due < %(today)s THEN 1 ELSE 0 END),
  SUM(CASE WHEN s.next_act_by <= %(today)s THEN 1 ELSE 0 END), SUM(CASE WHEN s.run = 0 THEN 1 ELSE 0 END),
  SUM(CASE WHEN s.run = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN s.run = 2 THEN 1 ELSE 0 END)
FROM companies_company c LEFT JOIN deadlines_periodstate s ON s.company_id = c.id AND s.back = 0
WHERE c.missing_since IS NULL AND c.debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
"""
#: Clients with the sums of a month, and how old they are.
CLIENTS = """
SELECT d.id, d.number, d.name, COUNT(c.id), SUM(s.head_count), SUM(s.joiners), SUM(s.leavers),
  SUM(s.contract_wage_cents), MIN(f.oldest), MIN(p.year * 100 + p.number)
FROM debtors_debtor d JOIN companies_company c ON c.debtor_id = d.id AND c.missing_since IS NULL
LEFT JOIN companies_snapshot s ON s.company_id = c.id AND s.basis = 'month' AND s.year = %(year)s
  AND s.number = %(month)s
LEFT JOIN companies_currentperiod p ON p.company_id = c.id AND p.missing_since IS NULL
LEFT JOIN (SELECT company_id, MIN(last_success) AS oldest FROM mirror_freshness
  WHERE debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
  AND resource IN ('current_period', 'employees', 'employments', 'salaries', 'schedules') GROUP BY company_id) f
  ON f.company_id = c.id
WHERE d.missing_since IS NULL AND d.id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
GROUP BY d.id, d.number, d.name ORDER BY d.name LIMIT 50
"""
#: A person: every dated record, and what syncs changed.
_OF_PERSON = "SELECT * FROM employees_{} WHERE employee_id = %(person)s AND missing_since IS NULL ORDER BY valid_from"
_KINDS = (
    "employment",
    "contract",
    "salary",
    "schedule",
    "department",
    "function",
    "personalinfo",
    "address",
    "socialinsurance",
)
PERSON = (
    "SELECT e.*, c.name, d.name FROM employees_employee e JOIN companies_company c ON c.id = e.company_id "
    "JOIN debtors_debtor d ON d.id = c.debtor_id WHERE e.id = %(person)s",
    *(_OF_PERSON.format(kind) for kind in _KINDS),
    "SELECT * FROM mirror_change WHERE employee_id = %(person)s ORDER BY learned_at DESC LIMIT 25",
    "SELECT resource, state, last_success FROM mirror_freshness WHERE company_id = %(company)s",
)

PAGES: dict[str, tuple[str, ...]] = {
    "period board": (BOARD, BOARD_NUMBERS),
    "clients": (CLIENTS,),
    "client": (MONTHS, COMPANIES, MOVERS, ENDING, FRESH),
    "person": PERSON,
}
