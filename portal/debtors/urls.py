"""Addresses of the lists of a client."""

from django.urls import path

from portal.debtors import views

app_name = "debtors"

urlpatterns = [
    path("clients/<int:pk>/records/<slug:kind>/", views.DebtorRecordsView.page, name="records"),
    path("business/<int:pk>/records/<slug:kind>/", views.DebtorRecordsView.page, name="business_records"),
]
