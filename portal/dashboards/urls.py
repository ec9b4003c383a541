"""Addresses of the composed pages."""

from django.urls import path, re_path

from portal.dashboards import business, views
from portal.dashboards.board.views import BoardView
from portal.dashboards.changes import marking
from portal.dashboards.changes.views import ChangesView, ClientChangesView
from portal.dashboards.sums.setting import cost_accounts
from portal.dashboards.variance.setting import variance_bands
from portal.dashboards.variance.views import VarianceView

app_name = "dashboards"

urlpatterns = [
    path("", BoardView.as_view(), name="board"),
    path("clients/", views.ClientsView.as_view(), name="clients"),
    path("clients/<int:pk>/", views.DebtorView.as_view(), name="debtor"),
    path("companies/", business.CompaniesView.as_view(), name="companies"),
    path("business/<int:pk>/", business.BusinessView.as_view(), name="business"),
    path("companies/<int:pk>/variance/", VarianceView.as_view(), name="variance"),
    path("variance/bands/", variance_bands, name="variance_bands"),
    path("clients/accounts/", cost_accounts, name="cost_accounts"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("changes/number/", marking.number, name="changes_number"),
    path("changes/seen/", marking.all_seen, name="all_seen"),
    re_path(r"^changes/(?P<pk>[0-9]{1,18})/$", ClientChangesView.as_view(), name="client_changes"),
    re_path(r"^changes/(?P<pk>[0-9]{1,18})/seen/$", marking.seen, name="seen"),
]
