"""The addresses of the callback process."""

from django.urls import include, path

from config.ops.health import healthz, readyz_of_callbacks
from config.ops.metrics import metrics

urlpatterns = [
    path("gupshup/", include("callbacks.urls")),  # nearly all requests: looked for first
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz_of_callbacks, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
