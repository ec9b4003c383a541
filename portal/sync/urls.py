"""Addresses of the Sync pages."""

from django.urls import path, re_path

from portal.sync import actions, views

app_name = "sync"

urlpatterns = [
    path("", views.OverviewView.as_view(), name="overview"),
    path("start/", actions.start, name="start"),
    path("plans/<int:pk>/", views.PlanView.as_view(), name="plan"),
    path("plans/<int:pk>/progress/", views.ProgressView.as_view(), name="progress"),
    path("plans/<int:pk>/cancel/", actions.cancel, name="cancel"),
    re_path(r"^holds/(?P<pk>[0-9]{1,19})/(?P<answer>[0-9a-f]{32})/accept/$", actions.accept, name="accept"),
]
