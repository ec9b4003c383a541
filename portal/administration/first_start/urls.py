"""Addresses of the guided first start."""

from django.urls import path

from portal.administration.first_start import clients, colleagues, connection, kinds, overview, watching

app_name = "first_start"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("connection/", connection.connection, name="connection"),
    path("connection/keep/", connection.keep, name="keep"),
    path("connection/forget/", connection.forget, name="forget"),
    path("kinds/<int:pk>/", kinds.KindsView.as_view(), name="kinds"),
    path("clients/", clients.clients, name="clients"),
    path("sync/", watching.watching, name="sync"),
    path("colleagues/", colleagues.colleagues, name="colleagues"),
]
