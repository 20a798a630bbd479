"""The addresses of the API about people and what they did."""

from django.urls import path

from campaigns.api.uploads import Events, Profiles

app_name = "api_campaigns"

urlpatterns = [
    path("profiles", Profiles.as_view(), name="profiles"),
    path("events", Events.as_view(), name="events"),
]
