"""Every address of the console's process; the admin site comes last, as it takes the rest."""

from django.contrib import admin
from django.urls import include, path

from config.console.error_pages import broke
from config.console.signed_in import signed_in
from config.ops.health import healthz, readyz
from config.ops.metrics import metrics

admin.autodiscover()
# An unknown address is a 404, not a redirect to the login page.
admin.site.final_catch_all_view = False

handler500 = broke

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("signed-in", signed_in, name="signed_in"),
    path("gupshup/", include("callbacks.urls")),
    path("media/", include("templates_app.urls")),
    path("api/v1/", include("callbacks.api.urls")),
    path("api/v1/", include("campaigns.api.urls")),
    path("api/v1/", include("templates_app.api.urls")),
    path("api/v1/", include("providers.api.urls")),
    path("1/", include("campaigns.api.clevertap.urls")),
    path("", admin.site.urls),
]
