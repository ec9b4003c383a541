"""The site: our own sign-in before it, named administrators only, nothing but pages to read."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.accounts.grants import roles_of
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.administration.django_admin.tables import TABLES, ReadOnlyTable
from portal.audit.about import About
from portal.audit.kinds import Kind
from portal.audit.recording import record_at_once

View = TypeVar("View", bound=Callable[..., Any])


def may_open(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether somebody is an administrator of a firm and named in PORTAL_ADMIN too.

    The names are in the settings and in no table: whoever can change them has the machine already, and nobody gets in
    by way of the portal.
    """
    if not isinstance(user, User) or not user.is_active or user.email.lower() not in settings.PORTAL_ADMIN:
        return False
    return Role.ADMINISTRATOR in roles_of(user)


class ReadingRoom(AdminSite):
    """The admin without its sign-in form, its password page, its log, its search and whatever changes something."""

    site_title = site_header = _("Portal tables")
    index_title = _("Tables")
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Never for somebody who looks as another person."""
        return getattr(request, "looked_by", None) is None and may_open(request.user)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """A page that is only read. Who is not signed in never gets here: the middleware has sent them to our sign-in.

        Raises PermissionDenied; Django's own would send people to the form of the admin.
        """

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View, require_safe(update_wrapper(guarded, view)))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The list of tables, each table and each row. Django's own list of addresses is longer."""
        own: list[URLPattern | URLResolver] = [path("", self.admin_view(self.index), name="index")]
        for model, table in self._registry.items():
            place = f"{model._meta.app_label}/{model._meta.model_name}/"
            own.append(path(place, include(table.get_urls())))
        return own

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The tables."""
        record_at_once(Kind.ADMIN_READ, About(object_type="tables"))
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "tables": [table for table in self._registry.values() if isinstance(table, ReadOnlyTable)],
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: the index says itself what there is."""
        return []

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Nothing: the admin's own log is not there."""
        return []


def reading_room() -> ReadingRoom:
    """The site with its tables."""
    site = ReadingRoom()
    for model, table in TABLES.items():
        site.register(model, table)
    return site
