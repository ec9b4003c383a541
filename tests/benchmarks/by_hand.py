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
#: The foot: people and booked cost of the periods on the board.
BOARD_FOOT = """
SELECT COUNT(*), SUM(k.head_count), COUNT(k.id), SUM(b.cents), COUNT(b.id)
FROM companies_company c LEFT JOIN deadlines_periodstate s ON s.company_id = c.id AND s.back = 0
LEFT JOIN companies_snapshot k ON k.company_id = c.id AND k.basis = 'period' AND k.year = s.year AND k.number = s.number
LEFT JOIN companies_bookedcost b ON b.company_id = c.id AND b.year = s.year AND b.number = s.number
WHERE c.missing_since IS NULL AND c.debtor_id IN (SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)
"""
_OWN = "(SELECT debtor_id FROM accounts_membership WHERE user_id = %(user)s)"
#: How old each kind is over all clients of the reader: the badge above a list.
_FRESH = """
SELECT f.resource, f.state, f.error_kind, COUNT(*), MIN(f.last_success), MAX(f.last_attempt)
FROM mirror_freshness f LEFT JOIN companies_company c ON c.id = f.company_id
WHERE f.debtor_id IN {own} AND c.missing_since IS NULL AND f.resource IN {kinds}
GROUP BY f.resource, f.state, f.error_kind
"""
BOARD_FRESH = _FRESH.format(
    own=_OWN, kinds="('companies', 'current_period', 'runs', 'wage_tax_returns', 'pension_exports')"
)
_PEOPLE = "('employees', 'employments')"
_WAGES = "('current_period', 'employees', 'employments', 'salaries', 'schedules')"
#: Clients with the sums of a month, for how many companies they are not known, and how old they are.
CLIENTS = f"""
SELECT d.id, d.number, d.name, COUNT(c.id), SUM(s.head_count), SUM(s.joiners), SUM(s.leavers),
  SUM(s.contract_wage_cents), SUM(s.wage_left_out), MIN(f.oldest), MIN(f.worst), MIN(p.year * 100 + p.number),
  SUM(CASE WHEN f.people = 2 THEN 0 ELSE 1 END), SUM(CASE WHEN f.wages = 5 THEN 0 ELSE 1 END), SUM(f.refused)
FROM debtors_debtor d JOIN companies_company c ON c.debtor_id = d.id AND c.missing_since IS NULL
LEFT JOIN companies_snapshot s ON s.company_id = c.id AND s.basis = 'month' AND s.year = %(year)s
  AND s.number = %(month)s
LEFT JOIN companies_currentperiod p ON p.company_id = c.id AND p.missing_since IS NULL
LEFT JOIN (SELECT company_id, MIN(last_success) AS oldest, MIN(state) AS worst,
    COUNT(CASE WHEN last_success IS NOT NULL AND resource IN {_PEOPLE} THEN 1 END) AS people,
    COUNT(last_success) AS wages, COUNT(CASE WHEN state = 'not_permitted' THEN 1 END) AS refused
  FROM mirror_freshness WHERE debtor_id IN {_OWN} AND resource IN {_WAGES} GROUP BY company_id) f
  ON f.company_id = c.id
WHERE d.missing_since IS NULL AND d.id IN {_OWN}
GROUP BY d.id, d.number, d.name ORDER BY d.name LIMIT 50
"""
CLIENTS_TOTALS = f"""
SELECT COUNT(DISTINCT d.id), COUNT(c.id), SUM(s.head_count), SUM(s.joiners), SUM(s.leavers),
  SUM(s.contract_wage_cents), SUM(s.wage_left_out)
FROM debtors_debtor d JOIN companies_company c ON c.debtor_id = d.id AND c.missing_since IS NULL
LEFT JOIN companies_snapshot s ON s.company_id = c.id AND s.basis = 'month' AND s.year = %(year)s
  AND s.number = %(month)s
WHERE d.missing_since IS NULL AND d.id IN {_OWN}
"""
CLIENTS_PERIODS = f"""
SELECT c.debtor_id, p.period_type, p.year, p.number
FROM companies_company c JOIN companies_currentperiod p ON p.company_id = c.id AND p.missing_since IS NULL
WHERE c.missing_since IS NULL AND c.debtor_id IN {_OWN}
"""
CLIENTS_FRESH = _FRESH.format(own=_OWN, kinds="('companies', " + _WAGES[1:])
#: What the journals of the month and of the one before it book on cost, by client.
CLIENTS_COST = f"""
SELECT c.debtor_id, b.year, b.number, SUM(b.cents)
FROM companies_bookedcost b JOIN companies_company c ON c.id = b.company_id AND c.missing_since IS NULL
WHERE c.debtor_id IN {_OWN} AND b.year = %(year)s AND b.number IN (%(month)s, %(month)s - 1)
GROUP BY c.debtor_id, b.year, b.number
"""
#: What the panels of a client add up beside the figures of dashboard.py: booked cost, people by department and centre.
_OF_CLIENT = "(SELECT id FROM companies_company WHERE debtor_id = %(debtor)s AND missing_since IS NULL)"
BOOKED = f"""
SELECT j.company_id, j.year, j.number, j.department, j.cost_center, SUM(j.debit - j.credit)
FROM companies_journalline j
WHERE j.company_id IN {_OF_CLIENT} AND j.missing_since IS NULL AND j.year >= %(year)s - 2
  AND (j.account LIKE '4%%' OR j.account LIKE 'WPer%%')
GROUP BY j.company_id, j.year, j.number, j.department, j.cost_center
"""
DEPARTMENTS = f"""
SELECT d.description, COUNT(*) FROM employees_employee e
JOIN employees_employment m ON m.employee_id = e.id AND m.missing_since IS NULL AND m.valid_from <= %(month_end)s
  AND (m.end_date IS NULL OR m.end_date >= %(month_end)s)
LEFT JOIN employees_department d ON d.employee_id = e.id AND d.missing_since IS NULL
  AND d.valid_from <= %(month_end)s AND (d.valid_until IS NULL OR d.valid_until > %(month_end)s)
WHERE e.company_id IN {_OF_CLIENT} AND e.missing_since IS NULL GROUP BY d.description
"""
CENTERS = f"""
SELECT center_code, center_description, SUM(percentage) FROM employees_costshare
WHERE company_id IN {_OF_CLIENT} AND missing_since IS NULL AND year = %(year)s AND number = %(month)s
GROUP BY center_code, center_description
"""
CLIENT_CHANGES = "SELECT * FROM mirror_change WHERE debtor_id = %(debtor)s ORDER BY learned_at DESC LIMIT 8"
CLIENT_CONTACTS = tuple(
    f"SELECT * FROM debtors_{kind} WHERE debtor_id = %(debtor)s AND missing_since IS NULL"
    for kind in (
        "accountantcontact",
        "manager",
        "debtoraddress",
        "debtorcontact",
        "debtorbankaccount",
        "debtortag",
        "servicelevel",
    )
)


def person() -> tuple[str, ...]:
    """A person: every record that the page shows, with the codes of components, and what syncs changed."""
    from portal.employees.kinds import IN_PERIOD, KINDS, LEAVE
    from portal.employees.reading import CODES

    of_person = "SELECT * FROM {} WHERE employee_id = %(person)s AND missing_since IS NULL"
    in_period = f"{of_person} AND year = %(year)s AND number = %(month)s"
    return (
        "SELECT e.*, c.name, d.name FROM employees_employee e JOIN companies_company c ON c.id = e.company_id "
        "JOIN debtors_debtor d ON d.id = c.debtor_id WHERE e.id = %(person)s",
        *(f"{of_person.format(one.model._meta.db_table)} ORDER BY valid_from" for one in (*KINDS, LEAVE)),
        *(in_period.format(one.model._meta.db_table) for one in IN_PERIOD),
        *(
            f"SELECT * FROM {model._meta.db_table} WHERE company_id = %(company)s AND missing_since IS NULL AND ("
            + " OR ".join(
                f"code IN (SELECT code FROM {carrier._meta.db_table} WHERE employee_id = %(person)s)"
                for carrier in carriers
            )
            + ")"
            for model, carriers in CODES.items()
        ),
        "SELECT * FROM mirror_change WHERE employee_id = %(person)s ORDER BY learned_at DESC LIMIT 25",
        "SELECT resource, state, last_success FROM mirror_freshness WHERE company_id = %(company)s",
    )


def pages() -> dict[str, tuple[str, ...]]:
    """The statements of each page."""
    client = (MONTHS, COMPANIES, MOVERS, ENDING, FRESH, BOOKED, DEPARTMENTS, CENTERS, CLIENT_CHANGES, *CLIENT_CONTACTS)
    return {
        "period board": (BOARD, BOARD_NUMBERS, BOARD_FOOT, BOARD_FRESH),
        "clients": (CLIENTS, CLIENTS_TOTALS, CLIENTS_PERIODS, CLIENTS_FRESH, CLIENTS_COST),
        "client": client,
        "person": person(),
    }
