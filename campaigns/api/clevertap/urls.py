"""The addresses under which CleverTap's server API is spoken; the last one takes the rest."""

from django.urls import path, re_path

from campaigns.api.clevertap.breakdowns import TopValues, Trends
from campaigns.api.clevertap.counts import CountEvents, CountProfiles
from campaigns.api.clevertap.people import DeleteProfiles, DownloadProfiles, OneProfile
from campaigns.api.clevertap.subscriptions import Subscribe
from campaigns.api.clevertap.targets import CreateTarget, ListTargets, StopTarget, TargetResult
from campaigns.api.clevertap.uploads import Upload
from providers.api.clevertap import NoSuchCall

app_name = "clevertap"

urlpatterns = [
    path("upload", Upload.as_view(), name="upload"),
    path("subscribe", Subscribe.as_view(), name="subscribe"),
    path("profile.json", OneProfile.as_view(), name="profile"),
    path("profiles.json", DownloadProfiles.as_view(), name="profiles"),
    path("delete/profiles.json", DeleteProfiles.as_view(), name="delete_profiles"),
    path("counts/profiles.json", CountProfiles.as_view(), name="count_profiles"),
    path("counts/events.json", CountEvents.as_view(), name="count_events"),
    path("counts/trends.json", Trends.as_view(), name="count_trends"),
    path("counts/top.json", TopValues.as_view(), name="count_top"),
    path("targets/create.json", CreateTarget.as_view(), name="create_target"),
    path("targets/stop.json", StopTarget.as_view(), name="stop_target"),
    path("targets/list.json", ListTargets.as_view(), name="list_targets"),
    path("targets/result.json", TargetResult.as_view(), name="target_result"),
    re_path("", NoSuchCall.as_view(), name="nothing"),
]
