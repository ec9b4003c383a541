"""How the Dutch texts address their reader: people of clients with "u", staff with "je" (look.md section 3).

What both read says "u". Pages and mails that only staff get are those that no line of READ_BY_CLIENTS names.
"""

import re

import pytest

from portal.ui import catalogue

FORMAL = re.compile(r"\b(u|uw|uwe|uzelf)\b", re.IGNORECASE)
FAMILIAR = re.compile(r"\b(je|jij|jou|jouw|jezelf|jullie)\b", re.IGNORECASE)

#: Beginnings of the places whose texts people of clients may read, of those that address anybody.
READ_BY_CLIENTS = (
    # Signing in, invitations, one's own account, and the pages of errors.
    "portal/accounts/invitation",
    "portal/accounts/signin/",
    "portal/accounts/unsent.py",
    "templates/account/",
    "templates/accounts/",
    "templates/mfa/",
    "templates/4",
    "templates/5",
    "templates/ui/full_disk.html",
    "templates/ui/updating.html",
    # One's own access: anybody's page, although only staff ask for more on it.
    "portal/accounts/rights/closings.py",
    "portal/accounts/rights/people.py",
    "portal/accounts/rights/requests.py",
    "portal/administration/forms.py",
    "portal/administration/requests.py",
    "templates/administration/mine.html",
    # A client administrator has the page of somebody of the own organisation.
    "templates/administration/person.html",
    # The client's own pages, and those that they share with the office.
    "portal/companies/tiles.py",
    "portal/dashboards/sums/cost_panel.py",
    "portal/deadlines/address_views.py",
    "portal/deadlines/certainty.py",
    "portal/selfservice/",
    "templates/deadlines/address",
    "templates/deadlines/what_check_means.html",
    "templates/employees/",
    "templates/search/",
    "templates/ui/breadcrumb.html",
    # Lists: columns, saved views, files.
    "portal/ui/empty.py",
    "portal/ui/exports/",
    "portal/ui/filtering.py",
    "portal/ui/models/files.py",
    "portal/ui/saved/",
    "portal/ui/tools.py",
    "templates/ui/export_progress.html",
    "templates/ui/tools.html",
)

#: What only staff are told on one of those pages, apart from what it says to others.
STAFF_ALONE = {
    # By the button to look as that person, which administrators of an office have.
    "You see what they see for half an hour at most, and change nothing. It is in the audit trail with both names.",
}


def addressing() -> list[tuple[str, str, list[str]]]:
    """English, Dutch and places of every message that addresses its reader."""
    found = []
    for message in catalogue.load(catalogue.po_path()):
        english = message.id if isinstance(message.id, str) else message.id[0]
        dutch = message.string if isinstance(message.string, str) else " / ".join(message.string)
        if english and (FORMAL.search(dutch) or FAMILIAR.search(dutch)):
            found.append((english, dutch, [place for place, _line in message.locations]))
    return found


def test_texts_that_clients_read_say_u_and_texts_for_staff_alone_say_je() -> None:
    messages = addressing()
    assert len(messages) > 200
    wrong = []
    for english, dutch, places in messages:
        for_clients = english not in STAFF_ALONE and any(place.startswith(READ_BY_CLIENTS) for place in places)
        if (FAMILIAR if for_clients else FORMAL).search(dutch):
            wrong.append(f"{'u' if for_clients else 'je'}: {dutch} ({', '.join(places)})")
    assert wrong == []


@pytest.mark.parametrize("beginning", READ_BY_CLIENTS)
def test_the_list_of_places_names_none_that_is_gone(beginning: str) -> None:
    assert any(place.startswith(beginning) for _english, _dutch, places in addressing() for place in places)
