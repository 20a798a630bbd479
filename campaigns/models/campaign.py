"""A campaign, and what its author decides. Moves between statuses: running/lifecycle.py."""

from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone
from django.utils.text import get_text_list

from campaigns.models.audience_part import AudiencePart
from campaigns.models.occurrence import EventKind
from providers.models import MOST_CONTROL, Project, User
from providers.models.fields import NameField


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    AWAITING = "awaiting", "Awaiting approval"
    SCHEDULED = "scheduled", "Scheduled"
    LAUNCHING = "launching", "Launching"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


# Nobody has published it: it can be changed.
UNPUBLISHED = (CampaignStatus.DRAFT, CampaignStatus.AWAITING)
# Its messages are made ready, or leave.
GOING = (CampaignStatus.LAUNCHING, CampaignStatus.RUNNING)
# It has begun and is not over.
UNDER_WAY = (*GOING, CampaignStatus.PAUSED)
# It is published and not over: it can be stopped.
LIVE = (CampaignStatus.SCHEDULED, *UNDER_WAY)


class CampaignKind(models.TextChoices):
    """How often it goes out."""

    ONCE = "once", "Once"
    RECURRING = "recurring", "Recurring"
    LIVE = "live", "When something happens"


class VariantsBy(models.TextChoices):
    """Who gets which of a campaign's variants."""

    ONE = "one", "One message for everybody"
    TEST = "test", "A/B test: the winner goes to the rest"
    SPLIT = "split", "Several, split by shares"
    LANGUAGE = "language", "Each person's language"
    PROPERTY = "property", "A property's value"


class DecidesBy(models.TextChoices):
    """What the winner of a test has more of."""

    VIEWED = "read", "Viewed"
    CLICKED = "clicked", "Clicked"
    REPLIED = "replied", "Replied"
    CONVERTED = "converted", "Reached the goal"


class Decision(models.TextChoices):
    """Who gets what when a test's time has come: decided before anybody knows."""

    FIRST = "first", "The winner; if the difference may be chance, variant A"
    LEADER = "leader", "The winner; if the difference may be chance, the one that is ahead"
    ASK = "ask", "The winner; if the difference may be chance, one of us chooses"
    PERSON = "person", "One of us chooses, in any case"


class Audience(models.TextChoices):
    NOT_CHOSEN = "", "Not chosen yet"
    EVERYBODY = "everybody", "Everybody in the project"
    SOME = "some", "People of segments and lists"


class OwnTime(models.TextChoices):
    """Whose clocks a set time is meant by, and what becomes of whoever is past it."""

    NO = "", "The project's: everybody's turn comes at the same moment"
    NEXT_DAY = "next_day", "Each person's own; whoever is past it gets it the next day"
    LEAVE_OUT = "leave_out", "Each person's own; whoever is past it doesn't get it"


class QuietAction(models.TextChoices):
    """What becomes of messages whose turn comes in quiet hours."""

    DELAY = "delay", "Wait until they are over"
    DISCARD = "discard", "Don't send them"


# In percent: of fewer nobody learns anything.
LEAST_TESTED = 5
MOST_TEST_VARIANTS = 4
LONGEST_TEST = 168  # hours
# More than that nobody looks after; each has its card on the campaign's page.
MOST_VARIANTS = 10
# Of fewer people chance says little; and there are lists for choosing them by name.
LEAST_CAP = 100
LONGEST_LABEL = 40  # characters


# Nowhere else do clocks show a time earlier.
FIRST_ZONE = "Etc/GMT-14"


def _in_zone(zone: Value | F, at: F | Func) -> Func:
    """As PostgreSQL's AT TIME ZONE: a moment becomes what the clocks show, and back."""
    return Func(zone, at, function="timezone", output_field=models.DateTimeField())


# When the first of its people are due.
_OPENS_AT = Case(
    When(own_time=OwnTime.NO, then="starts_at"),
    default=_in_zone(Value(FIRST_ZONE), _in_zone(F("project__time_zone"), F("starts_at"))),
    output_field=models.DateTimeField(),
)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def whose_set_time_has_come(self) -> Self:
        """Scheduled ones. Where each person has their own time, it has come for the first."""
        scheduled = self.filter(status=CampaignStatus.SCHEDULED)
        return scheduled.alias(opens_at=_OPENS_AT).filter(opens_at__lte=timezone.now())

    def without_versions(self) -> Self:
        """Those that people know as campaigns."""
        return self.filter(version_of=None)


class Campaign(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="campaigns")
    name = NameField(max_length=100)
    status = models.CharField(
        max_length=10,
        choices=CampaignStatus.choices,
        default=CampaignStatus.DRAFT,
        editable=False,
    )
    kind = models.CharField(
        max_length=10,
        choices=CampaignKind.choices,
        default=CampaignKind.ONCE,
        db_default=CampaignKind.ONCE,
    )
    # Words by which its team finds it again.
    labels = ArrayField(
        models.CharField(max_length=LONGEST_LABEL), blank=True, default=list, db_default=[]
    )
    # Since when it is out of the way: the list shows it only where it is asked for.
    archived_at = models.DateTimeField(null=True, editable=False)
    # In plain words, for a status that needs one: why it was paused, stopped or failed.
    status_reason = models.TextField(blank=True, editable=False)
    # What it is to bring about, as planning/goal_document.py writes it; None: no goal.
    goal = models.JSONField(null=True, blank=True)
    audience = models.CharField(
        max_length=10, choices=Audience.choices, blank=True, default=Audience.NOT_CHOSEN
    )
    # Of those who would get it, so many in a hundred get nothing; None: nobody is held back.
    control_percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MOST_CONTROL)]
    )
    # How many people get it at the most; None: all of them.
    most_people = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(LEAST_CAP)]
    )
    variants_by = models.CharField(
        max_length=10,
        choices=VariantsBy.choices,
        blank=True,
        default=VariantsBy.ONE,
        db_default=VariantsBy.ONE,
    )
    # Whose value decides, where a property's does.
    by_property = models.CharField(max_length=120, blank=True, default="", db_default="")
    # Of an A/B test: so many in a hundred get it, drawn by chance.
    test_percent = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_TESTED), MaxValueValidator(100)],
    )
    decides_by = models.CharField(
        max_length=10,
        choices=DecidesBy.choices,
        blank=True,
        default=DecidesBy.VIEWED,
        db_default=DecidesBy.VIEWED,
    )
    # In hours from the start.
    decides_after = models.PositiveSmallIntegerField(null=True, blank=True)
    decision = models.CharField(
        max_length=10,
        choices=Decision.choices,
        blank=True,
        default=Decision.FIRST,
        db_default=Decision.FIRST,
    )
    # When that is; None where it was decided, or somebody was asked.
    decides_at = models.DateTimeField(null=True, editable=False)
    winner = models.ForeignKey(
        "Variant",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    # In plain words.
    decided_why = models.TextField(blank=True, default="", db_default="", editable=False)
    starts_at = models.DateTimeField(null=True, blank=True)
    # Is it what the project's clocks show then that counts, wherever each person is?
    own_time = models.CharField(
        max_length=10, choices=OwnTime.choices, blank=True, default=OwnTime.NO, db_default=""
    )
    # Of one that recurs: its planned days, as planning/schedule_document.py writes them.
    schedule = models.JSONField(null=True, blank=True)
    # Of a live one: what sets it off, as planning/occasion_document.py writes it.
    occasion = models.JSONField(null=True, blank=True)
    # And the events that are waited for, once it is published: what people do, and are not to do.
    awaited = models.ForeignKey(
        EventKind,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    averted_by = models.ForeignKey(
        EventKind,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    # Or what is waited for to become of messages: names of events.
    awaited_message = models.CharField(
        max_length=30, blank=True, default="", db_default="", editable=False
    )
    averted_by_message = models.CharField(
        max_length=30, blank=True, default="", db_default="", editable=False
    )
    # What becomes of a planned date that can't begin before its cut-off; otherwise it is skipped.
    sends_late = models.BooleanField(default=False, db_default=False)
    # A change of this one, which recurs: a draft until it is published, then waiting for the next
    # run. When it has taken its place, it holds what was before.
    version_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, editable=False, related_name="versions"
    )
    # The first planned date that was neither sent nor skipped. None: there is none, or it is no
    # date's turn: it is a draft, or over.
    next_due_at = models.DateTimeField(null=True, editable=False)
    # Who has not got it by then does not get it any more, in any run.
    ends_at = models.DateTimeField(null=True, blank=True)
    # How long each run may take, in hours from when it was to start; whoever still waits then is
    # left out. So a run that is late by hours does not go out at night.
    cut_off_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    # When that is, for the run that is under way.
    cut_off_at = models.DateTimeField(null=True, editable=False)
    # Every day, in the project's time zone; both or none. From a later to an earlier time goes over
    # midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    quiet_action = models.CharField(
        max_length=10, choices=QuietAction.choices, default=QuietAction.DELAY
    )
    # Messages per minute at most, over all workers; None: as fast as the provider may.
    per_minute = models.PositiveIntegerField(null=True, blank=True)
    # Does it go to people, too, who had as many messages as the project's caps allow?
    ignores_caps = models.BooleanField(default=False, db_default=False)
    # The reason of those whom a stop leaves out.
    left_over = models.CharField(max_length=24, default="campaign_stopped", editable=False)
    # What becomes of a message in doubt that no report ever settles.
    resend_in_doubt = models.BooleanField("send again when in doubt", default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-created_at"], name="campaign_recent"),
            models.Index(fields=["status"], name="campaign_by_status"),
            models.Index(
                fields=["next_due_at"],
                condition=Q(next_due_at__isnull=False),
                name="campaign_due",
            ),
            models.Index(
                fields=["awaited"],
                condition=Q(awaited__isnull=False),
                name="campaign_awaits",
            ),
            models.Index(
                fields=["averted_by"],
                condition=Q(averted_by__isnull=False),
                name="campaign_averted",
            ),
            models.Index(
                fields=["project"],
                condition=Q(awaited_message__gt="") | Q(averted_by_message__gt=""),
                name="campaign_hears",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version_of"],
                condition=Q(status__in=["draft", "awaiting", "scheduled"]),
                name="one_change_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.name

    # What its template is for as a form says it, before that is saved.
    unsaved_category = ""

    # The parts of its audience as a form says them, before they are saved.
    unsaved_parts: list[AudiencePart] | None = None

    @property
    def all_parts(self) -> list[AudiencePart]:
        if self.unsaved_parts is not None:
            return self.unsaved_parts
        return list(self.parts.all()) if self.pk else []

    @property
    def recurs(self) -> bool:
        return self.kind == CampaignKind.RECURRING

    @property
    def is_live(self) -> bool:
        """Does it go out to each person by themselves, when they do something?"""
        return self.kind == CampaignKind.LIVE

    @property
    def stands(self) -> bool:
        """Has it dates of its own? A change of another one has none."""
        return self.recurs and self.version_of_id is None

    @property
    def may_pause(self) -> bool:
        """One that recurs can be paused between its dates, too."""
        return self.status in GOING or (self.stands and self.status == CampaignStatus.SCHEDULED)

    @property
    def has_audience(self) -> bool:
        """Has its author chosen who gets it?"""
        if self.audience == Audience.SOME:
            return any(not part.is_left_out for part in self.all_parts)
        return self.audience == Audience.EVERYBODY

    @property
    def audience_name(self) -> str:
        """Like “the list “VIP” and the segment “Pune”, without the list “Staff””."""
        parts = self.all_parts
        out = _listed(part for part in parts if part.is_left_out)
        name = {
            Audience.EVERYBODY.value: "everybody in the project",
            Audience.SOME.value: _listed(part for part in parts if not part.is_left_out),
        }.get(self.audience)
        return f"{name or 'nobody yet'}{f', without {out}' if out else ''}"


def _listed(parts: Iterable[AudiencePart]) -> str:
    return get_text_list([str(part) for part in parts], "and")
