"""Who may do what: the table of the code, as a page and as docs/access.md."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.roles import CAPABILITIES, FIRM_SWITCHES, SWITCHES, Capability, Role
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


@require_safe
def capabilities(request: HttpRequest) -> HttpResponse:
    """The page."""
    require(request, Capability.MANAGE_CLIENT_USERS)
    context = {
        "heading": _("Who may do what"),
        "breadcrumb": below_people(Crumb(_("Who may do what"))),
        "sections": sections(request),
        "roles": [role.label for role in Role],
        "lines": [(one.label, [cell(one, role) for role in Role]) for one in Capability],
    }
    return render(request, "administration/capabilities.html", context)


def as_markdown() -> str:
    """The same table for the documentation, in English."""
    words = {YES: "yes", NO: "–", SWITCH: "switch", FIRM_SWITCH: "switch, by the firm only"}
    lines = ["| | " + " | ".join(str(role.label) for role in Role) + " |", "|---" * (len(Role) + 1) + "|"]
    for capability in Capability:
        cells = " | ".join(words[cell(capability, role)] for role in Role)
        lines.append(f"| {capability.label} (`{capability.value}`) | {cells} |")
    return "\n".join(lines) + "\n"
