"""Addresses of signing in, of one's own sign-in and sessions. allauth's own are in signin/urls.py."""

from django.urls import path

from portal.accounts import invitation_views, looking_views
from portal.accounts.signin import single_sign_on_views, views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign_out"),
    path("invitation/", invitation_views.InvitationView.as_view(), name="invitation"),
    path("invitation/<str:token>/", invitation_views.link, name="invitation_link"),
    path("sign-in/office/", single_sign_on_views.ChooseView.as_view(), name="office_sign_in"),
    path("sign-in/office/failed/", single_sign_on_views.failed, name="office_sign_in_failed"),
    path("looking/stop/", looking_views.stop, name="stop_looking"),
    path("account/", views.SecurityView.as_view(), name="security"),
    path("account/enrol/", views.enrol, name="enrol"),
    path("account/sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("account/sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/end-all/", views.sign_out_everywhere, name="sign_out_everywhere"),
]
