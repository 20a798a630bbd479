"""A project is a tenant: whatever belongs to somebody belongs to one."""

import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from providers.models.fields import NameField

ACCOUNT_ID_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without 0, 1, I, O: read aloud safely

# In percent: whoever holds back more compares with too few.
MOST_CONTROL = 50

# A cap's field → over how many days it reaches back.
CAP_DAYS = {"most_per_day": 1, "most_per_week": 7, "most_per_month": 30}
# More a month nobody reads, nor does it protect anybody.
MOST_CAP = 1_000
CAP_BOUNDS = [MinValueValidator(1), MaxValueValidator(MOST_CAP)]

# Further back than this nobody looks, and far enough back there is no calendar to reckon with.
YEAR_IN_HOURS = 365 * 24


def new_account_id() -> str:
    """An account id like W9R-K6Z-8K5Z."""
    letters = [secrets.choice(ACCOUNT_ID_ALPHABET) for _ in range(10)]
    return "-".join("".join(part) for part in (letters[:3], letters[3:6], letters[6:]))


def new_callback_secret() -> str:
    return secrets.token_urlsafe(24)


def default_opt_out_words() -> list[str]:
    return ["STOP", "UNSUBSCRIBE", "Stop promotions", "STOP ALL", "OPT OUT", "OPTOUT", "CANCEL"]


def default_opt_in_words() -> list[str]:
    return ["START", "SUBSCRIBE", "OPT IN", "OPTIN", "UNSTOP"]


class Project(models.Model):
    name = NameField(max_length=100)
    account_id = models.CharField(max_length=12, unique=True, default=new_account_id)
    time_zone = models.CharField(max_length=64, default="Asia/Kolkata")
    default_country = models.CharField(
        max_length=2,
        default="IN",
        help_text="Two letters. Numbers without a country code are read as this country's.",
    )
    imported_as_subscribed = models.BooleanField(
        null=True,
        blank=True,
        default=None,
        help_text="What MSG-whatsapp becomes for imported people when the file has no such column.",
    )
    opt_out_words = models.JSONField(default=default_opt_out_words)
    opt_in_words = models.JSONField(default=default_opt_in_words)
    opt_out_confirmation = models.TextField(
        blank=True, default="You will not get any more messages from us. Reply START to undo this."
    )
    opt_in_confirmation = models.TextField(
        blank=True, default="Welcome back! You will get our messages again."
    )
    reply_window_hours = models.PositiveIntegerField(
        default=72,
        validators=[MaxValueValidator(YEAR_IN_HOURS)],
        help_text="A reply counts for the last campaign message sent within this many hours.",
    )
    auto_reply_pause_minutes = models.PositiveIntegerField(
        default=60, validators=[MaxValueValidator(YEAR_IN_HOURS * 60)]
    )
    auto_reply_daily_limit = models.PositiveIntegerField(
        default=5, validators=[MaxValueValidator(1_000)]
    )
    # So many people in a hundred get no marketing campaign; None: nobody is held back.
    control_percent = models.PositiveSmallIntegerField(
        "control group, in percent",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_CONTROL)],
    )
    # Marketing messages to one phone in any 24 hours, 7 days, 30 days; None: as many as there are.
    most_per_day = models.PositiveSmallIntegerField(
        "messages to one person in 24 hours, at most", null=True, blank=True, validators=CAP_BOUNDS
    )
    most_per_week = models.PositiveSmallIntegerField(
        "in 7 days, at most", null=True, blank=True, validators=CAP_BOUNDS
    )
    most_per_month = models.PositiveSmallIntegerField(
        "in 30 days, at most", null=True, blank=True, validators=CAP_BOUNDS
    )
    # Somebody other than whoever asks looks at each campaign before it goes out.
    needs_approval = models.BooleanField("campaigns need approval", default=False, db_default=False)
    requires_two_factor = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def caps(self) -> list[str]:
        """Those that are set, like “1 in 24 hours” and “3 in 7 days”."""
        set_ones = {name: most for name in CAP_DAYS if (most := getattr(self, name))}
        return [
            f"{most} in {f'{days} days' if days > 1 else '24 hours'}"
            for name, most in set_ones.items()
            for days in [CAP_DAYS[name]]
        ]
