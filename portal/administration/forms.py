"""What is posted about people and access. Every choice comes through the door; what is not a field changes nothing."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Firm, Membership, Team, TeamMember
from portal.accounts.models.terms import not_over
from portal.accounts.people import managed_by
from portal.accounts.rights import Place
from portal.accounts.roles import DEPUTISED, SWITCHES, TEAM_ROLES, Capability, Role
from portal.administration.acts import managed_firms, person_of
from portal.clock import today
from portal.companies.models import Company
from portal.debtors.asked import FIRST_YEAR, LAST_YEAR
from portal.debtors.models import Debtor
from portal.employees.models import Employee

_CONTROL = {"class": "form-control"}
_SELECT = {"class": "form-select"}
#: What a list of choices begins with: where something has to be chosen, and where nothing may be.
_CHOOSE = gettext_lazy("Choose")
_NONE = gettext_lazy("none")


def of_these_times(day: date) -> None:
    """Refuse a day from which no moment can be computed: a year with a digit too few or too many."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        said = _("Enter a day from %(first)s to %(last)s.")
        raise forms.ValidationError(said % {"first": FIRST_YEAR, "last": LAST_YEAR})


class UntilField(forms.DateField):
    """A last day, which may be left open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Until and including"))
        kwargs.setdefault("required", False)
        widget = forms.DateInput(format="%Y-%m-%d", attrs={**_CONTROL, "type": "date"})
        super().__init__(*args, widget=widget, input_formats=["%Y-%m-%d"], validators=[of_these_times], **kwargs)

    def clean(self, value: Any) -> Any:
        """A day that is not over."""
        day = super().clean(value)
        if day is not None and day < today():
            raise forms.ValidationError(_("This day is over."))
        return day


class PlaceForm(forms.Form):
    """A role, and what it is for: nothing chosen is the whole firm."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.Select(attrs=_SELECT))
    debtor: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Client"), required=False, widget=forms.Select(attrs=_SELECT)
    )
    company: Any = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Only this company"),
        required=False,
        widget=forms.Select(attrs=_SELECT),
    )
    firm = forms.ChoiceField(label=gettext_lazy("Firm"), required=False, widget=forms.Select(attrs=_SELECT))
    until = UntilField()

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = person_of(request)
        self.firms = managed_firms(request)
        roles = list(Role) if self.firms else [Role.CLIENT_USER]
        fields: dict[str, Any] = self.fields
        fields["role"].choices = [(role.value, role.label) for role in roles]
        # Never the first of the list, which may do everything.
        fields["role"].initial = Role.ACCOUNTANT if self.firms else Role.CLIENT_USER
        clients = Debtor.objects.visible_to(person, Capability.MANAGE_CLIENT_USERS).select_related("environment")
        companies = Company.objects.visible_to(person, Capability.MANAGE_CLIENT_USERS)
        fields["debtor"].queryset = clients
        fields["company"].queryset = companies.select_related("environment", "debtor")
        fields["firm"].choices = [(str(firm.pk), firm.name) for firm in self.firms]
        fields["firm"].help_text = _("Whose clients these are, or which firm as a whole.")
        if len(self.firms) < 2:
            del fields["firm"]
        fields["debtor"].empty_label = _("the whole firm") if self.firms else None
        fields["company"].empty_label = _("all its companies")
        fields["debtor"].required = not self.firms

    def clean(self) -> dict[str, Any]:
        """A company of the client."""
        cleaned = super().clean() or self.cleaned_data
        company, debtor = cleaned.get("company"), cleaned.get("debtor")
        if company is not None and debtor is not None and company.debtor_id != debtor.pk:
            self.add_error("company", _("This company belongs to another client."))
        row, firm = company or debtor, cleaned.get("firm")
        if firm and row is not None and str(row.environment.firm_id) != firm:
            self.add_error("firm", _("This client belongs to another firm."))
        return cleaned

    def place(self) -> Place:
        """What was chosen."""
        role, company, debtor = (self.cleaned_data[name] for name in ("role", "company", "debtor"))
        row = company or debtor
        firm = row.environment.firm_id if row is not None else int(self.cleaned_data.get("firm") or self.firms[0].pk)
        if company is not None:
            return Place(firm, Role(role), company=company.pk)
        return Place(firm, Role(role), debtor.pk if debtor is not None else None)


class InvitationForm(PlaceForm):
    """Whom to invite, and to what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs=_CONTROL)
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs=_CONTROL))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"),
        choices=[("nl", "Nederlands"), ("en", "English")],
        widget=forms.Select(attrs=_SELECT),
    )
    team: Any = forms.ModelChoiceField(
        None,
        label=gettext_lazy("In this team instead"),
        required=False,
        widget=forms.Select(attrs=_SELECT),
    )
    field_order = ("email", "name", "language", "firm", "role", "debtor", "company", "team", "until")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = Team.objects.visible_to(person_of(request), Capability.MANAGE_USERS)
        fields["team"].empty_label = _("no team")
        if not self.firms:
            del fields["team"]

    def clean(self) -> dict[str, Any]:
        """A team takes the place of a client."""
        cleaned = super().clean()
        if cleaned.get("team") and (cleaned.get("debtor") or cleaned.get("company")):
            self.add_error("team", _("Choose either a team or a client."))
        team, firm = cleaned.get("team"), cleaned.get("firm")
        if firm and team is not None and str(team.firm_id) != firm:
            self.add_error("firm", _("This team belongs to another firm."))
        return cleaned

    def place(self) -> Place:
        """What was chosen; a team names its firm."""
        team = self.cleaned_data.get("team")
        return Place(team.firm_id, Role(self.cleaned_data["role"])) if team else super().place()


class SwitchForm(forms.Form):
    """One switch of one membership."""

    capability = forms.ChoiceField(choices=[(one.value, one.label) for one in Capability if one in SWITCHES])
    on = forms.BooleanField(required=False)


class TermForm(forms.Form):
    """Until when a membership counts."""

    until = UntilField()


class TeamForm(forms.Form):
    """The name of a team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, widget=forms.TextInput(attrs=_CONTROL))


class MemberForm(forms.Form):
    """Somebody for a team."""

    user: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Person"), empty_label=_CHOOSE, widget=forms.Select(attrs=_SELECT)
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(role.value, role.label) for role in Role if role in TEAM_ROLES],
        widget=forms.Select(attrs=_SELECT),
    )
    until = UntilField()

    def __init__(self, *args: Any, request: HttpRequest, firm: Firm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = colleagues(request, firm)  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    """Who stands in for whom."""

    absent: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Who is away"), empty_label=_CHOOSE, widget=forms.Select(attrs=_SELECT)
    )
    substitute: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Who stands in"), empty_label=_CHOOSE, widget=forms.Select(attrs=_SELECT)
    )
    until = UntilField(required=True)

    def __init__(self, *args: Any, request: HttpRequest, firm: Firm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("absent", "substitute"):
            self.fields[name].queryset = colleagues(request, firm)  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Access that somebody asks for, at one of the firms where they look after clients."""

    firm = forms.ChoiceField(label=gettext_lazy("Firm"), widget=forms.Select(attrs=_SELECT))
    client = forms.CharField(
        label=gettext_lazy("Client"),
        max_length=255,
        help_text=gettext_lazy("Name or number. An administrator looks it up."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you need it"), max_length=255, widget=forms.TextInput(attrs=_CONTROL)
    )
    until = UntilField(required=True)

    def __init__(self, *args: Any, firms: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firms = firms
        fields: dict[str, Any] = self.fields
        fields["firm"].choices = [(str(pk), name) for pk, name in firms.items()]
        if len(firms) < 2:
            del fields["firm"]

    @property
    def chosen(self) -> int:
        """The firm that is asked. Only of a valid form with a firm to choose."""
        return int(self.cleaned_data.get("firm") or next(iter(self.firms)))


class WhyForm(forms.Form):
    """About whom and what somebody asks why. An employee comes by a link of their page, or by name within a client."""

    user: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Person"), empty_label=_CHOOSE, widget=forms.Select(attrs=_SELECT)
    )
    debtor: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Client"), required=False, empty_label=_NONE, widget=forms.Select(attrs=_SELECT)
    )
    company: Any = forms.ModelChoiceField(
        None, label=gettext_lazy("Company"), required=False, empty_label=_NONE, widget=forms.Select(attrs=_SELECT)
    )
    name = forms.CharField(
        label=gettext_lazy("Employee"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Name or number, beside the client or company. Empty: the client or company itself."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    employee: Any = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = person_of(request)
        fields: dict[str, Any] = self.fields
        fields["user"].queryset = managed_by(person).order_by("name")
        for name, model in (("debtor", Debtor), ("company", Company)):
            fields[name].queryset = model.objects.visible_to(person, Capability.MANAGE_USERS).select_related(
                "environment"
            )
        people = Employee.objects.visible_to(person, Capability.MANAGE_USERS)
        self.people = people.select_related("company__environment", "company__debtor")
        fields["employee"].queryset = self.people

    @property
    def linked(self) -> Employee | None:
        """The employee that a link named."""
        asked = str(self["employee"].value() or "")
        found: Employee | None = None
        if asked.isdecimal() and len(asked) < 19:
            found = self.people.filter(pk=int(asked)).first()
        return found

    def clean(self) -> dict[str, Any]:
        """One of the three is enough; a name is looked for within the client or company."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name"):
            cleaned["employee"] = self._named(cleaned)
        elif not any(cleaned.get(name) for name in ("debtor", "company", "employee")):
            self.add_error("debtor", _("Choose a client or a company."))
        return cleaned

    def _named(self, cleaned: dict[str, Any]) -> Employee | None:
        company, debtor, asked = cleaned.get("company"), cleaned.get("debtor"), cleaned["name"].strip()
        if company is None and debtor is None:
            self.add_error("name", _("Choose the client or company too."))
            return None
        within = self.people.filter(company=company) if company else self.people.filter(company__debtor=debtor)
        wanted = Q(display_name__icontains=asked)
        if asked.isdecimal() and len(asked) < 10:
            wanted |= Q(number=int(asked))
        found = list(within.filter(wanted).order_by("pk")[:2])
        if len(found) == 1:
            employee: Employee = found[0]
            return employee
        several = _("Several people are called that. Type the number, and choose the company.")
        self.add_error("name", several if found else _("There is nobody of that name or number here."))
        return None


def colleagues(request: HttpRequest, firm: Firm) -> Any:
    """The people of the office of this firm, which the person manages."""
    by = person_of(request)
    staff = managed_by(by).filter(is_active=True)
    own = Membership.objects.filter(not_over(), firm=firm, role__in=[*DEPUTISED, Role.ADMINISTRATOR, Role.AUDITOR])
    in_teams = TeamMember.objects.visible_to(by, Capability.MANAGE_USERS).filter(not_over(), team__firm=firm)
    placed = Q(pk__in=own.values("user_id")) | Q(pk__in=in_teams.values("user_id"))
    return staff.filter(placed).order_by("name", "pk")
