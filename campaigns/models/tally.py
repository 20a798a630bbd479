"""A run's numbers as deltas: written with what they count, in its transaction, folded later.

Nobody updates a row that somebody else may update, so nothing waits and nothing deadlocks; the sum
is exact at every moment.
"""

from django.db import models

from campaigns.models.run import Run
from campaigns.models.variant import Variant
from providers.models.fields import LooseForeignKey


class Tally(models.Model):
    run = LooseForeignKey(
        Run,
        on_delete=models.CASCADE,
        related_name="tallies",
        db_index=True,
    )
    variant = LooseForeignKey(
        Variant,
        on_delete=models.SET_NULL,
        null=True,
    )
    name = models.CharField(max_length=60)
    # The UTC quarter of an hour that the message's own time lies in, of what has a time.
    quarter = models.DateTimeField(null=True)
    n = models.BigIntegerField()
    # A sum of what was counted before; what is not, waits to be folded.
    folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["run"], condition=models.Q(folded=False), name="tally_to_fold")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.n:+}"
