"""What a marketer does in the demo's project: import people, write a campaign, publish it."""

import io
import time
from collections.abc import Callable
from datetime import time as time_of_day
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.audience.imports.mapping import guess
from campaigns.audience.imports.queueing import start
from campaigns.audience.imports.reading import Rows, read_layout
from campaigns.models import Audience, Campaign, CampaignKind, Import, ImportKind, VariantsBy
from campaigns.models.importing import ENDED
from campaigns.planning.drafting import Written, save_draft
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document
from campaigns.running.lifecycle import publish
from config.demo.people import Mix, csv_of
from config.demo.templates import TREATS
from providers.models import Project
from providers.watch.actors import Actor
from templates_app.models import Template

PATIENCE = 120.0  # seconds


class DemoError(Exception):
    """The demo did not get as far as it should; the text says where it stands."""


def import_people(project: Project, mix: Mix, *, by: Actor) -> Import:
    """Uploads the file, takes the guessed columns, and waits for the worker to end it."""
    content = csv_of(mix)
    upload = Import.objects.create(
        project=project,
        file=ContentFile(content, name="customers.csv"),
        file_name="customers.csv",
        bytes_total=len(content),
        created_by=by.person,
    )
    file = io.BytesIO(content)
    layout = read_layout(file)
    first = [row for row in Rows(file, layout) if isinstance(row, list)][:20]
    mapping = guess(layout.labels, first, kind=ImportKind.PEOPLE, known={})
    start(upload, mapping, default_country=project.default_country, new_subscribed=None, by=by)
    wait_for(lambda: Import.objects.filter(pk=upload.pk, status__in=ENDED).exists(), "the import")
    upload.refresh_from_db()
    return upload


def publish_campaign(project: Project, template: Template, *, by: Actor) -> Campaign:
    campaign = Campaign(project=project, name="Monsoon treats", audience=Audience.EVERYBODY)
    save_draft(campaign, variants=[Written(template=template, values=TREATS.values)], by=by)
    publish(campaign, by=by)
    return campaign


def publish_test(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Which greeting do more people answer to? A part gets the test, the others wait."""
    campaign = Campaign(
        project=project,
        name="Which greeting?",
        audience=Audience.EVERYBODY,
        variants_by=VariantsBy.TEST,
        test_percent=40,
        decides_after=4,
    )
    greetings = (TREATS.values["body.1"], {"text": "dear tea lover", "fallback": ""})
    variants = [
        Written(template=template, values={**TREATS.values, "body.1": greeting}, position=position)
        for position, greeting in enumerate(greetings)
    ]
    save_draft(campaign, variants=variants, by=by)
    publish(campaign, by=by)
    return campaign


def publish_weekly(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Every Monday at ten, from tomorrow on."""
    schedule = Schedule(
        every=Every.WEEK,
        weekdays=frozenset({1}),
        at=time_of_day(10),
        starts_on=timezone.localdate(timezone=ZoneInfo(project.time_zone)) + timedelta(days=1),
    )
    campaign = Campaign(
        project=project,
        name="Treats of the week",
        audience=Audience.EVERYBODY,
        kind=CampaignKind.RECURRING,
        schedule=as_document(schedule),
        cut_off_hours=4,
    )
    save_draft(campaign, variants=[Written(template=template, values=TREATS.values)], by=by)
    publish(campaign, by=by)
    return campaign


def publish_with_goal(project: Project, template: Template, *, by: Actor) -> Campaign:
    """Who orders within two days, and who would have ordered anyway? Returns once its people are
    chosen."""
    campaign = Campaign(
        project=project,
        name="Order again",
        audience=Audience.EVERYBODY,
        control_percent=30,
        goal={"event": "Ordered", "minutes": 2 * 24 * 60, "value": "Amount", "currency": "INR"},
    )
    save_draft(campaign, variants=[Written(template=template, values=TREATS.values)], by=by)
    publish(campaign, by=by)
    launched = campaign.runs.filter(launched_at__isnull=False)
    wait_for(launched.exists, "the people of a campaign to be chosen")
    return campaign


def wait_for(reached: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > ends:
            raise DemoError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.2)
