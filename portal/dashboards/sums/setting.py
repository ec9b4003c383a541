"""The accounts of wage cost of an office: an administrator's setting, which every wage cost follows."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.models import Firm, User
from portal.accounts.roles import Capability
from portal.audit.kinds import Kind
from portal.audit.recording import record
from portal.companies import recounting
from portal.companies.booked import USUAL_ACCOUNTS, CostRule, rule_of
from portal.companies.models import CostAccounts
from portal.dashboards.settings_of_firm import address, chosen, firms_of, person_of
from portal.ui import formats
from portal.ui.overtaken import OvertakenMixin
from portal.ui.values import Crumb

_PAGE = "dashboards:cost_accounts"
#: So many beginnings of so many characters; more would be a list of single accounts.
MOST, LONGEST = 30, 20
_BEGINNING = re.compile(rf"[A-Za-z0-9][A-Za-z0-9./_-]{{0,{LONGEST - 1}}}")


class AccountsForm(OvertakenMixin, forms.Form):
    """How the numbers of the accounts begin, with commas between them."""

    accounts = forms.CharField(
        label=gettext_lazy("Account numbers begin with"),
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter at least one beginning, for instance 4.")},
    )

    def clean_accounts(self) -> str:
        """The beginnings, each once; one that begins with another of them says nothing more."""
        given = list(filter(None, re.split(r"[\s,;]+", self.cleaned_data["accounts"])))
        if not given:
            raise forms.ValidationError(self.fields["accounts"].error_messages["required"])
        for one in given:
            if not _BEGINNING.fullmatch(one):
                said = _(
                    "“%(one)s” is no beginning of an account number. Enter letters and digits, at most %(longest)s, "
                    "with a comma between two beginnings, for instance 4, WPer."
                )
                raise forms.ValidationError(said % {"one": one[:LONGEST], "longest": LONGEST})
        found = [one for at, one in enumerate(given) if not _is_covered(one, at, given)]
        if len(found) > MOST:
            said = _("Enter at most %(most)s beginnings. What all of them share, such as 4, is enough.")
            raise forms.ValidationError(said % {"most": MOST})
        return written(found)


def written(accounts: "tuple[str, ...] | list[str]") -> str:
    """As people write them: 4, WPer."""
    return ", ".join(accounts)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_accounts(request: HttpRequest) -> HttpResponse:
    """What is in force for a firm, and changing it."""
    user = person_of(request)
    firms = firms_of(user)
    firm = chosen(request, firms)
    rule = rule_of(firm=firm)
    given = request.POST if request.method == "POST" else None
    form = AccountsForm(given, initial={"accounts": written(rule.accounts)})
    if given is not None and form.is_valid():
        _change(request, user, firm, rule, form.cleaned_data["accounts"])
        return redirect(address(_PAGE, firm, firms))
    context = {
        "heading": _("Accounts of wage cost"),
        "subtitle": firm.name,
        "breadcrumb": [Crumb(_("Accounts of wage cost"))],
        "form": form,
        "recounting": rule.recounting,
        "firms": [(one.name, address(_PAGE, one, firms), one == firm) for one in firms] if len(firms) > 1 else [],
        "usual": _("Without a choice of the office: %(accounts)s.") % {"accounts": formats.any_of(USUAL_ACCOUNTS)},
    }
    return render(request, "dashboards/sums/accounts.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, user: User, firm: Firm, rule: CostRule, accounts: str) -> None:
    if accounts == written(rule.accounts):
        messages.success(request, _("These were the accounts already."))
        return
    _keep(user, firm, accounts)
    recounting.begin(firm.pk)
    if rule_of(firm=firm).recounting:
        text = _("The accounts were stored. Wage cost is being worked out anew and is not shown until that has ended.")
    else:
        text = _("The accounts were stored, and every wage cost was worked out anew.")
    messages.success(request, text)


@transaction.atomic
def _keep(user: User, firm: Firm, accounts: str) -> None:
    """Store the accounts, and write it down."""
    own: Any = CostAccounts.objects.visible_to(user, Capability.MANAGE_SETTINGS)
    beginnings = " ".join(accounts.split(", "))
    kept, made = own.get_or_create(firm=firm, defaults={"beginnings": beginnings, "recounting": True})
    if not made:
        own.filter(pk=kept.pk).update(beginnings=beginnings, recounting=True, version=F("version") + 1)
    record(Kind.SETTINGS_CHANGED, kept, detail={"kind": "cost_accounts", "fields": ["accounts"]})


def _is_covered(one: str, at: int, all_of_them: list[str]) -> bool:
    """Whether another one begins it, or it stands there before; the case of letters makes no difference."""
    word = one.casefold()
    return any(
        word.startswith(other.casefold()) and (word != other.casefold() or place < at)
        for place, other in enumerate(all_of_them)
        if place != at
    )
