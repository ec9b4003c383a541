"""Addresses of the pages about people."""

from django.urls import path

from portal.employees import views

app_name = "employees"

urlpatterns = [
    path("employees/", views.PeopleView.as_view(), name="list"),
    path("clients/<int:pk>/employees/", views.DebtorPeopleView.as_view(), name="of_debtor"),
    path("business/<int:pk>/employees/", views.DebtorPeopleView.as_view(), name="of_business"),
    path("companies/<int:pk>/employees/", views.CompanyPeopleView.as_view(), name="of_company"),
    path("employees/<int:pk>/", views.PersonView.as_view(), name="person"),
]
