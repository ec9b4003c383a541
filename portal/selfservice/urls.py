"""Addresses of the client's own pages."""

from django.urls import path

from portal.selfservice import views

app_name = "selfservice"

urlpatterns = [
    path("my/<int:pk>/", views.ClientView.as_view(), name="client"),
    path("my/companies/<int:pk>/", views.PeriodView.as_view(), name="period"),
]
