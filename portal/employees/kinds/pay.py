"""How somebody's pay, accounts, tax and insurance are shown."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.employees.kinds import shown
from portal.employees.kinds.shown import Kind, Shown
from portal.employees.models import AccountOfEmployee, Salary, SocialInsurance, WageTaxSettings
from portal.ui import markup


def _amount(row: Salary) -> SafeString:
    """Four decimals only where they are used: hourly wages."""
    places = 2 if row.amount == round(row.amount, 2) else 4
    return markup.money(row.amount, places)


def _benefit_end(row: SocialInsurance) -> SafeString:
    if row.benefit_end_year is None or row.benefit_end_period is None:
        return markup.missing()
    return markup.words(f"{row.benefit_end_year}-{row.benefit_end_period}")


SALARY = Kind(
    Salary,
    _("Salary"),
    "currency-euro",
    (
        Shown(_("Kind of salary"), shown.choice("salary_type")),
        Shown(_("Amount"), _amount),
        Shown(_("Scale"), shown.text("scale")),
        Shown(_("Step"), shown.text("step")),
    ),
)

BANK_ACCOUNT = Kind(
    AccountOfEmployee,
    _("Bank account"),
    "currency-euro",
    (Shown(_("Kind of account"), shown.choice("account_type")), Shown(_("IBAN"), shown.iban)),
    chain=lambda row: str(row.account_type),
)

# The annual wage is not shown: whoever may see the tax settings need not be allowed to see wages.
WAGE_TAX = Kind(
    WageTaxSettings,
    _("Wage-tax settings"),
    "table",
    (
        Shown(_("Wage-tax credit"), shown.yes_or_no("credit")),
        Shown(_("Wage tax is withheld"), shown.yes_or_no("levy")),
        Shown(_("Tax table"), shown.choice("colour_table")),
        Shown(_("Period table"), shown.code("period_table")),
        Shown(_("Special table"), shown.code("special_table")),
        Shown(_("Own special rate %"), shown.number("special_rate", 2)),
        Shown(_("Kind of income"), shown.code("income_kind")),
        Shown(_("30% ruling"), shown.code("ruling")),
    ),
    term="wage_tax_table",
)

INSURANCE = Kind(
    SocialInsurance,
    _("Employee insurances"),
    "circle-check",
    (
        Shown(_("Insured for WAO/WIA"), shown.yes_or_no("disability")),
        Shown(_("Insured for WW"), shown.yes_or_no("unemployment")),
        Shown(_("Insured for ZW"), shown.yes_or_no("sickness")),
        Shown(_("Influence on obligatory insurance"), shown.text("influence")),
        Shown(_("Code Zvw"), shown.text("care_code")),
        Shown(_("Income-related contribution Zvw"), shown.code("care_contribution")),
        Shown(_("Nature of employment"), shown.code("employment_nature")),
        Shown(_("Phase"), shown.code("phase")),
        Shown(_("Labour agreement"), shown.coded("agreement_code", "agreement")),
        Shown(_("Sector"), shown.coded("sector_code", "sector")),
        Shown(_("Risk group"), shown.coded("risk_group_code", "risk_group")),
        Shown(_("Wage-cost benefit"), shown.code("benefit_code")),
        Shown(_("Last period of the benefit"), _benefit_end),
    ),
    term="social_insurance",
)
