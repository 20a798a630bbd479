"""A run's numbers as deltas: written with what they count, in its transaction, folded later.

Nobody updates a row that somebody else may update, so nothing waits and nothing deadlocks; the sum
is exact at every moment.
"""

from django.db import models

from campaigns.models.run import Run


class Tally(models.Model):
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="tallies", db_constraint=False
    )
    name = models.CharField(max_length=60)
    n = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.n:+}"
