"""What a program shows to be let into a project. Of its secret only a hash is kept."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from providers.models.fields import NameField
from providers.models.project import Project
from providers.models.user import User

BEGINNING = "kb_live_"


class Scope(models.TextChoices):
    READ = "read", "Read"
    WRITE = "write", "Write"
    SEND = "send", "Send"
    EXPORT = "export", "Export"


class KeyState(models.TextChoices):
    WORKS = "works", "Works"
    ENDED = "ended", "Ended"
    REVOKED = "revoked", "Revoked"


class ApiKey(models.Model):
    """`public_id` stands in the key, between its beginning and the secret. Rows are never deleted:
    the audit log names them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_keys")
    name = NameField(max_length=60, help_text="What uses it, like “Web shop”.")
    public_id = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list, blank=True)
    # How many messages it may send in a day of the project's zone; None: as many as it likes.
    sends_a_day = models.PositiveIntegerField(null=True, blank=True)
    # The day on which it last did, and how many that day.
    sent_on = models.DateField(null=True, editable=False)
    sent_today = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField("made", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("ends", null=True, blank=True)
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)
    last_used_at = models.DateTimeField("last used", null=True, editable=False)
    last_used_from = models.GenericIPAddressField(null=True, editable=False)

    class Meta:
        verbose_name = "API key"
        verbose_name_plural = "API keys"

    def __str__(self) -> str:
        return self.name

    @property
    def shown(self) -> str:
        """What may be seen of it."""
        return f"{BEGINNING}{self.public_id}_…"

    def state(self, *, at: datetime) -> KeyState:
        if self.revoked_at is not None:
            return KeyState.REVOKED
        is_over = self.expires_at is not None and self.expires_at <= at
        return KeyState.ENDED if is_over else KeyState.WORKS
