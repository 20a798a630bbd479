"""Production for the process that answers programs: without the console and what it needs."""

from config.settings.production import *

ROOT_URLCONF = "config.urls_api"
# Nobody signs in here: who calls is told by a key, asked for in providers/api/base.py.
MIDDLEWARE = [
    "config.console.api_problems.ApiProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.ops.request_log.RequestLogMiddleware",
    "django.middleware.common.CommonMiddleware",
]
# An address without its slash leads nowhere, so it is not looked up a second time.
APPEND_SLASH = False
INSTALLED_APPS = [
    "config.apps.KabootarConfig",
    "callbacks",
    "campaigns",
    "templates_app",
    "providers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
]
# Its threads are for programs alone.
API_SMALL_CALLS_AT_ONCE = 24
