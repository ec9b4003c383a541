"""Addresses of the pages about deadlines."""

from django.urls import path

from portal.deadlines import address_views, calendar_views, feed, several_views, views, year_views

app_name = "deadlines"

urlpatterns = [
    path("calendar/", calendar_views.CalendarView.as_view(), name="calendar"),
    path("calendar/address/", address_views.make_address, name="make_address"),
    path("calendar/address/withdraw/", address_views.withdraw_address, name="withdraw_address"),
    path("calendar/feed/<str:token>.ics", feed.feed, name="feed"),
    path("deadlines/", several_views.ArrangementsView.as_view(), name="arrangements"),
    path("deadlines/year/", year_views.several, name="years"),
    path("deadlines/moved/<int:pk>/put-back/", views.put_back, name="put_back"),
    path("companies/<int:pk>/deadlines/", views.CompanyDeadlinesView.as_view(), name="company"),
    path("companies/<int:pk>/deadlines/move/", views.move, name="move"),
    path("companies/<int:pk>/deadlines/stop/", views.stop, name="stop"),
    path("companies/<int:pk>/deadlines/year/", year_views.YearView.as_view(), name="year"),
]
