"""Addresses of search."""

from django.urls import path

from portal.search import views

app_name = "search"

urlpatterns = [
    path("search/", views.SearchView.as_view(), name="search"),
    path("search/options/", views.OptionsView.as_view(), name="options"),
]
