"""The addresses of the API that belong to no other app; the last one takes the rest."""

from django.urls import path, re_path

from providers.api.views import Document, Nothing, OwnKey

app_name = "api"

urlpatterns = [
    path("openapi.json", Document.as_view(), name="document"),
    path("key", OwnKey.as_view(), name="key"),
    re_path("", Nothing.as_view(), name="nothing"),
]
