"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

handler500 = "portal.ui.hindered.server_error"

urlpatterns = [
    path("", include("portal.dashboards.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.accounts.signin.urls")),
    path("", include("portal.debtors.urls")),
    path("", include("portal.companies.urls")),
    path("", include("portal.employees.urls")),
    path("", include("portal.search.urls")),
    path("", include("portal.deadlines.urls")),
    path("", include("portal.privacy.urls")),
    path("", include("portal.selfservice.urls")),
    path("sync/", include("portal.sync.urls")),
    path("administration/", include("portal.administration.urls")),
    path("start/", include("portal.administration.first_start.urls")),
    path("", include("portal.ui.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))

if settings.PORTAL_ADMIN:
    from portal.administration.django_admin.site import reading_room

    urlpatterns.append(path("django-admin/", reading_room().urls))
