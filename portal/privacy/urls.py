"""Addresses of what this room hands out."""

from django.urls import path

from portal.accounts.looking import never_while_looking
from portal.privacy.views import HandOutView

app_name = "privacy"

urlpatterns = [path("employees/<int:pk>/all-data/", never_while_looking(HandOutView.as_view()), name="hand_out")]
