"""Campaigns of the demo that go out by themselves: on a birthday, when a cart was left, when
somebody becomes a regular, and to whoever viewed a campaign and did not click.

The weekly one stands with the others, in campaign.py.
"""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.models import Audience, AudiencePart, Campaign, CampaignKind, EventName, Segment
from campaigns.planning.drafting import Written, save_draft
from campaigns.planning.occasion import Deed, Entry, Occasion
from campaigns.planning.occasion_document import as_document as occasion_document
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document as schedule_document
from campaigns.running.lifecycle import publish
from config.demo.doings import CART, ORDERED
from config.demo.segments import BIRTHDAY, REGULARS
from config.demo.templates import TREATS
from providers.models import Project
from providers.watch.actors import Actor
from templates_app.models import Template


def publish_birthday(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Every day at ten, to whoever's birthday it is then."""
    segment = Segment.objects.get(project=project, name=BIRTHDAY)
    schedule = Schedule(
        every=Every.DAY,
        at=time(10),
        starts_on=timezone.localdate(timezone=ZoneInfo(project.time_zone)),
    )
    campaign = Campaign(
        project=project,
        name="A treat for your birthday",
        audience=Audience.SOME,
        kind=CampaignKind.RECURRING,
        schedule=schedule_document(schedule),
        cut_off_hours=8,
    )
    campaign.unsaved_parts = [AudiencePart(segment=segment, is_left_out=False)]
    return _publish(campaign, template, by=by)


def publish_cart(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Who leaves a cart and does not order within two hours."""
    did, unless = Deed(CART), Deed(ORDERED)
    occasion = Occasion(did=did, delay=timedelta(hours=2), unless=unless)
    return _publish(_live(project, "Your cart waits", occasion), template, by=by)


def publish_welcome(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Who orders for the second time, once."""
    regulars = Segment.objects.get(project=project, name=REGULARS)
    occasion = Occasion(did=Entry(regulars.pk), again=None)
    return _publish(_live(project, "Welcome, regular", occasion), template, by=by)


def publish_reminder(of: Campaign, template: Template, *, by: Actor) -> Campaign:
    """Who has viewed it, and has not clicked a day later."""
    viewed, clicked = (Deed(name.value, of=of.pk) for name in (EventName.VIEWED, EventName.CLICKED))
    occasion = Occasion(did=viewed, delay=timedelta(days=1), unless=clicked)
    return _publish(_live(of.project, "Did you see our treats?", occasion), template, by=by)


def _live(project: Project, name: str, occasion: Occasion) -> Campaign:
    return Campaign(
        project=project,
        name=name,
        audience=Audience.EVERYBODY,
        kind=CampaignKind.LIVE,
        occasion=occasion_document(occasion),
    )


def _publish(campaign: Campaign, template: Template, *, by: Actor) -> Campaign:
    save_draft(campaign, variants=[Written(template=template, values=TREATS.values)], by=by)
    publish(campaign, by=by)
    return campaign
