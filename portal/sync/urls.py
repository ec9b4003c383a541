"""Addresses of the Sync pages."""

from django.urls import path, re_path

from portal.sync import actions, administration, firmwide, quarantine, targets, views

app_name = "sync"

urlpatterns = [
    path("", views.OverviewView.as_view(), name="overview"),
    path("health/", administration.HealthView.as_view(), name="health"),
    path("environments/<int:pk>/settings/", administration.SettingsView.as_view(), name="settings"),
    path("environments/<int:pk>/kinds/", administration.OptInView.as_view(), name="opt_ins"),
    path("start/", actions.start, name="start"),
    re_path(rf"^price/(?P<scope>{'|'.join(targets.MODELS)})/(?P<pk>[0-9]{{1,18}})/$", actions.price, name="price"),
    path("start-all/", firmwide.start, name="start_all"),
    path("price-all/", firmwide.price, name="price_all"),
    path("plans/<int:pk>/", views.PlanView.as_view(), name="plan"),
    path("plans/<int:pk>/progress/", views.ProgressView.as_view(), name="progress"),
    path("plans/<int:pk>/cancel/", actions.cancel, name="cancel"),
    re_path(r"^holds/(?P<pk>[0-9]{1,19})/(?P<answer>[0-9a-f]{32})/accept/$", actions.accept, name="accept"),
    re_path(r"^holds/(?P<pk>[0-9]{1,19})/(?P<answer>[0-9a-f]{32})/reject/$", actions.reject, name="reject"),
    path("left-out/", quarantine.QuarantineView.as_view(), name="quarantine"),
    path("left-out/<int:pk>/again/", quarantine.again, name="again"),
]
