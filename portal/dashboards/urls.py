"""Addresses of the composed pages."""

from django.urls import path

from portal.dashboards import views

app_name = "dashboards"

urlpatterns = [
    path("", views.ClientsView.as_view(), name="clients"),
    path("clients/<int:pk>/", views.DebtorView.as_view(), name="debtor"),
]
