"""What stands still until a person does something, for Home: so many, and where."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from campaigns.models import (
    UNDER_WAY,
    Campaign,
    CampaignStatus,
    Import,
    ImportStatus,
    Run,
    RunStatus,
)
from campaigns.planning.approvals import waiting_for
from providers.models import Project, User
from templates_app.models import Status, Template

CAMPAIGNS = "admin:campaigns_campaign_changelist"
IMPORTS = "admin:campaigns_import_changelist"
TEMPLATES = "admin:templates_app_template_changelist"
# What is counted, of one and of many, and the list that shows them.
KINDS = (
    (
        "approvals",
        "campaign waits for your approval",
        "campaigns wait for your approval",
        CAMPAIGNS,
        CampaignStatus.AWAITING,
    ),
    (
        "undecided",
        "test waits for you to choose the winner",
        "tests wait for you to choose the winner",
        CAMPAIGNS,
        CampaignStatus.RUNNING,
    ),
    ("paused", "campaign is paused", "campaigns are paused", CAMPAIGNS, CampaignStatus.PAUSED),
    (
        "rejected",
        "template was rejected by Meta",
        "templates were rejected by Meta",
        TEMPLATES,
        Status.REJECTED,
    ),
    (
        "uploaded",
        "import waits for its columns",
        "imports wait for their columns",
        IMPORTS,
        ImportStatus.UPLOADED,
    ),
    ("drafts", "campaign is a draft", "campaigns are drafts", CAMPAIGNS, CampaignStatus.DRAFT),
)


@dataclass(frozen=True)
class Waiting:
    words: str
    link: str


def waiting_for_you(project: Project, *, approver: User | None = None) -> list[Waiting]:
    """What needs somebody soonest first. Four queries, however much there is; without an approver,
    who may decide what others ask for, three."""
    counts = {
        "approvals": waiting_for(approver, project) if approver else 0,
        **_campaigns(project),
        "rejected": Template.objects.filter(project=project, status=Status.REJECTED).count(),
        "uploaded": Import.objects.filter(project=project, status=ImportStatus.UPLOADED).count(),
    }
    return [
        Waiting(
            f"{counts[name]:,} {one if counts[name] == 1 else many}",
            f"{reverse(page)}?status__exact={status}",
        )
        for name, one, many, page, status in KINDS
        if counts[name]
    ]


def _campaigns(project: Project) -> dict[str, int]:
    """A test that decides by itself has a time for that; one that asks has none any more."""
    waits = Run.objects.filter(campaign=OuterRef("pk"), status=RunStatus.WAITING)
    mine = Campaign.objects.without_versions().filter(project=project)
    found: dict[str, int] = mine.aggregate(
        paused=Count("pk", filter=Q(status=CampaignStatus.PAUSED)),
        drafts=Count("pk", filter=Q(status=CampaignStatus.DRAFT)),
        undecided=Count(
            "pk",
            filter=Q(status__in=UNDER_WAY, winner=None, decides_at=None) & Q(Exists(waits)),
        ),
    )
    return found
