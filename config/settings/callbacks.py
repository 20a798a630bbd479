"""Production for the process that takes Gupshup's callbacks: only what those two URLs need."""

from config.settings.production import *

ROOT_URLCONF = "config.urls_callbacks"
MIDDLEWARE = []
# Without the console, its theme and what they need.
INSTALLED_APPS = [
    "config.callback_process.CallbackProcessConfig",
    "callbacks",
    "campaigns",
    "templates_app",
    "providers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
]
