"""Drafts as the form posts them, and a project in which one can go out."""

from typing import Any

from campaigns.models import Campaign
from providers.models import Project
from templates_app.models import Template
from tests.factories import CampaignFactory, ProfileFactory, ProviderFactory, VariantFactory

ADD = "/campaigns/campaign/add/"
LIST = "/campaigns/campaign/"
TEXT = {"text": "{{ profile.name }}", "fallback": "there"}


def page(campaign: Campaign, part: str = "change") -> str:
    return f"/campaigns/campaign/{campaign.pk}/{part}/"


def written(**changes: Any) -> dict[str, Any]:
    """What the form posts for a campaign to everybody, now; `changes` are its fields."""
    template: Template | None = changes.pop("template", None)
    form = {
        "name": "Summer sale",
        "audience": "everybody",
        "template": template.pk if template else "",
        "when": "now",
        "starts_at": "",
        "_save": "Save",
    }
    return form | {name.replace("__", "-"): value for name, value in changes.items()}


def ready(project: Project, *, people: int = 2, **fields: Any) -> Campaign:
    """A draft that nothing keeps from going out to so many people."""
    ProviderFactory.create(project=project, rate=20)
    ProfileFactory.create_batch(people, project=project)
    campaign = CampaignFactory.create(project=project, **fields)
    VariantFactory.create(campaign=campaign)
    return campaign
