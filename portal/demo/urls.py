"""The address of the demo's door; part of the portal's addresses only with PORTAL_DEMO."""

from django.urls import path

from portal.demo import views

app_name = "demo"

urlpatterns = [path("enter/<slug:key>/", views.enter, name="enter")]
