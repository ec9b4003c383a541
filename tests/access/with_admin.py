"""Every address of a portal whose settings name somebody in PORTAL_ADMIN."""

from django.urls import path

from portal.administration.django_admin.site import reading_room
from portal.urls import urlpatterns as without

urlpatterns = [*without, path("django-admin/", reading_room().urls)]
