"""The tables of the Sync pages."""

from collections.abc import Container
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from portal.sync import figures, live, messages
from portal.sync.health import EnvironmentHealth
from portal.sync.models import Status as RunStatus
from portal.sync.models import SyncPlan, SyncRun
from portal.sync.problems import Group, add_facts
from portal.sync.whose import whose
from portal.ui import formats, markup
from portal.ui.tables import MomentColumn, NumberColumn, StatusColumn, Table, TextColumn
from portal.ui.values import Level, Status

RIGHT = {"th": {"class": "ui-right"}, "td": {"class": "ui-right"}}
ONE_LINE = {"td": {"class": "text-nowrap"}}
SENTENCE = {"td": {"class": "ui-sentence"}}
#: Rows that are told in sentences: a list that reads as well on a phone.
ITEMS = "sync/items.html"


class ProblemTable(Table):
    """What is not up to date, one item a client, kind and problem. Rows are `problems.Group`."""

    caption = gettext_lazy("What is not up to date")
    counted = ngettext_lazy("problem", "problems")
    choosable = False

    whose = TextColumn(accessor="client")
    kind = TextColumn()
    status = StatusColumn()
    words = TextColumn(accessor="resource")

    class Meta:
        template_name = ITEMS
        orderable = False

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Look up the details of the rows of this page only."""
        add_facts(self.user, [row.record for row in self.paginated_rows])

    def render_whose(self, record: Group) -> SafeString:
        """The client with a link to its page; what is about the whole environment has none."""
        if record.debtor_id is None or not record.debtor_name:
            return markup.words(record.client)
        return format_html('<a href="{}">{}</a>', reverse("dashboards:debtor", args=[record.debtor_id]), record.client)

    def render_kind(self, record: Group) -> str:
        """The kind of record and, where it is more than one, of how many companies."""
        kind = messages.sentence(record.kind)
        if record.companies < 2:
            return kind
        return _("%(kind)s of %(count)s companies") % {"kind": kind, "count": formats.number(record.companies)}

    def render_words(self, record: Group) -> SafeString:
        """What happened first, the rest below it."""
        return sentences(record.lines)


class PlanTable(Table):
    """Syncs, the last one first. Counts come from one query over the plans of the page."""

    caption = gettext_lazy("Recent syncs")
    counted = ngettext_lazy("sync", "syncs")

    created = MomentColumn(verbose_name=gettext_lazy("Started"))
    what = TextColumn(verbose_name=gettext_lazy("What"), accessor="pk", orderable=False, attrs=SENTENCE)
    why = TextColumn(verbose_name=gettext_lazy("Why"), accessor="trigger", orderable=False, attrs=ONE_LINE)
    outcome = StatusColumn(verbose_name=gettext_lazy("Outcome"), accessor="pk", orderable=False)
    parts = NumberColumn(verbose_name=gettext_lazy("Parts"), accessor="pk", orderable=False)
    changes = TextColumn(verbose_name=gettext_lazy("Records"), accessor="pk", orderable=False, attrs=ONE_LINE)
    calls = NumberColumn(verbose_name=gettext_lazy("Calls"), accessor="pk", orderable=False)
    length = NumberColumn(verbose_name=gettext_lazy("Duration"), accessor="pk", orderable=False)

    class Meta:
        model = SyncPlan
        fields: tuple[str, ...] = ()
        order_by_field = "sort"
        sequence = ("created", "what", "why", "outcome", "parts", "changes", "calls", "length")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        self.figures: dict[int, figures.Figures] = {}
        super().__init__(*args, **kwargs)

    def before_render(self, request: HttpRequest) -> None:
        """Count the runs of the plans of this page only."""
        self.figures = figures.of_plans(self.user, [row.record.pk for row in self.paginated_rows])

    def of(self, plan: SyncPlan) -> figures.Figures:
        """The counts of a plan."""
        return self.figures.get(plan.pk, figures.NONE_YET)

    def render_created(self, record: SyncPlan) -> SafeString:
        """When it was asked for, with a link to its page."""
        return format_html('<a href="{}">{}</a>', reverse("sync:plan", args=[record.pk]), markup.moment(record.created))

    def render_what(self, record: SyncPlan) -> str:
        """What it brings up to date."""
        return live.title(record)

    def render_why(self, record: SyncPlan) -> str:
        """Who or what started it."""
        return messages.started(record.trigger, str(record.requested_by or ""))

    def render_outcome(self, record: SyncPlan) -> SafeString:
        """How far it is, or how it ended."""
        return markup.status(figures.standing(record, self.of(record)))

    def render_parts(self, record: SyncPlan) -> SafeString:
        """Done of all."""
        counted = self.of(record)
        done, total = markup.number(counted.done), markup.number(counted.total)
        return format_html('<span class="text-nowrap">{} / {}</span>', done, total)

    def render_changes(self, record: SyncPlan) -> str:
        """What it changed here."""
        return self.of(record).counts

    def render_calls(self, record: SyncPlan) -> SafeString:
        """Calls to Nmbrs."""
        return markup.number(self.of(record).calls)

    def render_length(self, record: SyncPlan) -> str:
        """How long it took; nothing while it goes on."""
        return figures.length_words(figures.length(record, self.of(record)))


class ResourceTable(Table):
    """One plan by kind of record. Rows are dicts of figures with their kind."""

    caption = gettext_lazy("By kind of record")
    counted = ngettext_lazy("kind", "kinds")

    kind = TextColumn(verbose_name=gettext_lazy("Kind of record"))
    parts = TextColumn(
        verbose_name=gettext_lazy("Parts"), attrs={"th": {"class": "ui-right"}, "td": {"class": "ui-right"}}
    )
    added = NumberColumn(verbose_name=gettext_lazy("New"))
    changed = NumberColumn(verbose_name=gettext_lazy("Changed"))
    missing = NumberColumn(verbose_name=gettext_lazy("No longer in Nmbrs"))
    quarantined = NumberColumn(verbose_name=gettext_lazy("Left out"), term="quarantine")
    held = NumberColumn(verbose_name=gettext_lazy("Held"), term="hold")
    failed = NumberColumn(verbose_name=gettext_lazy("Failed or refused"))
    calls = NumberColumn(verbose_name=gettext_lazy("Calls"))

    class Meta:
        orderable = False


class HealthTable(Table):
    """Environments with what their syncs came to. Rows are `health.EnvironmentHealth`."""

    caption = gettext_lazy("Environments")
    counted = ngettext_lazy("environment", "environments")

    domain = TextColumn(verbose_name=gettext_lazy("Environment"))
    connection = StatusColumn(verbose_name=gettext_lazy("Connection"), accessor="pk")
    last_full = MomentColumn(verbose_name=gettext_lazy("Last full sync"), empty_values=())
    next_nightly = MomentColumn(verbose_name=gettext_lazy("Next night"), empty_values=())
    running = NumberColumn(verbose_name=gettext_lazy("Running now"))
    waiting = NumberColumn(verbose_name=gettext_lazy("Waiting"))
    calls = NumberColumn(verbose_name=gettext_lazy("Calls in the last hour"))

    class Meta:
        orderable = False

    def render_connection(self, record: EnvironmentHealth) -> SafeString:
        """What is known of the connection, in a few words."""
        if record.connection is None:
            return markup.status(Status(Level.LATE, _("not connected"), messages.NOT_CONNECTED.icon))
        known = messages.HEALTH[record.connection]
        return markup.status(Status(known.level, record.connection.label, known.icon))

    def render_last_full(self, record: EnvironmentHealth) -> SafeString | str:
        """When everything was last brought up to date."""
        return _("never") if record.last_full is None else markup.moment(record.last_full)

    def render_next_nightly(self, record: EnvironmentHealth) -> SafeString | str:
        """When everything is next read."""
        if record.connection is None:
            return _("none without a connection")
        return _("switched off") if record.next_nightly is None else markup.moment(record.next_nightly)


class RunTable(Table):
    """The runs of a plan that did not go as they should, with what is so and what to do."""

    caption = gettext_lazy("What needs attention")
    counted = ngettext_lazy("part", "parts")

    whose = TextColumn(accessor="pk")
    kind = TextColumn(accessor="resource")
    status = StatusColumn()
    words = TextColumn(accessor="pk")

    class Meta:
        model = SyncRun
        fields: tuple[str, ...] = ()
        template_name = ITEMS
        orderable = False

    def __init__(self, *args: Any, clients: Container[int] | None, **kwargs: Any) -> None:
        self.clients = clients
        super().__init__(*args, **kwargs)

    def render_whose(self, record: SyncRun) -> SafeString:
        """The company with its client, the client, or the environment."""
        return whose(record, self.clients)

    def render_kind(self, value: str) -> str:
        """The kind of record."""
        return messages.sentence(messages.kind_of(value))

    def render_status(self, record: SyncRun) -> SafeString:
        """How it ended; what ended well but left records out says so."""
        if record.status == RunStatus.SUCCEEDED and record.quarantined:
            return markup.status(figures.LEFT_OUT)
        return markup.status(messages.RUN_STATUSES[RunStatus(record.status)])

    def render_words(self, record: Any) -> SafeString:
        """The run in plain words."""
        return sentences(of_run(record))


def of_run(run: Any) -> list[str]:
    """A run that needs attention in plain words; `last_success` is annotated from its Freshness."""
    if run.status != RunStatus.SUCCEEDED:
        words = messages.of_error(
            run.error_kind or run.status,
            run.resource,
            code=run.error_code,
            detail=run.error_detail,
            last_success=run.last_success,
        )
        return [words.happened, words.means, words.to_do]
    lines = messages.of_facts(run.resource, messages.facts(run.error_detail))
    if run.unknown_values:
        lines.append(messages.unknown_values(run.unknown_values))
    return [*lines, _("Everything else was brought up to date.")]


def sentences(lines: list[str]) -> SafeString:
    """The first line as it is, the others softer below it."""
    rest = " ".join(filter(None, lines[1:]))
    return format_html('<p>{}</p><p class="ui-soft">{}</p>', lines[0], rest)
