"""When each kind of worker was last heard of."""

from django.db import models


class Heartbeat(models.Model):
    """`at` is PostgreSQL's clock; `skew` says how far the worker's own was ahead of it."""

    name = models.CharField(max_length=20, primary_key=True)  # of a queue
    at = models.DateTimeField()
    skew = models.FloatField(default=0.0)  # seconds

    def __str__(self) -> str:
        return self.name
