"""The audit trail as people may read it: through the one door, each firm its own."""

from typing import Any, ClassVar

from portal.accounts.scope import ScopePaths, scoped_manager
from portal.audit.models import Entry


class TrailEntry(Entry):
    """An entry with `visible_to`. Entries of no firm are seen by nobody on a page.

    Somebody with the right over single clients or companies sees the entries that are about those.
    """

    objects: ClassVar[Any] = scoped_manager()
    scope_paths = ScopePaths(firm="firm_id", debtor="debtor_id", company="company_id")

    class Meta:
        proxy = True
        # The room audit keeps the model's place in its migrations: this room then needs none for it.
        app_label = "audit"
        ordering = ["-number"]
