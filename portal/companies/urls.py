"""Addresses of the company's page and of its lists."""

from django.urls import path

from portal.companies import views

app_name = "companies"

urlpatterns = [
    path("companies/<int:pk>/", views.CompanyView.as_view(), name="company"),
    path("companies/<int:pk>/records/<slug:kind>/", views.CompanyRecordsView.page, name="records"),
]
