"""Tables that say nothing about anybody: settings, codes, counts and the machine's own. The inventory leaves them out.

A test fails for one with a field that tells of a person, and for a table that is neither here nor in the inventory.
"""

WITHOUT_PEOPLE = frozenset(
    {
        # Libraries: kinds of rights and tables, keys of identity providers, the queue with its names and numbers.
        "auth.Permission",
        "auth.Group",
        "contenttypes.ContentType",
        "socialaccount.SocialApp",
        "django_q.Task",
        "django_q.Schedule",
        "django_q.OrmQ",
        # The machine's own.
        "audit.Head",
        "audit.Seal",
        "jobs.Heartbeat",
        "connections.BudgetState",
        "mirror.Freshness",
        "sync.Breaker",
        "privacy.RetentionRun",
        "privacy.RetentionCount",
        # The office and its settings.
        "accounts.Firm",
        "accounts.FirmLogo",
        "accounts.SingleSignOn",
        "accounts.Team",
        "connections.Environment",
        "dashboards.VarianceBands",
        "companies.CostAccounts",
        "privacy.SubProcessor",
        # Codes, descriptions and settings of clients and companies.
        "debtors.DebtorGuid",
        "debtors.DebtorDepartment",
        "debtors.DebtorFunction",
        "debtors.DebtorTitle",
        "debtors.ServiceLevel",
        "debtors.AgreementSettings",
        "companies.CompanyCostCenter",
        "companies.CompanyCostUnit",
        "companies.HourCode",
        "companies.WageCode",
        "companies.CompanySchedule",
        "companies.CompanySocialSecurity",
        "companies.CompanyLabourAgreement",
        "companies.CompanySalaryTable",
        "companies.CompanySalaryScale",
        "companies.CompanySalaryStep",
        "employees.EmployeeType",
        # Types of dossiers that the portal does not know, with how often they came and of nobody.
        "employees.UnmappedDossier",
        # Periods, and how far their work is.
        "companies.CurrentPeriod",
        "companies.PeriodSeen",
        "companies.Run",
        "companies.RunRequest",
        "companies.WorkflowAction",
        "companies.PensionExport",
        "deadlines.Deadline",
        "deadlines.PeriodState",
    }
)
