"""One time that a campaign goes out, what for, to whom, and the shares in which it is launched."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from campaigns.models.campaign import Campaign
from campaigns.models.goal import Goal
from campaigns.models.profile import Profile
from campaigns.models.variant import Variant


class RunStatus(models.TextChoices):
    WAITING = "waiting", "Waiting for the winner"
    LAUNCHING = "launching", "Launching"
    SENDING = "sending", "Sending"
    STANDING = "standing", "Standing"
    FINISHED = "finished", "Finished"


# Its messages are made ready, or leave, or wait for what a test decides; or it stands, since people
# enter it one by one.
OPEN_RUNS = (RunStatus.LAUNCHING, RunStatus.SENDING, RunStatus.WAITING, RunStatus.STANDING)


class Run(models.Model):
    """One time that a campaign goes out; done when it is launched, and nobody of it is queued or in
    doubt."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.LAUNCHING)
    # The day that it was planned for, in the project's zone: nobody opens one twice. None of what
    # no plan asks for, such as a second try.
    due_key = models.DateField(null=True)
    # What its messages are to bring about; none where the campaign had no goal.
    goal = models.ForeignKey(Goal, on_delete=models.SET_NULL, null=True, related_name="runs")
    # Of a planned day on which it did not go out, in plain words: finished, with nobody in it.
    skipped_because = models.TextField(blank=True, default="", db_default="", editable=False)
    # A second try for some people of this earlier run; unique, so that nobody gets a third.
    retry_of = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, related_name="retry"
    )
    # For the people who wait for the winner of this earlier run, an A/B test.
    rest_of = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="rest")
    # How many that are, whether they can be sent to or not.
    waiting_people = models.PositiveIntegerField(default=0, db_default=0)
    # Tally's name → how many of these people the earlier run counts in it; and as of which tallies.
    superseded = models.JSONField(default=dict, editable=False)
    superseded_as_of = models.CharField(max_length=40, blank=True, default="", editable=False)
    # The audience is every profile up to this id: who comes later is not in this run.
    last_profile_id = models.BigIntegerField()
    # When it was decided who belongs to it; None: not yet (running/gathering.py).
    as_of = models.DateTimeField(null=True)
    # They stand in RunAudience. Otherwise they are everybody up to the id above.
    keeps_audience = models.BooleanField(default=False, db_default=False)
    started_at = models.DateTimeField(db_default=Now())
    # Of one that people set off by coming into a segment: when who is in it was last looked at.
    # None: whoever is in it the next time was in it before.
    compared_at = models.DateTimeField(null=True)
    launched_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Of one that recurs: up to this profile's id, whom its launch left out is forgotten.
    forgotten_up_to = models.BigIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_run_number"),
            models.UniqueConstraint(fields=["campaign", "due_key"], name="one_run_a_planned_day"),
        ]
        indexes = [
            models.Index(fields=["campaign"], condition=Q(status="standing"), name="run_standing")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} run {self.number}"


class LaunchShare(models.Model):
    """A part of a run's audience that is launched beside the others: everybody whose phone's key
    leaves `number` when divided by `of`. Up to `cursor`, a profile's id, they have their rows."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shares", db_index=False)
    number = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    cursor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_launch_share")]

    def __str__(self) -> str:
        return f"{self.run} share {self.number + 1} of {self.of}"


class RunAudience(models.Model):
    """One of those who belong to a run: decided once for all of them, and read by its shares
    however often they start anew. Goes when the run is over. Slim, without foreign keys in the
    database, as there may be a million; whose profile is gone meanwhile is passed by."""

    pk = models.CompositePrimaryKey("run_id", "profile_id")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    profile = models.ForeignKey(
        Profile, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    # Which share launches them, also if the phone is another one by then.
    match_key = models.BigIntegerField(null=True)
    # What they get.
    arm = models.ForeignKey(
        Variant,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # Why they get nothing, where that was decided with all the others.
    reason = models.CharField(max_length=24, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"{self.run_id}:{self.profile_id}"
