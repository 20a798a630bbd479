"""What every process shares. Values come from the environment; docs/settings.md lists them all."""

import sys
from datetime import timedelta
from pathlib import Path

import environ

from config.queues import QUEUES as QUEUES
from config.settings.unfold import UNFOLD as UNFOLD
from config.settings.values import bad_values

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()

if problems := bad_values(env.ENVIRON):
    sys.exit(f"Kabootar can't start: {'; '.join(problems)}. See docs/settings.md.")

# Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.KabootarConfig",
    "callbacks",
    "campaigns",
    "templates_app",
    "providers",
    "unfold.apps.BasicAppConfig",
    "config.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "csp",
]

MIDDLEWARE = [
    "config.console.api_problems.ApiProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.ops.request_log.RequestLogMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.console.upload_limits.StrangersSendLittle",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.console.fair_share.FairShareMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.console.two_factor_gate.TwoFactorGateMiddleware",
    "config.console.time_zones.ProjectTimeZoneMiddleware",
    "config.console.unreadable_secrets.UnreadableSecretsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "providers.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True

# Files ----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(ROOT / ".local" / "media")))

# Uploaded CSV files are streamed to disk, so only the form fields count against this limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "config.console.upload_limits.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "config.console.upload_limits.FileOnDisk",
]

# Security -------------------------------------------------------------------------------------

PASSWORD_HASHERS = [
    "providers.people.hashing.Argon2InTurn",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds
SESSION_COOKIE_AGE = 7 * 24 * 3600  # seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# How many proxies of one's own every request passes (providers/network/client_address.py).
TRUSTED_HOPS = env.int("TRUSTED_HOPS", default=0)
# What somebody names to be fetched leads to the public internet only: see
# providers/network/fetching.py.
FETCH_PRIVATE_TARGETS = False
# Whether the links of a campaign's files are opened before it goes out.
MEDIA_LINKS_OPENED = env.bool("MEDIA_LINKS_OPENED", default=True)

# The longest that a page's statement may take in PostgreSQL; nobody waits for a page that long.
PAGE_STATEMENT_SECONDS = env.float("PAGE_STATEMENT_SECONDS", default=30.0)

# Pages ask the browser for nothing, except writing to the clipboard for Copy buttons.
PERMISSIONS_POLICY: dict[str, tuple[str, ...]] = dict.fromkeys(
    (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
        *("fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi"),
        *("payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock"),
        *("usb", "xr-spatial-tracking"),
    ),
    (),
) | {"clipboard-write": ("self",)}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Mail -----------------------------------------------------------------------------------------

# Unset: no mail is sent, and pages show the links that would have been mailed.
SENDS_MAIL = bool(env.str("EMAIL_URL", default=""))
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kabootar@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Celery ---------------------------------------------------------------------------------------

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "campaigns.tasks.send_due": {"queue": "send"},
    # Short, and somebody waits: it must not stand behind an import.
    "campaigns.tasks.turn_triggers": {"queue": "callbacks"},
    "callbacks.tasks.*": {"queue": "callbacks"},
    "callbacks.tasks.apply_parked": {"queue": "default"},
    "callbacks.tasks.watch": {"queue": "default"},
    "callbacks.tasks.overwrite_erased": {"queue": "default"},
    "callbacks.tasks.prune": {"queue": "default"},
    "callbacks.tasks.keep_files": {"queue": "default"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: a worker that gave up after a hundred tries would have to be started by hand.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Longer than the longest task (an import of a million rows), else it would be delivered twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = TIME_ZONE


def periodic(task: str, seconds: float) -> dict[str, object]:
    """A beat entry whose hint is worthless once the next one is due, so it expires by then."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "send what is due": periodic("campaigns.tasks.send_due", 1),
    "turn triggers into messages": periodic("campaigns.tasks.turn_triggers", 1),
    "drain callback receipts": periodic("callbacks.tasks.drain", 1),
    "apply parked reports": periodic("callbacks.tasks.apply_parked", 5),
    "watch callbacks": periodic("callbacks.tasks.watch", 60),
    "fetch what people sent": periodic("callbacks.tasks.keep_files", 5),
    "delete what is not kept": periodic("callbacks.tasks.prune", 60),
    "find what was lost": periodic("campaigns.tasks.reconcile", 5),
    "resume lost imports": periodic("campaigns.tasks.resume_imports", 10),
    "overwrite erased numbers": periodic("callbacks.tasks.overwrite_erased", 60),
    "examine connections": periodic("config.tasks.examine_connections", 60),
    "mail incidents": periodic("providers.tasks.mail_incidents", 30),
    "look from where it sends": periodic("providers.tasks.observe_address", 600),
    "forget old networks": periodic("providers.tasks.forget_old_networks", 3600),
    "forget old sign-ins": periodic("providers.tasks.forget_old_sign_ins", 600),
    "forget old API answers": periodic("providers.tasks.forget_old_api_answers", 3600),
    "tell Gupshup who opted out": periodic("campaigns.tasks.tell_opt_outs", 30),
    "forget old uploads": periodic("campaigns.tasks.forget_old_files", 3600),
    "forget old template work": periodic("templates_app.tasks.forget_old", 3600),
    "write exports": periodic("campaigns.tasks.write_exports", 10),
    "count people": periodic("campaigns.tasks.count_people", 3600),
    "mail reports": periodic("campaigns.tasks.mail_reports", 60),
    "index people": periodic("campaigns.tasks.index_people", 5),
    "erase people": periodic("campaigns.tasks.erase_people", 5),
    "change properties": periodic("campaigns.tasks.change_properties", 5),
    "change people": periodic("campaigns.tasks.change_people", 5),
    "drop names of events": periodic("campaigns.tasks.drop_event_names", 30),
    "keep months": periodic("campaigns.tasks.keep_months", 3600),
    "count segments": periodic("campaigns.tasks.count_segments", 60),
    "look who came into segments": periodic("campaigns.tasks.compare_segments", 60),
    "credit conversions": periodic("campaigns.tasks.credit_conversions", 15),
    "fold run counters": periodic("campaigns.tasks.fold_tallies", 10),
}

# REST framework -------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
# Of one API key.
API_CALLS_A_MINUTE = env.int("API_CALLS_A_MINUTE", default=6_000)
# Of one key, in the console's process, whose threads are for people's pages.
API_SMALL_CALLS_AT_ONCE = 3

# Gupshup --------------------------------------------------------------------------------------

GATEWAY_SEND_URL = env.str(
    "GATEWAY_SEND_URL", default="https://mediaapi.smsgupshup.com/GatewayAPI/rest"
)
GATEWAY_TEMPLATE_URL = env.str(
    "GATEWAY_TEMPLATE_URL", default="https://wamedia.smsgupshup.com/GatewayAPI/rest"
)
GATEWAY_TOTAL_TIMEOUT = env.float("GATEWAY_TOTAL_TIMEOUT", default=20.0)  # seconds
GATEWAY_CONNECT_TIMEOUT = env.float("GATEWAY_CONNECT_TIMEOUT", default=5.0)  # seconds
# Shorter than the gateway's own keep-alive: a POST on a connection that it is closing may be lost.
GATEWAY_KEEPALIVE = env.float("GATEWAY_KEEPALIVE", default=15.0)  # seconds
GATEWAY_CONCURRENCY = env.int("GATEWAY_CONCURRENCY", default=800)  # open requests per process
# Send codes that this installation's operator has learnt: {"313": "ip_refused"}, or with words of
# one's own {"313": {"trouble": "ip_refused", "meaning": …, "way_out": …}}
GATEWAY_EXTRA_CODES: dict[str, str | dict[str, str]] = env.json("GATEWAY_EXTRA_CODES", default={})
# How the Verify buttons ask, per account: list_templates, empty_send or none.
GATEWAY_VERIFY_CALLS: dict[str, str] = {
    "hsm": "list_templates",
    "two_way": "empty_send",
    **env.json("GATEWAY_VERIFY_CALLS", default={}),
}
# Codes of refused calls that show a right login all the same: {"two_way": ["101"]}
GATEWAY_VERIFY_WORKS: dict[str, list[str]] = env.json("GATEWAY_VERIFY_WORKS", default={})
GATEWAY_VERIFY_TIMEOUT = env.float("GATEWAY_VERIFY_TIMEOUT", default=10.0)  # seconds
# An address that answers with the IP address from which it was asked, or nothing.
EGRESS_IP_URL = env.str("EGRESS_IP_URL", default="")
# Gupshup's clickTime carries no zone.
CLICK_TIME_ZONE = env.str("CLICK_TIME_ZONE", default="Asia/Kolkata")

# Sending --------------------------------------------------------------------------------------

SEND_LEASE = env.float("SEND_LEASE", default=60.0)  # seconds on PostgreSQL's clock
# How long before its lease could end a call must have ended: for clocks that run differently.
SEND_FENCE_MARGIN = env.float("SEND_FENCE_MARGIN", default=5.0)  # seconds
if SEND_LEASE <= GATEWAY_TOTAL_TIMEOUT + SEND_FENCE_MARGIN:  # no call would ever be started
    sys.exit(
        "Kabootar can't start: SEND_LEASE must be more than GATEWAY_TOTAL_TIMEOUT and "
        "SEND_FENCE_MARGIN together. See docs/settings.md."
    )
SEND_TASK_SECONDS = env.float("SEND_TASK_SECONDS", default=300.0)  # longest life of one task
SEND_MAX_ATTEMPTS = env.int("SEND_MAX_ATTEMPTS", default=6)
# Where so many more of a campaign's messages fail than are accepted, it is paused.
SEND_STORM_AFTER = env.int("SEND_STORM_AFTER", default=10)
# So many of a project's newest outcomes; where this share of them failed, its campaigns are paused.
SEND_STORM_WINDOW = env.int("SEND_STORM_WINDOW", default=100)
SEND_STORM_SHARE = env.float("SEND_STORM_SHARE", default=0.5)
DOUBT_SETTLES_AFTER = env.float("DOUBT_SETTLES_AFTER", default=900.0)  # seconds after the lease

# Callbacks ------------------------------------------------------------------------------------

CALLBACK_MAX_BYTES = 1024 * 1024
RECEIPT_MAX_TRIES = 3
# Reports that wait for their message: so many of one callback, and of one project.
PARKED_PER_RECEIPT = env.int("PARKED_PER_RECEIPT", default=5_000)
PARKED_PER_PROJECT = env.int("PARKED_PER_PROJECT", default=100_000)
# From which servers pictures and files that people send are fetched.
INBOUND_MEDIA_HOSTS = env.list("INBOUND_MEDIA_HOSTS", default=["*.gupshup.io", "*.smsgupshup.com"])
# Of phones whose owner was erased: docs/people-data.md. Without it nobody is erased.
ERASURE_KEY = env.str("ERASURE_KEY", default="")
# Days that are kept; 0 keeps for ever.
RECEIPT_KEEP_DAYS = env.int("RECEIPT_KEEP_DAYS", default=30)
INBOUND_KEEP_DAYS = env.int("INBOUND_KEEP_DAYS", default=0)
EVENT_KEEP_DAYS = env.int("EVENT_KEEP_DAYS", default=0)
SENT_KEEP_DAYS = env.int("SENT_KEEP_DAYS", default=180)
# Never 0: how far back they go is how far back they are taken.
CUSTOM_EVENT_KEEP_DAYS = env.int("CUSTOM_EVENT_KEEP_DAYS", default=400)
# Uploads that nobody started, and rows that were refused.
IMPORT_FILE_KEEP_DAYS = env.int("IMPORT_FILE_KEEP_DAYS", default=90)
# What was read to bring templates in, and what somebody wrote in an editor without saving it.
TEMPLATE_IMPORT_KEEP_DAYS = env.int("TEMPLATE_IMPORT_KEEP_DAYS", default=90)
UNSAVED_EDIT_KEEP_DAYS = env.int("UNSAVED_EDIT_KEEP_DAYS", default=90)

# Who watches ----------------------------------------------------------------------------------

# What Prometheus shows to read /metrics; unset: it is read on this machine alone.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Logging --------------------------------------------------------------------------------------

LOG_FORMATS = {"text": "config.ops.log_lines.TextLine", "json": "config.ops.log_lines.JsonLine"}
LOG_FORMAT = env.str("LOG_FORMAT", default="text")
LOGGERS: dict[str, object] = {
    "celery": {"level": "WARNING"},  # it tells of each hint, many a second
    "django.request": {"filters": ["hide_callback_keys"]},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": LOG_FORMATS[LOG_FORMAT]}},
    "filters": {
        "hide_callback_keys": {"()": "callbacks.receiving.masking.HideCallbackKeys"},
        "refused_in_one_line": {"()": "config.ops.log_lines.RefusedInOneLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["hide_callback_keys", "refused_in_one_line"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": LOGGERS,
}
