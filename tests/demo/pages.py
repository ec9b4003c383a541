"""The addresses of the tests of sign-in, with the demo's door."""

from django.urls import include, path

from tests.accounts.pages import urlpatterns as without_door

urlpatterns = [*without_door, path("demo/", include("portal.demo.urls"))]
