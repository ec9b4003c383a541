"""Addresses of the frame itself."""

from django.urls import path

from portal.accounts.looking import never_while_looking
from portal.ui import brand, language
from portal.ui.exports import views as exports
from portal.ui.reveal import RevealView
from portal.ui.saved import views as saved

app_name = "ui"

urlpatterns = [
    path("language/", language.change_language, name="language"),
    path("brand/colours.css", brand.colours, name="brand_colours"),
    path("brand/logo.png", brand.logo, name="brand_logo"),
    path("reveal/<slug:kind>/<int:pk>/", RevealView.as_view(), name="reveal"),
    path("views/", saved.views, name="views"),
    path("views/new/", saved.new, name="new_view"),
    path("views/plain-start/", saved.no_start, name="no_start_view"),
    path("views/<int:pk>/", saved.view, name="view"),
    path("views/<int:pk>/overwrite/", saved.overwrite, name="overwrite_view"),
    path("views/<int:pk>/delete/", saved.delete, name="delete_view"),
    path("views/<int:pk>/start/", saved.start, name="start_view"),
    path("files/", exports.exports, name="exports"),
    path("files/<int:pk>/", exports.export, name="export"),
    path("files/<int:pk>/progress/", exports.progress, name="export_progress"),
    path("files/<int:pk>/cancel/", exports.cancel, name="cancel_export"),
    path("files/<int:pk>/content/", never_while_looking(exports.file), name="export_file"),
]
