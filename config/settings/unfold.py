"""The console's look: name, marks, colours. The sidebar stands in navigation.py.

Read by the settings, so nothing here may import a model.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _ours(name: str) -> Callable[[HttpRequest], str]:
    """A file's address, asked for with each page: it is known once all files are collected."""
    return lambda _request: static(f"kabootar/{name}")


LOGO = _ours("logo.svg")

# 600 is the colour of buttons under white text and of links on white (contrast 5.5), 500 the
# colour of links on dark (contrast 7).
GREEN = {
    "50": "#ecfdf5",
    "100": "#d1fae5",
    "200": "#a7f3d0",
    "300": "#6ee7b7",
    "400": "#34d399",
    "500": "#10b981",
    "600": "#047857",
    "700": "#065f46",
    "800": "#064e3b",
    "900": "#053b2d",
    "950": "#022c22",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Kabootar",
    "SITE_HEADER": "Kabootar",
    "SITE_SUBHEADER": "WhatsApp campaigns",
    "SITE_URL": None,  # the console is the site
    "SITE_ICON": LOGO,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": LOGO}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": GREEN},
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Second factor", "link": reverse_lazy("admin:two_factor")},
        ]
    },
    "STYLES": [_ours("console.css")],
    "SCRIPTS": [_ours("console.js"), _ours("pressing.js"), _ours("answers.js")],
    "DASHBOARD_CALLBACK": "config.console.dashboard.home",
    "SIDEBAR": {"navigation": "config.console.navigation.sidebar"},
}
