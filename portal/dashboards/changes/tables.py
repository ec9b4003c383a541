"""The tables of changes: clients with their newest ones, and all of one client."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.accounts.models import User
from portal.connections.wording import by_reader
from portal.dashboards.changes.looks import of_people
from portal.dashboards.changes.rows import Group, fill
from portal.dashboards.changes.told import Told, tell
from portal.mirror.models import Change
from portal.ui import markup, reading
from portal.ui.exports import asking
from portal.ui.tables import DayColumn, MomentColumn, Table, TextColumn


class GroupTable(Table):
    """One client a row, drawn as a box with its newest changes. Rows are `rows.Group`.

    `condition` and `since`: what is read into the groups of this page; `filters`: the names of what was asked.
    `request` and `page`: what their boxes need.
    """

    caption = gettext_lazy("Changes")
    counted = by_reader(ngettext_lazy("client", "clients"), ngettext_lazy("organisation", "organisations"))
    choosable = False

    name = TextColumn()

    class Meta:
        template_name = "dashboards/changes/groups.html"
        orderable = False

    def __init__(
        self,
        *args: Any,
        user: User,
        condition: Q,
        since: Any,
        box: dict[str, Any],
        filters: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.user, self.condition, self.since, self.box, self.filters = user, condition, since, box, filters
        super().__init__(*args, **kwargs)

    @property
    def counted_words(self) -> str:
        """Clients, in the number that fits."""
        one, other = ngettext_lazy("client", "clients"), ngettext_lazy("organisation", "organisations")
        return str(by_reader(one % self.row_count, other % self.row_count))

    def before_render(self, request: HttpRequest) -> None:
        """Read the changes of the clients of this page only, and write down that they are looked at."""
        shown = [row.record for row in self.paginated_rows]
        fill(self.user, shown, self.condition, self.since)
        reading.note_kinds(of_people(one for group in shown for one in group.rows), self.filters)

    def render_name(self, record: Group) -> SafeString:
        """The box."""
        return render_to_string("dashboards/changes/group.html", {"group": record, **self.box})


class ChangeTable(Table):
    """One change a row, newest first. Rows are Change, from `rows.of_client`."""

    caption = gettext_lazy("Changes")
    counted = ngettext_lazy("log entry", "log entries")

    learned = MomentColumn(accessor="learned_at", verbose_name=gettext_lazy("Learned"))
    whose = TextColumn(accessor="pk", verbose_name=gettext_lazy("Whose"), orderable=False)
    company = TextColumn(accessor="company", verbose_name=gettext_lazy("Company"), order_by=("company__name", "pk"))
    kind = TextColumn(accessor="resource", verbose_name=gettext_lazy("Kind of record"), orderable=False)
    what = TextColumn(accessor="kind", verbose_name=gettext_lazy("Record was"), orderable=False)
    change = TextColumn(accessor="field", verbose_name=gettext_lazy("What changed"), orderable=False)
    effective = DayColumn(accessor="effective", verbose_name=gettext_lazy("Takes effect"))

    class Meta:
        order_by_field = "sort"

    def __init__(self, *args: Any, user: User, filters: Collection[str] = (), **kwargs: Any) -> None:
        self.user, self.filters = user, filters
        self.told: dict[int, Told] = {}
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Put the changes of this page only into words, and write down that they are looked at.

        A file of them is written down as a whole where it is made.
        """
        rows = [row.record for row in self.paginated_rows]
        self.told = {one.change.pk: one for one in tell(self.user, rows)}
        if not asking.for_file(request):
            reading.note_kinds(of_people(self.told.values()), self.filters)

    def render_whose(self, record: Change) -> SafeString:
        """The person with a link to their page, else the record."""
        one = self.told[record.pk]
        if not one.url:
            return markup.words(one.whose)
        return format_html('<a href="{}">{}</a>', one.url, one.whose)

    def render_kind(self, record: Change) -> str:
        """The kind of record."""
        return self.told[record.pk].kind

    def render_what(self, record: Change) -> str:
        """Whether it was added, changed or removed."""
        return self.told[record.pk].happened

    def render_change(self, record: Change) -> SafeString:
        """The field, from what to what."""
        return render_to_string("dashboards/changes/change.html", {"one": self.told[record.pk]})
