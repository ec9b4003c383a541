"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("portal.dashboards.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.companies.urls")),
    path("", include("portal.employees.urls")),
    path("sync/", include("portal.sync.urls")),
    path("", include("portal.ui.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))
