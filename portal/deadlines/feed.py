"""The address at which a program reads somebody's deadlines. Whoever has it reads them: no sign-in is asked."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts import grants
from portal.accounts.limits import allowed
from portal.deadlines import feeds
from portal.deadlines.calendars import Entry, written
from portal.deadlines.certainty import meaning_for
from portal.deadlines.models import CalendarFeed, Deadline
from portal.debtors.models import Debtor

#: A program that reads for many people comes from one address; one calendar is read a few times an hour.
RATES = "300/m/ip,60/h/key"
#: Days that a calendar holds.
BEFORE, AFTER = timedelta(days=62), timedelta(days=200)


@require_safe
@login_not_required
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines that its owner may see now. An address that does not work answers 404, whatever the reason."""
    if not allowed(request, "calendar", RATES, token):
        return HttpResponse(status=429, content_type="text/plain", headers={"Retry-After": "3600"})
    own = feeds.found(token)
    if own is None:
        return HttpResponse(status=404, content_type="text/plain")
    feeds.note_read(own, token)
    with translation.override(own.user.language):
        body = written(_entries(own), _title(own), str(meaning_for(client=grants.of_client(own.user))))
    headers = {"Content-Disposition": 'inline; filename="deadlines.ics"', "X-Robots-Tag": "noindex, nofollow"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def _title(own: CalendarFeed) -> str:
    """What a program calls it. The client's name only as long as its owner sees the client."""
    title = _("Payroll deadlines")
    seen = own.debtor_id is not None and Debtor.objects.visible_to(own.user).filter(pk=own.debtor_id).first()
    return f"{title} · {seen}" if seen else title


def _entries(own: CalendarFeed) -> list[Entry]:
    today = clock.today()
    rows: QuerySet[Deadline] = Deadline.objects.visible_to(own.user).filter(
        Q(open=True) | Q(progress__isnull=True),
        due__range=(today - BEFORE, today + AFTER),
        company__missing_since__isnull=True,
        company__debtor__missing_since__isnull=True,
    )
    if own.debtor_id is not None:
        rows = rows.filter(company__debtor=own.debtor_id)
    if own.own_only:
        rows = rows.filter(company__arrangement__responsible=own.user)
    columns = ("due", "kind", "period_type", "year", "number", "company_id", "company__name", "unsure", "act_by")
    return [Entry(*row) for row in rows.order_by("due", "kind", "company__name", "pk").values_list(*columns)]
