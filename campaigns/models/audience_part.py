"""What a campaign's audience is made of: the lists and segments that it takes, and the lists,
segments and people of earlier campaigns that it leaves out."""

from typing import Any

from django.db import models
from django.db.models import Q

from campaigns.models.custom_list import CustomList
from campaigns.models.segment import Segment


class Slice(models.TextChoices):
    """Which of an earlier campaign's people. The last ones got it and did nothing more."""

    TARGETED = "targeted", "were chosen for it"
    SENT = "sent", "were sent it"
    DELIVERED = "delivered", "had it delivered"
    VIEWED = "viewed", "viewed it"
    CLICKED = "clicked", "clicked in it"
    REPLIED = "replied", "replied to it"
    FAILED = "failed", "failed to get it"
    SUPPRESSED = "suppressed", "were left out of it"
    NOT_DELIVERED = "not_delivered", "were sent it, and have no report of its delivery"
    NOT_VIEWED = "not_viewed", "were sent it, and did not view it"
    NOT_CLICKED = "not_clicked", "were sent it, and did not click"


class PartManager(models.Manager["AudiencePart"]):
    """With what each part names, in the order in which they were chosen."""

    def get_queryset(self) -> models.QuerySet["AudiencePart"]:
        named = super().get_queryset().select_related("custom_list", "segment", "earlier")
        return named.order_by("pk")


class AudiencePart(models.Model):
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="parts"
    )
    is_left_out = models.BooleanField()
    custom_list = models.ForeignKey(
        CustomList, on_delete=models.PROTECT, null=True, related_name="+"
    )
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+")
    earlier = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, null=True, related_name="+"
    )
    slice = models.CharField(max_length=20, choices=Slice.choices, blank=True, default="")

    objects = PartManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_part_names_one_thing",
                condition=Q(custom_list__isnull=False, segment=None, earlier=None, slice="")
                | Q(custom_list=None, segment__isnull=False, earlier=None, slice="")
                | Q(custom_list=None, segment=None, earlier__isnull=False, is_left_out=True)
                & ~Q(slice=""),
            )
        ]

    def __str__(self) -> str:
        """Within a sentence, like “the list “VIP””."""
        if self.earlier is not None:
            return f"those of “{self.earlier}” who {Slice(self.slice).label}"
        return (
            f"the list “{self.custom_list}”"
            if self.segment is None
            else f"the segment “{self.segment}”"
        )

    @property
    def names(self) -> tuple[Any, ...]:
        """The same for two parts that say the same."""
        return (self.is_left_out, self.custom_list_id, self.segment_id, self.earlier_id, self.slice)
