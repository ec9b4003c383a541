"""Who may do what: the table of the code, as a page and as docs/access.md."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.roles import CAPABILITIES, FIRM_SWITCHES, LATER, SWITCHES, Capability, Later, Role
from portal.administration.acts import below_people, require, sections
from portal.ui.values import Crumb

YES, NO, SWITCH, FIRM_SWITCH = "yes", "no", "switch", "firm"


def cell(capability: Capability, role: Role) -> str:
    """Whether the role has it: by itself, not at all, or switched on for one person."""
    if capability in CAPABILITIES[role]:
        return YES
    if role != Role.CLIENT_USER or capability not in SWITCHES:
        return NO
    return FIRM_SWITCH if capability in FIRM_SWITCHES else SWITCH


def later_cell(one: Later, role: Role) -> str:
    """The same of what nobody has yet: who is to have it."""
    if role in one.roles:
        return YES
    return SWITCH if one.is_switch and role == Role.CLIENT_USER else NO


@require_safe
def capabilities(request: HttpRequest) -> HttpResponse:
    """The page."""
    require(request, Capability.MANAGE_CLIENT_USERS)
    context = {
        "heading": _("Who may do what"),
        "breadcrumb": below_people(Crumb(_("Who may do what"))),
        "sections": sections(request),
        **of_today(),
        "later": [(one.label, [later_cell(one, role) for role in Role]) for one in LATER.values()],
    }
    return render(request, "administration/capabilities.html", context)


def of_today() -> dict[str, Any]:
    """The roles, and the lines of what each may do now."""
    return {
        "roles": [role.label for role in Role],
        "lines": [(one.label, [cell(one, role) for role in Role]) for one in Capability],
    }


def as_markdown() -> str:
    """The same table for the documentation, in English."""
    return _markdown([(one.label, one.value, [cell(one, role) for role in Role]) for one in Capability])


def later_as_markdown() -> str:
    """The table of what waits for a later feature."""
    return _markdown([(one.label, name, [later_cell(one, role) for role in Role]) for name, one in LATER.items()])


def _markdown(rows: Iterable[tuple[object, str, list[str]]]) -> str:
    words = {YES: "yes", NO: "–", SWITCH: "switch", FIRM_SWITCH: "switch, by the firm only"}
    lines = ["| | " + " | ".join(str(role.label) for role in Role) + " |", "|---" * (len(Role) + 1) + "|"]
    for label, name, cells in rows:
        lines.append(f"| {label} (`{name}`) | {' | '.join(words[one] for one in cells)} |")
    return "\n".join(lines) + "\n"
