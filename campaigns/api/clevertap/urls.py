"""The addresses under which CleverTap's server API is spoken; the last one takes the rest."""

from django.urls import path, re_path

from campaigns.api.clevertap.uploads import Upload
from providers.api.clevertap import NoSuchCall

app_name = "clevertap"

urlpatterns = [
    path("upload", Upload.as_view(), name="upload"),
    re_path("", NoSuchCall.as_view(), name="nothing"),
]
