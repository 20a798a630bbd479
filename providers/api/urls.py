"""The addresses of the API that belong to no other app; the last one takes the rest."""

from django.urls import path, re_path

from providers.api.views import Nothing, OwnKey

app_name = "api"

urlpatterns = [
    path("key", OwnKey.as_view(), name="key"),
    re_path("", Nothing.as_view(), name="nothing"),
]
