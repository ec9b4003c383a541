"""Addresses of the frame itself."""

from django.urls import path

from portal.ui import language
from portal.ui.reveal import RevealView

app_name = "ui"

urlpatterns = [
    path("language/", language.change_language, name="language"),
    path("reveal/<slug:kind>/<int:pk>/", RevealView.as_view(), name="reveal"),
]
