"""Where somebody writes a draft, for what is kept of it by itself (providers/people)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from campaigns.models import Campaign, UnsavedDraft
from providers.models import Project, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Without a campaign it is a new one."""

    project: Project
    by: User
    campaign: Campaign | None = None

    @property
    def rows(self) -> QuerySet[UnsavedDraft]:
        rows = UnsavedDraft.objects.filter(project=self.project, campaign=self.campaign)
        return rows if self.campaign else rows.filter(by=self.by)

    @property
    def key(self) -> Mapping[str, object]:
        return {"project": self.project, "campaign": self.campaign}
