"""The two callback addresses; who posts which kind to which does not matter.

The key comes as `?a=…`, or as the last part of the path where Gupshup glues a `?` of its own on.
"""

from django.urls import re_path

from callbacks.views import CallbackView

urlpatterns = [
    re_path(
        rf"^{endpoint}(?:/(?P<key>[^/]+))?/?$",
        CallbackView.as_view(endpoint=endpoint),
        name=f"callback_{endpoint}",
    )
    for endpoint in ("response", "status")
]
