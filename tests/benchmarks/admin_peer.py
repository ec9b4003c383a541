"""The peer: the change lists of the Django admin over the same rows, as `list_display` alone makes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.test import RequestFactory, override_settings
from django.urls import path

from portal.companies.models import Company
from portal.debtors.models import Debtor
from portal.employees.models import Employee
from portal.urls import urlpatterns as portal_urls

if TYPE_CHECKING:
    _Base = ModelAdmin[Any]
else:
    _Base = ModelAdmin


class Anybody(AdminSite):
    """Nobody is asked who they are: only the list is measured."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Yes."""
        return True


class Listed(_Base):
    """A list with a search box and some columns of its model."""

    list_per_page = 50
    search_fields = ("number",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Yes."""
        return True

    has_module_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only to look."""
        return False

    has_add_permission = has_delete_permission = has_change_permission


COLUMNS = {
    Company: ("number", "name", "debtor"),
    Debtor: ("number", "name"),
    Employee: ("number", "display_name", "company"),
}
site = Anybody(name="admin")
for _model, _columns in COLUMNS.items():
    site.register(
        _model, type(f"{_model.__name__}Listed", (Listed,), {"list_display": _columns, "list_select_related": True})
    )
# Our own addresses too: the admin's pages wear the portal's frame.
urlpatterns = [path("admin-peer/", site.urls), *portal_urls]


def lists() -> dict[str, Callable[[], bytes]]:
    """By name: the list of a model."""
    return {
        f"admin: {model._meta.verbose_name_plural}": lambda model=model: page(model)  # type: ignore[misc]
        for model in COLUMNS
    }


def page(model: type[Any]) -> bytes:
    """The first page of the list."""
    from portal.accounts.models import User

    request = RequestFactory().get("/admin/")
    request.user = User(pk=0, name="Bench", email="bench@bench.example")
    with override_settings(ROOT_URLCONF=__name__):
        answer = site._registry[model].changelist_view(request)
        if hasattr(answer, "render"):
            answer.render()
        return bytes(answer.content)
