"""Addresses of the frame itself."""

from django.urls import path

from portal.ui import language

app_name = "ui"

urlpatterns = [path("language/", language.change_language, name="language")]
