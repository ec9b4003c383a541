"""Every address of a portal whose settings make it a demo."""

from django.urls import include, path

from portal.urls import urlpatterns as without

urlpatterns = [*without, path("demo/", include("portal.demo.urls"))]
