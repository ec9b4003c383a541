"""Base views: nothing without a capability, nothing outside the scope."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from portal.accounts.models import Firm
from portal.accounts.roles import Capability
from portal.connections.models import Environment
from portal.debtors.models import Debtor
from portal.ui import panels, tables
from portal.ui.panels import Panel
from portal.ui.permissions import capabilities_of, capabilities_over, holds_over
from portal.ui.views import ScopedDetailView, ScopedListView

pytestmark = pytest.mark.pages


class DebtorTable(tables.Table):
    """Names of debtors."""

    name = tables.TextColumn()


class DebtorList(ScopedListView):
    model = Debtor
    table_class = DebtorTable
    capability = Capability.VIEW


class DebtorDetail(ScopedDetailView):
    model = Debtor
    template_name = "base.html"
    capability = Capability.VIEW


def make_debtor(firm: Firm, name: str) -> Debtor:
    environment, _made = Environment.objects.get_or_create(firm=firm, domain=f"domain-{firm.pk}")
    seen = datetime(2026, 11, 22, tzinfo=UTC)
    return Debtor.objects.create(
        environment=environment, key=name, name=name, fingerprint=b"x" * 16, first_seen=seen, last_changed=seen
    )


@pytest.fixture
def debtors(firm: Firm) -> list[Debtor]:
    """One debtor of the firm that the accountant sees, one that they do not, one of another firm."""
    return [make_debtor(firm, "Mine"), make_debtor(firm, "Hers"), make_debtor(Firm.objects.create(name="B"), "Theirs")]


def asked_by(user: Any, query: str = "") -> HttpRequest:
    request = RequestFactory().get(f"/{query}")
    request.user = user
    return request


def names(view: Any, user: Any) -> set[str]:
    response = view.as_view()(asked_by(user))
    return {row.record.name for row in response.context_data["table"].rows}


def test_a_list_shows_what_the_person_may_see(debtors: Any, accountant: Callable[..., Any], administrator: Any) -> None:
    assert names(DebtorList, accountant(debtors[0])) == {"Mine"}
    assert names(DebtorList, administrator()) == {"Mine", "Hers"}


def test_somebody_without_membership_sees_no_rows_and_is_told_so(debtors: Any, accountant: Callable[..., Any]) -> None:
    response = DebtorList.as_view()(asked_by(accountant()))
    assert len(response.context_data["table"].rows) == 0
    assert response.context_data["table"].empty_kind == "not_permitted"


def test_a_list_is_refused_to_somebody_who_holds_its_capability_nowhere(
    debtors: Any, accountant: Callable[..., Any]
) -> None:
    class FirmWide(DebtorList):
        capability = Capability.RESYNC_FIRM

    with pytest.raises(PermissionDenied):
        FirmWide.as_view()(asked_by(accountant(debtors[0])))


def test_a_detail_page_outside_the_scope_does_not_exist(debtors: Any, accountant: Callable[..., Any]) -> None:
    user = accountant(debtors[0])
    assert DebtorDetail.as_view()(asked_by(user), pk=debtors[0].pk).status_code == 200
    for other in debtors[1:]:
        with pytest.raises(Http404):
            DebtorDetail.as_view()(asked_by(user), pk=other.pk)


def test_a_detail_page_inside_the_scope_without_its_capability_is_refused(
    debtors: Any, accountant: Callable[..., Any]
) -> None:
    class Connections(DebtorDetail):
        capability = Capability.MANAGE_CONNECTIONS

    user = accountant(debtors[0])
    with pytest.raises(PermissionDenied):
        Connections.as_view()(asked_by(user), pk=debtors[0].pk)
    with pytest.raises(Http404):
        Connections.as_view()(asked_by(user), pk=debtors[1].pk)


def test_a_view_without_a_capability_does_not_start(db: None) -> None:
    class Forgotten(ScopedListView):
        model = Debtor
        table_class = DebtorTable

    with pytest.raises(ImproperlyConfigured, match="names no capability"):
        Forgotten.as_view()


def test_a_view_cannot_replace_the_visible_rows(db: None) -> None:
    with pytest.raises(ImproperlyConfigured, match="narrow"):

        class Wide(DebtorList):
            def get_queryset(self) -> QuerySet[Any]:
                return Debtor.objects.all()


def test_narrowing_stays_inside_the_scope(debtors: Any, accountant: Callable[..., Any]) -> None:
    class Hers(DebtorList):
        def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(name__in=["Hers", "Theirs"])

    assert names(Hers, accountant(debtors[0])) == set()


def test_a_panel_without_its_capability_is_shown_as_refused_and_never_computed(
    debtors: Any, accountant: Callable[..., Any]
) -> None:
    def computed(request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"of": row.name}

    def never(request: HttpRequest, row: Any) -> dict[str, Any]:
        raise AssertionError("computed without permission")

    allowed = Panel("a", "A", "ui/mark.html", Capability.VIEW, computed, resources=("salaries", "contracts"))
    refused = Panel("b", "B", "ui/mark.html", Capability.RESYNC_FIRM, never, resources=("runs",))
    request = asked_by(accountant(debtors[0]))
    shown = panels.shown_on(request, debtors[0], [allowed, refused])
    assert [(one.permitted, one.context) for one in shown] == [(True, {"of": "Mine"}), (False, {})]
    assert panels.kinds_seen(request, debtors[0], [allowed, refused]) == ("salaries", "contracts")


def test_one_question_per_row_answers_for_every_capability(
    debtors: Any, accountant: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    many = [Panel(str(n), "P", "ui/mark.html", one, lambda request, row: {}) for n, one in enumerate(Capability)]
    request = asked_by(accountant(debtors[0]))
    assert capabilities_of(request)
    with django_assert_num_queries(1):
        shown = panels.shown_on(request, debtors[0], many)
    held = {one.panel.capability for one in shown if one.permitted}
    assert held == {one for one in Capability if Debtor.objects.visible_to(request.user, one).exists()}
    assert Capability.VIEW in held
    assert Capability.RESYNC_FIRM not in held
    for other in debtors[1:]:
        assert not capabilities_over(request, other)


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(debtors: Any, accountant: Callable[..., Any]) -> None:
    user = accountant(debtors[0])
    assert holds_over(asked_by(user), debtors[0], Capability.VIEW)
    user.memberships.get().delete()
    assert not holds_over(asked_by(user), debtors[0], Capability.VIEW)
