"""Every address of the portal, with the demo's door."""

from django.urls import include, path

from portal.urls import urlpatterns as without_door

urlpatterns = [*without_door, path("demo/", include("portal.demo.urls"))]
