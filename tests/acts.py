"""Every act that changes something for somebody: what the audit log says of it, and how it is done.

`prepare` makes the rows and gives back the act, ready to be done by somebody. It is done on rows as
they were read before, as a page does it that was opened a while ago.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.audience import adding, lists
from campaigns.audience.imports import exporting, forgetting, queueing, uploading
from campaigns.audience.imports.mapping import ColumnMapping, guess
from campaigns.models import (
    CampaignStatus,
    CustomList,
    Import,
    ImportKind,
    ImportStatus,
    OutboxState,
    Profile,
    Run,
    RunStatus,
    State,
)
from campaigns.planning import drafting
from campaigns.planning.preflight import variants_of
from campaigns.running import lifecycle, publishing
from campaigns.sending import settling, taking_over
from campaigns.tryouts import send_test, testing_templates
from providers.gateway.requests import Credentials
from providers.models import Installation, Project
from providers.phones.numbers import Phone, read_phone
from providers.watch.actors import Actor
from providers.watch.auditing import Change
from tests.campaigns.drafts import ready
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ImportFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    TemplateVersionFactory,
)

Deed = Callable[[Actor], object]
CHANGED = [Change("Name")]


@dataclass(frozen=True)
class Act:
    """`again`: whoever does it a second time changes something a second time."""

    entry: str
    prepare: Callable[[Project], Deed]
    again: bool = False


def on(row: Any, act: Callable[..., object], **more: Any) -> Deed:
    return lambda by: act(deepcopy(row), **more, by=by)


def phone() -> Phone:
    return read_phone("+919000000001", default_country="IN")


# Campaigns ----------------------------------------------------------------------------------------


def moved(status: CampaignStatus, move: Callable[..., object]) -> Callable[[Project], Deed]:
    return lambda project: on(CampaignFactory.create(project=project, status=status), move)


def publish_as_seen(project: Project) -> Deed:
    campaign = ready(project)
    seen = publishing.fingerprint(campaign, variants_of(campaign))
    return lambda by: publishing.publish_as_seen(campaign.pk, seen=seen, by=by)


def retry(project: Project) -> Deed:
    campaign = ready(project, status=CampaignStatus.COMPLETED)
    run = RunFactory.create(campaign=campaign, status=RunStatus.FINISHED)
    MessageFactory.create(run=run, state=State.FAILED, reason="retries_exhausted")
    return on(campaign, lifecycle.retry)


def save_draft(project: Project) -> Deed:
    draft = CampaignFactory.build(project=project)
    return on(draft, drafting.save_draft, template=None, values={})


def in_doubt(settle: Callable[..., int]) -> Callable[[Project], Deed]:
    def prepare(project: Project) -> Deed:
        ProviderFactory.create(project=project)
        status = CampaignStatus.RUNNING
        run: Run = RunFactory.create(campaign__project=project, campaign__status=status)
        message = MessageFactory.create(run=run, state=State.IN_DOUBT, code="timed_out", attempt=1)
        OutboxFactory.create(message=message, state=OutboxState.IN_DOUBT, attempt=1)
        return on(settling.Doubts(project=project, campaign=run.campaign), settle)

    return prepare


def take_over(_project: Project) -> Deed:
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})
    return lambda by: taking_over.take_over(by=by, doubts_queued=True)


# People -------------------------------------------------------------------------------------------


def list_called(project: Project) -> Deed:
    return lambda by: lists.list_called(project, "Friends", by=by)


def save_list(project: Project) -> Deed:
    known: CustomList = CustomListFactory.create(project=project)
    return on(known, lists.save_list, changes=CHANGED)


def add_person(project: Project) -> Deed:
    number = phone()
    more = {"phone": number.e164, "match_key": number.match_key, "name": "Asha"}
    return lambda by: adding.add_person(project, **more, by=by)


def save_person(project: Project) -> Deed:
    person: Profile = ProfileFactory.create(project=project)
    more = {"changed": ["name", "subscribed", "blocked"], "subscribed": False, "blocked": True}
    return on(person, adding.save_person, **more, changes=CHANGED)


def accept(project: Project) -> Deed:
    file = SimpleUploadedFile("people.csv", b"identity\nu-1\n")
    more: dict[str, Any] = {"kind": ImportKind.PEOPLE, "into_list": None}
    return lambda by: uploading.accept(project, file, **more, by=by)


def uploaded(project: Project, **fields: Any) -> Import:
    made: Import = ImportFactory.create(project=project, status=ImportStatus.UPLOADED, **fields)
    return made


def start(project: Project) -> Deed:
    mapping: ColumnMapping = guess(["identity"], [["u-1"]], kind=ImportKind.PEOPLE, known={})
    more = {"mapping": mapping, "default_country": "IN", "new_subscribed": None}
    return on(uploaded(project), queueing.start, **more)


def export_refused(project: Project) -> Deed:
    upload = uploaded(project)
    upload.refused_file.save("refused.csv", SimpleUploadedFile("refused.csv", b"row,reason\n"))
    return on(upload, exporting.export_refused)


# Tests --------------------------------------------------------------------------------------------


def send_text(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    return lambda by: send_test.send_text(project, phone=phone(), text="Hello", by=by)


def send_text_with(project: Project) -> Deed:
    typed = Credentials(user_id="2000000001", password="nobody knows it")
    return lambda by: send_test.send_text_with(typed, project, phone=phone(), text="Hello", by=by)


def send_template(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    version = TemplateVersionFactory.create(template__project=project)
    more = {"phone": phone(), "version": version, "values": {}}
    return lambda by: send_test.send_template(project, **more, by=by)


def send_trial(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    version = TemplateVersionFactory.create(template__project=project)
    recipients = [testing_templates.Recipient(phone())]
    return on(version, testing_templates.send_trial, values={}, recipients=recipients)


S = CampaignStatus
ACTS: dict[Callable[..., object], Act] = {
    lifecycle.publish: Act("campaign.published", lambda each: on(ready(each), lifecycle.publish)),
    publishing.publish_as_seen: Act("campaign.published", publish_as_seen),
    lifecycle.unschedule: Act("campaign.unscheduled", moved(S.SCHEDULED, lifecycle.unschedule)),
    lifecycle.pause: Act("campaign.paused", moved(S.RUNNING, lifecycle.pause)),
    lifecycle.resume: Act("campaign.resumed", moved(S.PAUSED, lifecycle.resume)),
    lifecycle.stop: Act("campaign.stopped", moved(S.RUNNING, lifecycle.stop)),
    lifecycle.retry: Act("campaign.retried", retry),
    drafting.save_draft: Act("campaign.added", save_draft, again=True),
    drafting.clone: Act("campaign.cloned", moved(S.COMPLETED, drafting.clone), again=True),
    drafting.discard: Act("campaign.deleted", moved(S.DRAFT, drafting.discard)),
    settling.assume_sent: Act("campaign.assumed_sent", in_doubt(settling.assume_sent)),
    settling.send_again: Act("campaign.sent_again", in_doubt(settling.send_again)),
    taking_over.take_over: Act("installation.took_over", take_over),
    lists.list_called: Act("customlist.added", list_called),
    lists.save_list: Act("customlist.changed", save_list, again=True),
    lists.delete_list: Act(
        "customlist.deleted",
        lambda each: on(CustomListFactory.create(project=each), lists.delete_list),
    ),
    adding.add_person: Act("profile.added", add_person),
    adding.save_person: Act("profile.changed", save_person, again=True),
    uploading.accept: Act("import.uploaded", accept, again=True),
    queueing.start: Act("import.started", start),
    queueing.cancel: Act("import.cancelled", lambda each: on(uploaded(each), queueing.cancel)),
    forgetting.delete_import: Act(
        "import.deleted", lambda each: on(uploaded(each), forgetting.delete_import)
    ),
    exporting.export_refused: Act("import.exported", export_refused, again=True),
    send_test.send_text: Act("test.sent", send_text, again=True),
    send_test.send_text_with: Act("test.sent", send_text_with, again=True),
    send_test.send_template: Act("test.sent", send_template, again=True),
    testing_templates.send_trial: Act("test.sent", send_trial, again=True),
}
