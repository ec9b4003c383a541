"""Teams, the clients that nobody looks after, and deputies."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import rights
from portal.accounts.assignment import assigned_to_nobody
from portal.accounts.fresh import fresh_sign_in_for_changes, fresh_sign_in_required
from portal.accounts.models import Deputy, TagRule, Team, TeamDebtor, TeamMember, User
from portal.accounts.roles import DEPUTISED, Capability, Role
from portal.administration.acts import (
    address,
    after,
    attempt,
    below_people,
    chosen_firm,
    end_of,
    found,
    managed_firm,
    managed_firms,
    person_of,
    posted,
    sections,
)
from portal.administration.forms import DeputyForm, MemberForm, TeamForm, colleagues
from portal.administration.people import say_errors
from portal.debtors.models import Debtor, DebtorTag
from portal.ui.tables import LinkColumn, NumberColumn, Table
from portal.ui.values import Crumb
from portal.ui.views import ScopedDetailView, ScopedListView


class TeamTable(Table):
    """One team a row."""

    caption = gettext_lazy("Teams")
    counted = ngettext_lazy("team", "teams")
    nothing = (
        gettext_lazy("No teams yet"),
        gettext_lazy("Make one below; whoever you put in it sees the clients that you give the team."),
    )

    name = LinkColumn("administration:team", verbose_name=gettext_lazy("Name"))
    people = NumberColumn(verbose_name=gettext_lazy("People"))
    given = NumberColumn(verbose_name=gettext_lazy("Clients by name"))
    tags = NumberColumn(verbose_name=gettext_lazy("Tags"))

    class Meta:
        model = Team
        fields: tuple[str, ...] = ()
        sequence = ("name", "people", "given", "tags")


@method_decorator(fresh_sign_in_for_changes, name="dispatch")
class TeamsView(ScopedListView):
    """The teams of one's firms."""

    model = Team
    capability = Capability.MANAGE_USERS
    table_class = TeamTable
    template_name = "administration/teams.html"
    heading = gettext_lazy("Teams")
    subtitle = gettext_lazy("People who look after the same clients, by name or by a tag in Nmbrs")

    def narrow(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """With their counts; of one firm where that was chosen."""
        firm = chosen_firm(self.request)
        if firm is not None:
            queryset = queryset.filter(firm=firm)
        counted: QuerySet[Any] = queryset.annotate(
            people=Count("members", distinct=True),
            given=Count("clients", distinct=True),
            tags=Count("rules", distinct=True),
        )
        return counted

    def get_breadcrumb(self) -> list[Crumb]:
        """Below people."""
        return below_people(Crumb(str(self.heading)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The other parts, and the form of a new team."""
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "sections": sections(self.request),
            "form": TeamForm(),
            "firms": managed_firms(self.request),
            "firm": chosen_firm(self.request),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """A new team."""
        form = TeamForm(request.POST)
        firm = managed_firm(request)
        if form.is_valid():
            change = lambda: rights.create_team(person_of(request), firm, form.cleaned_data["name"])  # noqa: E731
            attempt(request, change, _("The team is there. Put people and clients in it."))
        else:
            say_errors(request, form)
        return redirect(address("teams", firm, managed_firms(request)))


class TeamView(ScopedDetailView):
    """One team: its people, its clients and its tags."""

    model = Team
    capability = Capability.MANAGE_USERS
    template_name = "administration/team.html"

    def get_breadcrumb(self) -> list[Crumb]:
        """Below teams."""
        return below_people(Crumb(_("Teams"), reverse("administration:teams")), Crumb(self.object.name))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """All of it, with the forms that change it."""
        context = super().get_context_data(**kwargs)
        request, by, team = self.request, person_of(self.request), self.object
        clients = Debtor.objects.visible_to(by, Capability.MANAGE_USERS).filter(environment__firm_id=team.firm_id)
        tags = DebtorTag.objects.visible_to(by, Capability.MANAGE_USERS).filter(
            environment__firm_id=team.firm_id, valid_until__isnull=True
        )
        rules = list(team.rules.all())
        for rule in rules:
            rule.caught = tags.filter(text=rule.tag).count()
        known = {rule.tag for rule in rules}
        members = list(team.members.select_related("user").order_by("user__name"))
        return {
            "members": members,
            # Nobody removes a team that they are in: that changes what they see themselves.
            "removable": all(place.user_id != by.pk for place in members),
            "given": team.clients.select_related("debtor").order_by("debtor__name"),
            "rules": rules,
            "member_form": MemberForm(request=request, firm=team.firm),
            "name_form": TeamForm(initial={"name": team.name}),
            "clients": clients.exclude(pk__in=team.clients.values("debtor_id")),
            "tags": sorted(set(tags.exclude(text="").values_list("text", flat=True)) - known),
            **context,
        }


def team_of(request: HttpRequest, pk: int) -> Team:
    """The team, for somebody who manages its firm."""
    team: Team = found(Team.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("firm"), pk)
    return team


@require_POST
@fresh_sign_in_required
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    team, form = team_of(request, pk), TeamForm(request.POST)
    if form.is_valid():
        change = lambda: rights.rename_team(person_of(request), team, form.cleaned_data["name"])  # noqa: E731
        attempt(request, change, _("The team has a new name."))
    else:
        say_errors(request, form)
    return redirect("administration:team", pk)


@require_POST
@fresh_sign_in_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the team."""
    team = team_of(request, pk)
    attempt(request, lambda: rights.remove_team(person_of(request), team), _("The team was removed."))
    return redirect("administration:teams")


@require_POST
@fresh_sign_in_required
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Put somebody in the team."""
    team = team_of(request, pk)
    form = MemberForm(request.POST, request=request, firm=team.firm)
    if form.is_valid():
        given = form.cleaned_data
        ends = end_of(given["until"])
        change = lambda: rights.add_member(  # noqa: E731
            person_of(request), team, given["user"], Role(given["role"]), ends=ends
        )
        attempt(request, change, _("The team has one more."))
    else:
        say_errors(request, form)
    return redirect("administration:team", pk)


@require_POST
@fresh_sign_in_required
def remove_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody out of their team."""
    rows = TeamMember.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("team", "user")
    place: TeamMember = found(rows, pk)
    attempt(request, lambda: rights.remove_member(person_of(request), place), _("Taken out of the team."))
    return redirect("administration:team", place.team_id)


@require_POST
@fresh_sign_in_required
def give_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the team clients by name."""
    team = team_of(request, pk)
    chosen = _clients(request)
    attempt(request, lambda: rights.give_clients(person_of(request), team, chosen), _("The team has these clients."))
    return redirect("administration:team", pk)


@require_POST
@fresh_sign_in_required
def take_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a client from a team."""
    rows = TeamDebtor.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("team")
    given: TeamDebtor = found(rows, pk)
    attempt(request, lambda: rights.take_client(person_of(request), given), _("The client was taken from the team."))
    return redirect("administration:team", given.team_id)


@require_POST
@fresh_sign_in_required
def add_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a tag bring clients in; it has to be one that a client of the firm carries."""
    team, tag = team_of(request, pk), request.POST.get("tag", "").replace("\0", "")
    carried = DebtorTag.objects.visible_to(person_of(request), Capability.MANAGE_USERS).filter(
        environment__firm_id=team.firm_id, text=tag
    )
    if carried.exists():
        attempt(request, lambda: rights.add_rule(person_of(request), team, tag), _("The tag brings its clients in."))
    else:
        attempt(request, lambda: rights.add_rule(person_of(request), team, ""), "")
    return redirect("administration:team", pk)


@require_POST
@fresh_sign_in_required
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The tag brings nobody in any more."""
    rows = TagRule.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("team")
    rule: TagRule = found(rows, pk)
    attempt(request, lambda: rights.remove_rule(person_of(request), rule), _("The tag brings no clients in any more."))
    return redirect("administration:team", rule.team_id)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_for_changes
def unassigned(request: HttpRequest) -> HttpResponse:
    """The clients that nobody looks after, and giving several of them at once."""
    firm, by = managed_firm(request), person_of(request)
    clients = assigned_to_nobody(Debtor.objects.visible_to(by, Capability.MANAGE_USERS), firm)
    teams = Team.objects.visible_to(by, Capability.MANAGE_USERS).filter(firm=firm)
    people = colleagues(request, firm)
    if request.method == "POST":
        chosen = [pk for pk in _clients(request) if clients.filter(pk=pk).exists()]
        _hand_out(request, chosen, teams, people)
        return redirect(address("unassigned", firm, managed_firms(request)))
    context = {
        "heading": _("Clients of nobody"),
        "subtitle": _("Only administrators see these. A client that is new in Nmbrs begins here."),
        "breadcrumb": below_people(Crumb(_("Clients of nobody"))),
        "sections": sections(request),
        "clients": clients,
        "teams": teams,
        "people": people,
        "roles": [role for role in Role if role in DEPUTISED],
        "firm": firm,
    }
    return render(request, "administration/unassigned.html", context)


def _hand_out(request: HttpRequest, chosen: list[int], teams: "QuerySet[Any]", people: "QuerySet[User]") -> None:
    by, to = person_of(request), request.POST.get("to", "")
    kind, _sign, number = to.partition("-")
    done = ngettext("%(count)s client was given.", "%(count)s clients were given.", len(chosen)) % {
        "count": len(chosen)
    }
    if not number.isdecimal() or len(number) > 18 or not chosen:
        attempt(request, _nothing_chosen, "")
    elif kind == "team":
        team = found(teams, int(number))
        attempt(request, lambda: rights.give_clients(by, team, chosen), done)
    else:
        person, role = found(people, int(number)), request.POST.get("role", "")
        if role not in DEPUTISED:
            attempt(request, _nothing_chosen, "")
            return
        firm = managed_firm(request).pk
        attempt(
            request,
            lambda: [rights.give(by, person, rights.Place(firm, Role(role), pk)) for pk in chosen],
            done,
        )


def _nothing_chosen() -> None:
    raise rights.Refused(_("Choose clients, and who gets them."))


def _clients(request: HttpRequest) -> list[int]:
    """The clients named in the form that one manages; any other is as if it did not exist."""
    asked = [int(pk) for pk in request.POST.getlist("client") if pk.isdecimal() and len(pk) < 19]
    rows = Debtor.objects.visible_to(person_of(request), Capability.MANAGE_USERS).filter(pk__in=asked)
    return list(rows.values_list("pk", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_for_changes
def deputies(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom, and naming a deputy."""
    firm, by = managed_firm(request), person_of(request)
    form = DeputyForm(posted(request), request=request, firm=firm)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        ends = after(given["until"])
        change = lambda: rights.name_deputy(  # noqa: E731
            by, firm.pk, given["absent"], given["substitute"], ends=ends
        )
        if attempt(request, change, _("The deputy takes over.")):
            return redirect(address("deputies", firm, managed_firms(request)))
    rows = Deputy.objects.visible_to(by, Capability.MANAGE_USERS).filter(firm=firm)
    context = {
        "heading": _("Deputies"),
        "subtitle": _("Somebody takes over another's clients until a day; it ends by itself"),
        "breadcrumb": below_people(Crumb(_("Deputies"))),
        "sections": sections(request),
        "form": form,
        "rows": rows.with_standing().select_related("absent", "substitute").order_by("-ends"),
    }
    return render(request, "administration/deputies.html", context, status=422 if form.errors else 200)


@require_POST
@fresh_sign_in_required
def end_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """The deputy stands in no more."""
    rows = Deputy.objects.visible_to(person_of(request), Capability.MANAGE_USERS).select_related("substitute", "firm")
    row: Deputy = found(rows, pk)
    attempt(request, lambda: rights.end_deputy(person_of(request), row), _("The deputy stands in no more."))
    return redirect(address("deputies", row.firm, managed_firms(request)))
