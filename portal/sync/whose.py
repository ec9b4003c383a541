"""Whose something is, in a list: with a link to the client's page, for who sees the client."""

from collections.abc import Container
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.sync import live
from portal.ui import markup

if TYPE_CHECKING:
    from portal.mirror.models import Quarantine
    from portal.sync.models import SyncRun


def whose(record: "SyncRun | Quarantine", clients: Container[int] | None) -> SafeString:
    """The company with its client, the client, or the environment. `clients`: those that the reader sees as a whole,
    None: all; who sees a company by itself reads nothing of its client.
    """
    if record.debtor is None:
        return markup.words(live.name_of(record.environment))
    if clients is not None and record.debtor_id not in clients:
        if record.company is None:
            raise ValueError("What is about a client as a whole was read by somebody who does not see the client.")
        address = reverse("companies:company", args=[record.company_id])
        return format_html('<a href="{}">{}</a>', address, live.name_of(record.company))
    address = reverse("dashboards:debtor", args=[record.debtor_id])
    name = live.name_with_client(record.company, record.debtor) if record.company else str(record.debtor)
    return format_html('<a href="{}">{}</a>', address, name)
