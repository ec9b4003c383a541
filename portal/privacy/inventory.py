"""What the portal does with personal data: the one table behind the records of processing (GDPR art. 30).

It follows privacy.md sections 2 to 9. What code knows already is not said here again: terms come from what removes
rows (portal.privacy.staying), rights and fields from the declared kinds. A test fails for a table that is neither in
an activity nor among those without anybody in them (portal.privacy.without_people).
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Capability
from portal.privacy.activity import Activity, Ground, People, Receiver


def activities() -> Iterator[Activity]:
    """All of them, those about employees first."""
    yield from OF_EMPLOYEES
    yield from OF_CLIENTS
    yield from OF_ACCOUNTS


OF_EMPLOYEES = (
    Activity(
        "people",
        _("Who works where"),
        (People.EMPLOYEES,),
        _("know whom payroll is about, find them, and see who joins and leaves"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        (
            "employees.Employee",
            "employees.PersonalInfo",
            "employees.Employment",
            "search.Entry",
        ),
        _("also: the search index by name and number"),
        (Capability.VIEW,),
    ),
    Activity(
        "addresses",
        _("Addresses"),
        (People.EMPLOYEES,),
        _("check that payslips and returns carry the right address"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        ("employees.Address",),
    ),
    Activity(
        "family",
        _("Partners and children"),
        (People.FAMILY, People.EMPLOYEES),
        _("parental leave, and schemes of an employer that need the partner"),
        (Ground.INSTRUCTION,),
        ("employees.Partner", "employees.Child"),
    ),
    Activity(
        "contracts",
        _("Contracts, places and working hours"),
        (People.EMPLOYEES,),
        _("check contracts that end, trial periods, hours and the labour agreement, and where somebody belongs"),
        (Ground.INSTRUCTION,),
        (
            "employees.Contract",
            "employees.Schedule",
            "employees.AgreementOfEmployee",
            "employees.Department",
            "employees.Function",
            "employees.ManagerOfEmployee",
        ),
    ),
    Activity(
        "leave",
        _("Leave"),
        (People.EMPLOYEES,),
        _("check leave taken and what is left of it"),
        (Ground.INSTRUCTION,),
        ("employees.Leave", "employees.LeaveBalance"),
    ),
    Activity(
        "absence",
        _("Absence by sickness"),
        (People.EMPLOYEES,),
        _("keep the deadlines of the return to work; cause and remark are never kept"),
        (Ground.HEALTH, Ground.INSTRUCTION),
        ("employees.Absence",),
    ),
    Activity(
        "wages",
        _("Wages and hours"),
        (People.EMPLOYEES,),
        _("check the payroll of each period, compare periods, and keep wage records"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        (
            "employees.Salary",
            "employees.FixedWage",
            "employees.VariableWage",
            "employees.FixedHours",
            "employees.VariableHours",
            "companies.RunWage",
        ),
    ),
    Activity(
        "runs",
        _("Runs and cost centres"),
        (People.EMPLOYEES,),
        _("tell who is in which run, and which cost centre bears their wages"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        ("companies.RunEmployee", "employees.CostShare"),
    ),
    Activity(
        "figures",
        _("Figures of companies"),
        (People.EMPLOYEES,),
        _("show wage cost and head count; of a company with one employee they tell about that person"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        (
            "companies.WageTaxReturn",
            "companies.WorkCost",
            "companies.JournalLine",
            "companies.CompanyWageFixed",
            "companies.CompanyWageVariable",
            "companies.BookedCost",
            "companies.Snapshot",
            "companies.TotalsInterval",
        ),
        _("also: wage cost, head count, joiners and leavers of each period, worked out from the records"),
        (Capability.VIEW, Capability.VIEW_SALARIES),
    ),
    Activity(
        "taxes",
        _("Wage tax and social insurance"),
        (People.EMPLOYEES,),
        _("check wage tax, the 30% ruling and insurances"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        ("employees.WageTaxSettings", "employees.SocialInsurance"),
    ),
    Activity(
        "bank_accounts",
        _("Bank accounts of employees"),
        (People.EMPLOYEES,),
        _("check that wages go to the right account, and see when one changed"),
        (Ground.INSTRUCTION,),
        ("employees.AccountOfEmployee",),
    ),
    Activity(
        "bsn_checks",
        _("Check of citizen service numbers"),
        (People.EMPLOYEES,),
        _("find numbers that are missing or wrong, before the tax office does"),
        (Ground.BSN,),
        ("employees.BsnCheck",),
    ),
    Activity(
        "lease_cars",
        _("Lease cars"),
        (People.EMPLOYEES,),
        _("check the addition to the taxed wage for private use"),
        (Ground.INSTRUCTION, Ground.WAGE_TAX),
        ("employees.LeaseCar",),
    ),
    Activity(
        "changes",
        _("What syncs found"),
        (People.EMPLOYEES, People.CLIENTS),
        _("tell what changed in Nmbrs and when that was learned, and mend what could not be read"),
        (Ground.INSTRUCTION,),
        (
            "mirror.Change",
            "mirror.Quarantine",
            "mirror.PersonFetch",
            "mirror.Forgotten",
            "sync.SyncPlan",
            "sync.SyncRun",
            "employees.CompanyGuid",
        ),
        _("values of watched fields (of sensitive ones none), unreadable records, when who was read, ids of who went"),
        (Capability.VIEW_SYNC,),
    ),
)

OF_CLIENTS = (
    Activity(
        "contacts",
        _("Clients and their contacts"),
        (People.CLIENTS, People.OFFICE),
        _("know the client, its companies, and whom to call"),
        (Ground.OFFICE,),
        (
            "debtors.Debtor",
            "companies.Company",
            "debtors.DebtorContact",
            "companies.CompanyContact",
            "debtors.AccountantContact",
            "debtors.Manager",
            "debtors.DebtorAddress",
            "companies.CompanyAddress",
            "debtors.DebtorTag",
        ),
    ),
    Activity(
        "client_accounts",
        _("Bank accounts of clients"),
        (People.CLIENTS,),
        _("check from which account wages and wage tax are paid"),
        (Ground.OFFICE,),
        ("debtors.DebtorBankAccount", "companies.CompanyBankAccount"),
    ),
    Activity(
        "agreements",
        _("Agreements, terms and removals"),
        (People.CLIENTS, People.OFFICE),
        _("show in which role the office works, what was agreed, and what was removed"),
        (Ground.ACCOUNT,),
        (
            "privacy.Agreement",
            "privacy.RetentionTerm",
            "privacy.LegalHold",
            "privacy.Removal",
            "privacy.PrivacyContact",
            "mirror.OptInChoice",
        ),
        _("role, agreement, contact for privacy, terms and holds with their reason, removals, and who decided"),
        (Capability.MANAGE_SETTINGS, Capability.REMOVE_CLIENT),
    ),
)

_USERS = (People.OFFICE, People.USERS)

OF_ACCOUNTS = (
    Activity(
        "accounts",
        _("Accounts and signing in"),
        _USERS,
        _("let in the right people and nobody else"),
        (Ground.SECURITY, Ground.OFFICE),
        (
            "accounts.User",
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "usersessions.UserSession",
            "sessions.Session",
            "socialaccount.SocialAccount",
            "socialaccount.SocialToken",
            "accounts.SignOnIdentity",
        ),
        _("name, e-mail address, language, hashed password, encrypted second step, sessions with address and browser"),
        (Capability.MANAGE_USERS, Capability.MANAGE_CLIENT_USERS),
        (Receiver.MAIL, Receiver.SIGN_ON),
    ),
    Activity(
        "access",
        _("Who may see what"),
        _USERS,
        _("give and take access, and prove that it is reviewed"),
        (Ground.SECURITY, Ground.ACCOUNT),
        (
            "accounts.Membership",
            "accounts.Switch",
            "accounts.TeamMember",
            "accounts.TeamDebtor",
            "accounts.TagRule",
            "accounts.Deputy",
            "accounts.Invitation",
            "accounts.AccessRequest",
            "accounts.AccessReview",
            "accounts.ReviewLine",
            "accounts.LogReview",
        ),
        _("roles by client, teams, deputies, invitations, requests with their reason, reviews, and who decided"),
        (Capability.MANAGE_USERS, Capability.MANAGE_CLIENT_USERS, Capability.VIEW_AUDIT),
        (Receiver.MAIL,),
    ),
    Activity(
        "trail",
        _("Audit trail"),
        (*_USERS, People.EMPLOYEES),
        _("show who read and did what, and find a breach in time to report it"),
        (Ground.SECURITY, Ground.ACCOUNT),
        ("audit.Entry",),
        _("who, role, which client, company and employee by number, what, when, from which address; no values"),
        (Capability.VIEW_AUDIT,),
    ),
    Activity(
        "work",
        _("Deadlines, views and what was opened"),
        _USERS,
        _("spread the work, keep deadlines, and let everybody go on where they were"),
        (Ground.OFFICE,),
        (
            "deadlines.Arrangement",
            "deadlines.MovedDate",
            "deadlines.CalendarFeed",
            "dashboards.ChangesSeen",
            "ui.SavedView",
            "ui.StartView",
            "search.Opened",
        ),
        _("who sees to which company, who moved a date and why, calendar addresses, saved views, what was opened last"),
        (Capability.VIEW,),
        (Receiver.CALENDAR,),
    ),
    Activity(
        "files",
        _("Files of lists"),
        (*_USERS, People.EMPLOYEES, People.CLIENTS),
        _("take a list out of the portal, as far as its reader may"),
        (Ground.INSTRUCTION,),
        ("ui.Export",),
        _("the rows of the list, in a file that only its maker can fetch; each time is in the audit trail"),
        (Capability.EXPORT,),
    ),
    Activity(
        "connections",
        _("Connections to Nmbrs"),
        (People.OFFICE,),
        _("read from Nmbrs in the name of the office"),
        (Ground.SECURITY, Ground.OFFICE),
        ("connections.Connection", "connections.FirstStart"),
        _("name of the API user in Nmbrs, and its token, encrypted"),
        (Capability.MANAGE_CONNECTIONS,),
    ),
)
