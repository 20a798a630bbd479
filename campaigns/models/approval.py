"""That somebody else looks at a campaign before it goes out: who asked, who decided, and how."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign
from providers.models import User

LONGEST_WORD = 500


class Outcome(models.TextChoices):
    OPEN = "", "Open"
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"
    TAKEN_BACK = "taken_back", "Taken back"
    NOT_NEEDED = "not_needed", "Published without approval"


class Approval(models.Model):
    """One asking for it; the next asking is another row. The rows are never deleted before their
    campaign, so its page tells the whole story."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="approvals")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, blank=True, default=Outcome.OPEN
    )
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # What whoever returned it wants changed.
    word = models.CharField(max_length=LONGEST_WORD, blank=True, default="")
    # When those who may approve were mailed, and when whoever asked.
    asking_mailed_at = models.DateTimeField(null=True)
    outcome_mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(outcome=""), name="one_open_approval"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.get_outcome_display()}"
