"""Payroll words that pages use without saying what they mean, each with one or two plain sentences.

A word that stays Dutch in payroll has its Dutch name in the English sentence. Figures of law are not here: they change.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TERMS: "dict[str, _StrPromise]" = {
    # Periods, runs and what follows from them
    "period": _(
        "The pay period that the company works on now. M is a month, 4W four weeks, W a week: the numbers of companies "
        "with other lengths cannot be compared."
    ),
    "run": _(
        "A payroll run (verloning) works out what everybody is paid over a period. Once it is final the payslips can "
        "go out; what changes later is settled in another run."
    ),
    "run_request": _("A request in Nmbrs to make the run of a period, because everything for it has been entered."),
    "wage_tax_return": _(
        "The wage-tax return (loonaangifte) tells the tax office what was paid and withheld. It is sent and paid "
        "within a month after the return period."
    ),
    "return_period": _(
        "The period that one wage-tax return is about (loonaangiftetijdvak). It need not be the pay period: who pays "
        "by the week sends a return by the month or by four weeks."
    ),
    "pension_return": _("What is reported to the pension fund after a run. Each fund has last days of its own."),
    "journal": _("The bookkeeping entry of a run (journaalpost): what it books on which account, debit and credit."),
    "one_off": _(
        "An amount that is there on one side only and in none of the periods around it, such as holiday pay or a bonus."
    ),
    "retroactive": _(
        "Came in after the day from which it counts (terugwerkende kracht, TWK). What was paid since then may have to "
        "be corrected."
    ),
    # People and money
    "head_count": _("The people with an employment on the day. Everybody counts as one, whatever the hours."),
    "joiner": _("People whose employment began in the period."),
    "leaver": _("People whose last day of employment lies in the period."),
    "contract_wage": _(
        "The gross salary that was agreed, for the hours that were agreed, brought to a month. It is not what a run "
        "came to."
    ),
    "wage_cost": _(
        "What employing people came to for the employer: wages with the premiums on top, as the journals of the runs "
        "book them."
    ),
    "part_time": _("The agreed hours as a part of a full week: with 40 hours a week, 32 hours are 80%."),
    "cost_centre": _(
        "The part of a company that wages are booked on (kostenplaats). A person can be divided over several."
    ),
    "wage_code": _(
        "The number of a wage component (looncode): it says what an amount is, such as salary, overtime or a deduction."
    ),
    "hour_code": _("The number of a kind of hours (uurcode), such as worked, overtime or leave."),
    "fixed_component": _("Comes back in every period until it is ended."),
    "variable_component": _("Counts in one period only."),
    "wage_tax_table": _(
        "Settings for the wage tax: which table it is read from (white for wages, green for benefits and pensions), by "
        "which length of period, and whether the tax credit (loonheffingskorting) is applied here."
    ),
    "social_insurance": _(
        "The insurances of employees by law (SVW): WW for unemployment, ZW for sickness, WAO and WIA for disability."
    ),
    "labour_agreement": _("The collective labour agreement (cao): what employers and unions agreed for a whole trade."),
    "work_costs": _(
        "What employees get free of tax (werkkostenregeling, WKR). It has to fit into the free space, a part of the "
        "wage sum; over what is more the employer pays a levy."
    ),
    # What is known, and since when
    "as_of": _("What was in force on this day, by what is known now."),
    "known_on": _("Only what had come in by the end of this day: what a run of that day saw."),
    "known_since": _("Nmbrs gives no dates for this. It is the day on which the portal first saw it."),
    "freshness": _("How long ago the oldest part of this was read from Nmbrs, and whether the last attempt succeeded."),
    "hold": _(
        "An answer of Nmbrs in which far more was gone than usual. The old data stays until somebody decides about it."
    ),
    "quarantine": _(
        "Records that could not be read or do not belong to anything known here. They are not in the figures until "
        "they are put right in Nmbrs."
    ),
}


def explanation(term: str) -> "_StrPromise":
    """What the term means. Raises LookupError for one that is not explained here."""
    return TERMS[term]
