"""What a campaign says: one of its templates, and what fills it."""

from django.db import models

from campaigns.models.campaign import Campaign
from templates_app.models import TemplateVersion


class Variant(models.Model):
    """A pinned template version and what goes into its placeholders."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="variants")
    # Slot → {"text": "Hi {{ profile.name }}", "fallback": "there"}; slots as the template's kind
    # names them, like "body.1" or "button.0".
    values = models.JSONField(default=dict)
    # In percent, where the campaign is split by shares.
    share = models.PositiveSmallIntegerField(null=True)
    # The property's values that it is for, one a line, as its author wrote them; the first variant
    # is for everybody else.
    fits = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="one_variant_position")
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.letter}"

    @property
    def letter(self) -> str:
        """What people and events call it: A is the first."""
        return letter_of(self.position)

    @property
    def fitting(self) -> list[str]:
        """The values that it is for, each once."""
        return list(
            dict.fromkeys(line for each in self.fits.splitlines() if (line := each.strip()))
        )


def letter_of(position: int) -> str:
    return chr(ord("A") + position)
