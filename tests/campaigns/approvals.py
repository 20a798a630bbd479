"""Projects whose campaigns need approval, and people who ask and decide."""

from typing import Any

from django.test import Client

from campaigns.models import Campaign
from campaigns.running.approving import ask_for_approval
from providers.models import Project, Role, User
from providers.watch.actors import Actor
from tests.campaigns.drafts import page, ready
from tests.factories import MembershipFactory


def team(project: Project, *names: str, role: Role = Role.MARKETER) -> list[User]:
    """Members with these first names, in a project that has approvals on."""
    Project.objects.filter(pk=project.pk).update(needs_approval=True)
    project.refresh_from_db()
    return [
        MembershipFactory.create(
            project=project, role=role, user__first_name=name, user__email=f"{name}@example.com"
        ).user
        for name in names
    ]


def asked(project: Project, by: User, **fields: Any) -> Campaign:
    """A campaign that waits for somebody else than `by`."""
    campaign = ready(project, **fields)
    ask_for_approval(campaign, by=Actor(by))
    return campaign


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def last_page(client: Client, campaign: Campaign) -> str:
    """What it says, without its blanks, with the part that is counted apart."""
    texts = [client.get(page(campaign, part)) for part in ("publish", "publish/reach")]
    return " ".join(" ".join(one.text for one in texts if one.status_code == 200).split())


def click(client: Client, campaign: Campaign, what: str, **more: str) -> list[str]:
    """What is said after a button of the last page; without a name, that of publishing."""
    seen = client.get(page(campaign, "publish/reach")).context["seen"]
    address = page(campaign, f"publish/{what}".rstrip("/"))
    answer = client.post(address, {"seen": seen, **more}, follow=True)
    return [str(message) for message in answer.context["messages"]]
