"""The addresses under which CleverTap's server API is spoken; the last one takes the rest."""

from django.urls import path, re_path

from campaigns.api.clevertap.counts import CountProfiles
from campaigns.api.clevertap.people import DeleteProfiles, OneProfile
from campaigns.api.clevertap.subscriptions import Subscribe
from campaigns.api.clevertap.uploads import Upload
from providers.api.clevertap import NoSuchCall

app_name = "clevertap"

urlpatterns = [
    path("upload", Upload.as_view(), name="upload"),
    path("subscribe", Subscribe.as_view(), name="subscribe"),
    path("profile.json", OneProfile.as_view(), name="profile"),
    path("delete/profiles.json", DeleteProfiles.as_view(), name="delete_profiles"),
    path("counts/profiles.json", CountProfiles.as_view(), name="count_profiles"),
    re_path("", NoSuchCall.as_view(), name="nothing"),
]
