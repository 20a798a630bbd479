"""Who changed what, when. Rows are only ever added: a trigger of the database refuses the rest.

They hold ids and no names of people, so that erasing a person neither needs a change here nor
breaks a row.
That is also why the references are no constraints: what they name may be gone one day.
"""

from django.db import models
from django.db.models.functions import Now

from providers.models.api_key import ApiKey
from providers.models.fields import LooseForeignKey
from providers.models.project import Project
from providers.models.user import User


class AuditEntry(models.Model):
    # PostgreSQL's clock, as of the messages whose authors are found here.
    at = models.DateTimeField(db_default=Now(), editable=False)
    project = LooseForeignKey(
        Project,
        null=True,
        on_delete=models.DO_NOTHING,
        db_index=True,
    )
    by = LooseForeignKey(
        User,
        null=True,
        on_delete=models.DO_NOTHING,
        db_index=True,
    )
    key = LooseForeignKey(
        ApiKey,
        null=True,
        on_delete=models.DO_NOTHING,
        help_text="Where a program did it; then there is no person.",
    )
    action = models.CharField(max_length=60, help_text='Like "campaign.published".')
    target_kind = models.CharField(max_length=60, help_text='Like "campaigns.campaign".')
    target_id = models.CharField(max_length=40)
    changes = models.JSONField(
        default=list,
        help_text="Per field its label and, where they tell nothing of a person, "
        "the old and the new value.",
    )
    note = models.CharField(max_length=200)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["project", "-id"], name="audit_by_project"),
            models.Index(fields=["by", "-id"], name="audit_by_person"),
            models.Index(fields=["target_kind", "target_id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.noun}: {self.happened}"

    @property
    def noun(self) -> str:
        """What it happened to: "campaign" of "campaign.published"."""
        return self.action.partition(".")[0].replace("_", " ")

    @property
    def happened(self) -> str:
        return self.action.partition(".")[2].replace("_", " ").capitalize()

    @property
    def details(self) -> str:
        """Field by field what changed, and the note."""
        told = [_in_words(change) for change in self.changes]
        return " · ".join([*told, self.note] if self.note else told)


def _in_words(change: dict[str, str | None]) -> str:
    old, new = change.get("old"), change.get("new")
    if old is None and new is None:
        return f"{change['field']}: changed"
    if old is None:
        return f"{change['field']}: {new}"
    return f"{change['field']}: {old or 'nothing'} → {new or 'nothing'}"
