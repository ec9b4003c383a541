"""Addresses of the company's page."""

from django.urls import path

from portal.companies import views

app_name = "companies"

urlpatterns = [path("companies/<int:pk>/", views.CompanyView.as_view(), name="company")]
