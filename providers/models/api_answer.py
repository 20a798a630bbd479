"""What a call of the API was answered, so that its repeat is told the same and does nothing."""

from django.db import models
from django.db.models.functions import Now

from providers.models.api_key import ApiKey


class ApiAnswer(models.Model):
    """`name` is the caller's Idempotency-Key; `call` a keyed digest of what was called with it.
    Answers hold numbers and words of ours, nothing of people."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    call = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    body = models.TextField()
    # PostgreSQL's clock.
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="one_api_answer")]

    def __str__(self) -> str:
        return f"answer {self.pk}"
