"""Every act that changes something for somebody: what the audit log says of it, and how it is done.

`prepare` makes the rows and gives back the act, ready to be done by somebody. It is done on rows as
they were read before, as a page does it that was opened a while ago.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any, cast

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_otp.oath import totp

from callbacks.inbox import adding_senders, team_answers
from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import replaying
from campaigns.audience import adding, filling_lists, lists, own_properties, people_views
from campaigns.audience.changing import ordering as changing
from campaigns.audience.changing import undoing
from campaigns.audience.erasing import ordering, telling
from campaigns.audience.imports import exporting, forgetting, queueing, uploading
from campaigns.audience.imports.mapping import ColumnMapping, guess
from campaigns.audience.imports.values import ValueType
from campaigns.audience.paging import Order
from campaigns.audience.property_changes import ordering as properties
from campaigns.audience.segments import saving as saving_segments
from campaigns.audience.source import EVERYBODY
from campaigns.audience.uploads import (
    deleting_names,
    switching,
    uploading_events,
    uploading_in_company,
    uploading_profiles,
    uploading_subscriptions,
    uploading_together,
)
from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    CustomList,
    EventKind,
    ExportStatus,
    Import,
    ImportKind,
    ImportStatus,
    ListMember,
    MessageKind,
    MessageView,
    OutboxState,
    PeopleChange,
    PeopleView,
    Profile,
    Run,
    RunStatus,
    State,
)
from campaigns.planning import drafting, labelling, rate_cards
from campaigns.planning.preflight import variants_of
from campaigns.planning.reading_rates import Rates
from campaigns.results import following_up, message_views
from campaigns.results.exports import asking, whom
from campaigns.results.mails import wishing
from campaigns.results.people_behind import Behind
from campaigns.running import (
    accepting,
    approving,
    archiving,
    deciding,
    lifecycle,
    publishing,
    recipients,
)
from campaigns.sending import settling, taking_over
from campaigns.tryouts import sending_tests, testing_campaigns, testing_templates
from providers.api_keys import making as making_keys
from providers.connection import callback_keys, connecting, disconnecting
from providers.connection.callback_urls import current_key
from providers.gateway.requests import Credentials
from providers.models import (
    Conversation,
    Installation,
    Project,
    Provider,
    Role,
    Scope,
    TwoFactor,
    User,
)
from providers.people import inviting, members, passwords, two_factor
from providers.phones.numbers import Phone, read_phone
from providers.watch.actors import SYSTEM, Actor
from providers.watch.auditing import Change
from templates_app.incoming import importing
from templates_app.incoming.found import Found, Haul
from templates_app.keeping import cloning, editing, statuses
from templates_app.keeping import exporting as exporting_templates
from templates_app.keeping import restoring as restoring_versions
from templates_app.media import hosting
from templates_app.models import Source, Status, Template
from templates_app.wording.components import HeaderKind
from templates_app.wording.reading import read_wording
from tests.campaigns.audience.imports.workbooks import workbook
from tests.campaigns.drafts import ready
from tests.campaigns.living import draft as living_draft
from tests.campaigns.living import living
from tests.campaigns.states import count
from tests.factories import (
    ApiKeyFactory,
    ApprovalFactory,
    CallbackKeyFactory,
    CampaignFactory,
    ConversationFactory,
    CustomListFactory,
    EventKindFactory,
    ExportFactory,
    ImportFactory,
    MembershipFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    SegmentFactory,
    TemplateFactory,
    TemplateVersionFactory,
    UserFactory,
    VariantFactory,
)
from tests.factories.templates import basic_content
from tests.templates_app.media.test_judging_media import picture

Deed = Callable[[Actor], object]
VALUES = {"body.1": {"text": "Asha", "fallback": ""}}
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
    return as_seen(ready(project))


def as_seen(campaign: Campaign) -> Deed:
    seen = publishing.fingerprint(campaign, variants_of(campaign))
    return lambda by: publishing.publish_as_seen(campaign.pk, seen=seen, by=by)


def live(move: Callable[..., object], **fields: Any) -> Callable[[Project], Deed]:
    """Of a campaign that somebody has published; `fields` are what it is by now."""

    def prepare(project: Project) -> Deed:
        campaign = living(project)
        Campaign.objects.filter(pk=campaign.pk).update(**fields)
        campaign.refresh_from_db()
        return on(campaign, move)

    return prepare


def unschedule_live(project: Project) -> Deed:
    campaign = living_draft(project, starts_at=timezone.now() + timedelta(hours=1))
    lifecycle.publish(campaign, by=SYSTEM)
    return on(campaign, lifecycle.unschedule)


def with_approval(project: Project, *, asked_by: User | None = None) -> Campaign:
    """A draft that needs it; with somebody who has asked, it waits."""
    Project.objects.filter(pk=project.pk).update(needs_approval=True)
    MembershipFactory.create(project=project)
    if asked_by is None:
        return ready(project)
    campaign = ready(project, status=CampaignStatus.AWAITING)
    ApprovalFactory.create(campaign=campaign, asked_by=asked_by)
    return campaign


def ask_as_seen(project: Project) -> Deed:
    campaign = with_approval(project)
    seen = publishing.fingerprint(campaign, variants_of(campaign))
    return lambda by: publishing.ask_as_seen(campaign.pk, seen=seen, by=by)


def approve_as_seen(project: Project) -> Deed:
    campaign = with_approval(project, asked_by=UserFactory.create())
    seen = publishing.fingerprint(campaign, variants_of(campaign))
    return lambda by: publishing.approve_as_seen(campaign.pk, seen=seen, by=by)


def awaiting(act: Callable[..., object], **more: Any) -> Callable[[Project], Deed]:
    return lambda each: on(with_approval(each, asked_by=UserFactory.create()), act, **more)


def start_second_try(project: Project) -> Deed:
    campaign = ready(project, status=CampaignStatus.COMPLETED)
    run = RunFactory.create(campaign=campaign, status=RunStatus.FINISHED)
    MessageFactory.create(run=run, state=State.FAILED, reason="retries_exhausted")
    count(run)
    return on(campaign, lifecycle.start_second_try)


def choose_winner(project: Project) -> Deed:
    campaign = ready(project, status=CampaignStatus.RUNNING)
    RunFactory.create(campaign=campaign, status=RunStatus.WAITING)
    return on(campaign, deciding.choose_winner, variant=campaign.variants.get())


def save_draft(project: Project) -> Deed:
    draft = CampaignFactory.build(project=project)
    return on(draft, drafting.save_draft, variants=[])


def begin_change(project: Project) -> Deed:
    status, kind = CampaignStatus.SCHEDULED, CampaignKind.RECURRING
    return on(CampaignFactory.create(project=project, status=status, kind=kind), drafting.change)


def labelled(act: Callable[..., int], **fields: Any) -> Callable[[Project], Deed]:
    def prepare(project: Project) -> Deed:
        campaigns = Campaign.objects.filter(pk=CampaignFactory.create(project=project, **fields).pk)
        return lambda by: act(project, campaigns, ["Diwali"], by=by)

    return prepare


def put_up(project: Project) -> Deed:
    rates = Rates("INR", {"IN": {"MARKETING": "0.7846"}})
    return lambda by: rate_cards.put_up(project, rates, valid_from=date(2027, 1, 1), by=by)


def put_away(act: Callable[..., int], **fields: Any) -> Callable[[Project], Deed]:
    def prepare(project: Project) -> Deed:
        campaigns = Campaign.objects.filter(pk=CampaignFactory.create(project=project, **fields).pk)
        return lambda by: act(project, campaigns, by=by)

    return prepare


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


def list_of(project: Project) -> Deed:
    ProfileFactory.create(project=project)
    return lambda by: filling_lists.list_of(project, "Friends", EVERYBODY, by=by)


def put_into(project: Project) -> Deed:
    ProfileFactory.create(project=project)
    return on(CustomListFactory.create(project=project), filling_lists.put_into, source=EVERYBODY)


def take_from(project: Project) -> Deed:
    known: CustomList = CustomListFactory.create(project=project)
    ListMember.objects.create(custom_list=known, profile=ProfileFactory.create(project=project))
    return on(known, filling_lists.take_from, source=EVERYBODY)


def add_person(project: Project) -> Deed:
    number = phone()
    more = {"phone": number.e164, "match_key": number.match_key, "name": "Asha"}
    return lambda by: adding.add_person(project, **more, by=by)


def erase(project: Project) -> Deed:
    person: Profile = ProfileFactory.create(project=project)
    return lambda by: ordering.erase(project, Profile.objects.filter(pk=person.pk), by=by)


def delete_event_names(project: Project) -> Deed:
    EventKindFactory.create(project=project)
    kinds = EventKind.objects.all()
    act = deleting_names.delete_event_names
    return lambda by: act(project, kinds, seen=1, by=by)


def change_people(project: Project) -> Deed:
    ProfileFactory.create(project=project, subscribed=True)
    what = PeopleChange.What.OPT_OUT
    return lambda by: changing.change_people(project, what, EVERYBODY, seen=1, by=by)


def undo_change(project: Project) -> Deed:
    ProfileFactory.create(project=project, subscribed=True)
    what = PeopleChange.What.OPT_OUT
    change = changing.change_people(project, what, EVERYBODY, seen=1, by=SYSTEM)
    return on(change, undoing.undo_change)


def keep_view(project: Project) -> Deed:
    look: dict[str, Any] = {"rule": {}, "order": Order.NAME, "columns": []}
    return lambda by: people_views.keep_view(project, "By name", **look, by=by)


def keep_message_view(project: Project) -> Deed:
    filters = {"slice": "failed"}
    return lambda by: message_views.keep_view(project, "Failed", filters=filters, by=by)


def changed_property(act: Callable[..., None], **more: Any) -> Callable[[Project], Deed]:
    return lambda project: on(ProfilePropertyFactory.create(project=project), act, **more)


def save_properties(project: Project) -> Deed:
    person: Profile = ProfileFactory.create(project=project)
    return lambda by: own_properties.save_properties(person, {"City": "Pune"}, by=by)


def export_everything(project: Project) -> Deed:
    return on(ProfileFactory.create(project=project), telling.export_everything)


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


def read_as(project: Project) -> Deed:
    upload = uploaded(project)
    upload.file.save("people.csv", SimpleUploadedFile("people.csv", b"identity\nu-1\n"))
    return on(upload, uploading.read_as, encoding="windows-1250")


def read_sheet(project: Project) -> Deed:
    upload = uploaded(project)
    book = workbook({"People": [["identity"], ["u-1"]], "Others": [["identity"], ["u-2"]]})
    upload.file.save("people.xlsx", SimpleUploadedFile("people.xlsx", book))
    return on(upload, uploading.read_sheet, sheet="Others")


def export_refused(project: Project) -> Deed:
    upload = uploaded(project)
    upload.refused_file.save("refused.csv", SimpleUploadedFile("refused.csv", b"row,reason\n"))
    return on(upload, exporting.export_refused)


def ask_for(project: Project) -> Deed:
    return lambda by: asking.ask_for(project, whom.everybody(), by=by)


def open_export(project: Project) -> Deed:
    def deed(by: Actor) -> object:
        export = ExportFactory.create(
            project=project,
            status=ExportStatus.DONE,
            created_by=by.person,
            expires_at=timezone.now() + timedelta(hours=1),
        )
        export.file.save("export.csv", SimpleUploadedFile("export.csv", b"Identity\n"))
        return asking.open_export(export, by=by)

    return deed


def exported(act: Callable[..., object], status: ExportStatus) -> Callable[[Project], Deed]:
    return lambda project: on(ExportFactory.create(project=project, status=status), act)


def follow(project: Project) -> Deed:
    run = RunFactory.create(campaign__project=project)
    MessageFactory.create(run=run, state=State.READ, read_at=timezone.now())
    return on(run.campaign, following_up.follow_up, behind=Behind("read", but_not="clicked"))


# Tests --------------------------------------------------------------------------------------------


def send_text(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    return lambda by: sending_tests.send_text(project, phone=phone(), text="Hello", by=by)


def send_text_with(project: Project) -> Deed:
    typed = Credentials(user_id="2000000001", password="nobody knows it")
    return lambda by: sending_tests.send_text_with(
        typed, project, phone=phone(), text="Hello", by=by
    )


def send_template(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    version = TemplateVersionFactory.create(template__project=project)
    more = {"phone": phone(), "version": version, "values": {}}
    return lambda by: sending_tests.send_template(project, **more, by=by)


def send_draft(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    version = TemplateVersionFactory.create(template__project=project)
    recipients = [testing_templates.Recipient(phone())]
    return on(version, testing_templates.send_draft, values={}, recipients=recipients)


def send_as_saved(project: Project) -> Deed:
    ProviderFactory.create(project=project)
    campaign: Campaign = VariantFactory.create(campaign__project=project).campaign
    recipients = [testing_templates.Recipient(phone())]
    return on(campaign, testing_campaigns.send_as_saved, recipients=recipients)


# The connection, and its people -------------------------------------------------------------------


def save_provider(project: Project) -> Deed:
    provider: Provider = ProviderFactory.create(project=project)
    return on(provider, connecting.save_provider, changes=CHANGED)


def rotate_key(project: Project) -> Deed:
    more = {"seen": current_key(project).pk, "grace": timedelta(days=7), "at": timezone.now()}
    return lambda by: callback_keys.rotate_key(project, **more, by=by)


def end_old_keys(project: Project) -> Deed:
    now = timezone.now()
    CallbackKeyFactory.create(project=project, retires_at=now + timedelta(days=1))
    return lambda by: callback_keys.end_old_keys(project, at=now, by=by)


def make_key(project: Project) -> Deed:
    more = {"name": "Web shop", "scopes": [Scope.WRITE]}
    return lambda by: making_keys.make_key(project, **more, by=by)


def invite(project: Project) -> Deed:
    more = {"email": "meera@example.com", "role": Role.VIEWER}
    return lambda by: inviting.invite(project, **more, by=by)


def withdraw(project: Project) -> Deed:
    boss = Actor(UserFactory.create())
    invited = inviting.invite(project, email="meera@example.com", role=Role.VIEWER, by=boss)
    return on(invited.invitation, inviting.withdraw)


def member(act: Callable[..., object], **more: Any) -> Callable[[Project], Deed]:
    return lambda project: on(
        MembershipFactory.create(project=project, role=Role.MARKETER), act, **more
    )


def with_second_factor(act: Callable[..., object]) -> Callable[[Project], Deed]:
    def prepare(_project: Project) -> Deed:
        user = UserFactory.create()
        TwoFactor.objects.create(user=user, key="00" * 20, confirmed_at=timezone.now())
        return on(user, act)

    return prepare


def confirm(_project: Project) -> Deed:
    row = two_factor.being_set_up(UserFactory.create())
    return on(row, two_factor.confirm, code=f"{totp(bytes.fromhex(row.key)):06d}")


# Templates ----------------------------------------------------------------------------------------


def template(project: Project, **fields: Any) -> Template:
    return cast("Template", TemplateFactory.create(project=project, **fields))


def on_template(act: Callable[..., object], **more: Any) -> Callable[[Project], Deed]:
    return lambda project: on(template(project), act, **more)


def save_template(project: Project) -> Deed:
    content = basic_content()
    content["components"][0]["text"] = "Hello {{1}}, come tomorrow."
    edit = editing.Edit(wording=read_wording(content), changes=CHANGED)
    return on(template(project), editing.save_template, edit=edit)


def restore(project: Project) -> Deed:
    kept = template(project)
    return on(kept, restoring_versions.restore, version=kept.current, based_on=None)


def bring_in(project: Project) -> Deed:
    kept = template(project)
    assert kept.current is not None
    found = Found(
        name="brought_in", language="en", category="MARKETING", content=kept.current.content
    )
    plan = importing.keep(project, Haul((found,)), source=Source.PASTE, by=SYSTEM)
    return on(plan, importing.bring_in)


def take_in(project: Project) -> Deed:
    def deed(by: Actor) -> object:
        header = HeaderKind.IMAGE
        return hosting.take_in(project, BytesIO(picture()), name="me.png", header=header, by=by)

    return deed


# Callbacks and the inbox --------------------------------------------------------------------------


def replay(project: Project) -> Deed:
    receipt = ReceiptFactory.create(project=project, state=ReceiptState.FAILED)
    return lambda by: replaying.replay(Receipt.objects.filter(pk=receipt.pk), by=by)


def talk(project: Project) -> Conversation:
    ProviderFactory.create(project=project)
    until = timezone.now() + timedelta(hours=1)
    return cast("Conversation", ConversationFactory.create(project=project, window_until=until))


def answer_with_text(project: Project) -> Deed:
    return on(talk(project), team_answers.answer_with_text, text="Hello", at=timezone.now())


def answer_with_template(project: Project) -> Deed:
    kept = template(project)
    return on(talk(project), team_answers.answer_with_template, template=kept, values=VALUES)


def repeat(project: Project) -> Deed:
    conversation = talk(project)
    failed = MessageFactory.create(
        project=project,
        run=None,
        kind=MessageKind.REPLY,
        send_key=conversation.match_key,
        content={"text": "Hello"},
        state=State.FAILED,
    )
    return on(conversation, team_answers.repeat, message=failed, at=timezone.now())


def upload_events(project: Project) -> Deed:
    identity = ProfileFactory.create(project=project).identity
    records = [{"identity": identity, "name": "Ordered", "at": timezone.now().isoformat()}]
    return lambda by: uploading_events.upload(project, records, by=by)


def upload_one_event(project: Project) -> Deed:
    ProfileFactory.create(project=project, identity="asha")
    records = [{"identity": "asha", "name": "Ordered", "id": "1"}]
    return lambda by: uploading_in_company.upload(project, records, by=by)


def upload_profiles(project: Project) -> Deed:
    records = [{"identity": "u-1", "name": "Asha"}]
    return lambda by: uploading_profiles.upload(project, records, by=by)


def upload_together(project: Project) -> Deed:
    people = [{"identity": "u-1", "name": "Asha"}]
    return lambda by: uploading_together.upload(project, people=people, events=[], by=by)


def upload_subscriptions(project: Project) -> Deed:
    records = [{"type": "whatsapp", "value": phone().e164, "status": "Unsubscribe"}]
    return lambda by: uploading_subscriptions.upload(project, records, by=by)


def wanted_message(project: Project) -> accepting.Wanted:
    ProviderFactory.create(project=project, trial_ended_at=timezone.now())
    template = TemplateFactory.create(project=project, category="UTILITY")
    fields = {"name": template.name, "language": template.language}
    to = recipients.Address(phone=phone().e164)
    return accepting.Wanted(to=to, **fields, values={"body.1": "Asha"})


def accept_message(project: Project) -> Deed:
    wanted = wanted_message(project)
    return lambda by: accepting.accept(project, wanted, by=by)


def accept_messages(project: Project) -> Deed:
    wanted = [wanted_message(project)] * 3
    return lambda by: accepting.accept_all(project, wanted, by=by)


def segment(act: Callable[..., object]) -> Callable[[Project], Deed]:
    return lambda each: on(SegmentFactory.create(project=each), act)


S = CampaignStatus
ACTS: dict[Callable[..., object], Act] = {
    lifecycle.publish: Act("campaign.published", lambda each: on(ready(each), lifecycle.publish)),
    publishing.publish_as_seen: Act("campaign.published", publish_as_seen),
    approving.ask_for_approval: Act(
        "campaign.approval_asked",
        lambda each: on(with_approval(each), approving.ask_for_approval),
    ),
    approving.approve: Act("campaign.approved", awaiting(approving.approve)),
    approving.return_to_author: Act(
        "campaign.returned", awaiting(approving.return_to_author, word="Shorter, please.")
    ),
    approving.take_back: Act("campaign.taken_back", awaiting(approving.take_back)),
    publishing.ask_as_seen: Act("campaign.approval_asked", ask_as_seen),
    publishing.approve_as_seen: Act("campaign.approved", approve_as_seen),
    lifecycle.unschedule: Act("campaign.unscheduled", moved(S.SCHEDULED, lifecycle.unschedule)),
    lifecycle.pause: Act("campaign.paused", moved(S.RUNNING, lifecycle.pause)),
    lifecycle.resume: Act("campaign.resumed", moved(S.PAUSED, lifecycle.resume)),
    lifecycle.stop: Act("campaign.stopped", moved(S.RUNNING, lifecycle.stop)),
    lifecycle.start_second_try: Act("campaign.retried", start_second_try),
    deciding.choose_winner: Act("campaign.winner_chosen", choose_winner),
    drafting.save_draft: Act("campaign.added", save_draft, again=True),
    drafting.clone: Act("campaign.cloned", moved(S.COMPLETED, drafting.clone), again=True),
    drafting.change: Act("campaign.change_begun", begin_change),
    drafting.discard: Act("campaign.deleted", moved(S.DRAFT, drafting.discard)),
    labelling.add_labels: Act("campaign.labelled", labelled(labelling.add_labels)),
    labelling.take_labels: Act(
        "campaign.unlabelled", labelled(labelling.take_labels, labels=["Diwali"])
    ),
    archiving.archive: Act("campaign.archived", put_away(archiving.archive)),
    archiving.bring_back: Act(
        "campaign.brought_back", put_away(archiving.bring_back, archived_at=timezone.now())
    ),
    rate_cards.put_up: Act("rate_card.put_up", put_up),
    settling.assume_sent: Act("campaign.assumed_sent", in_doubt(settling.assume_sent)),
    settling.send_again: Act("campaign.sent_again", in_doubt(settling.send_again)),
    taking_over.take_over: Act("installation.took_over", take_over),
    lists.list_called: Act("customlist.added", list_called),
    lists.save_list: Act("customlist.changed", save_list, again=True),
    lists.delete_list: Act(
        "customlist.deleted",
        lambda each: on(CustomListFactory.create(project=each), lists.delete_list),
    ),
    filling_lists.list_of: Act("customlist.added", list_of),
    filling_lists.put_into: Act("customlist.filled", put_into),
    filling_lists.take_from: Act("customlist.thinned", take_from),
    saving_segments.save_segment: Act(
        "segment.changed", segment(saving_segments.save_segment), again=True
    ),
    saving_segments.clone_segment: Act(
        "segment.cloned", segment(saving_segments.clone_segment), again=True
    ),
    saving_segments.delete_segment: Act("segment.deleted", segment(saving_segments.delete_segment)),
    uploading_events.upload: Act("event.uploaded", upload_events),
    uploading_in_company.upload: Act("event.uploaded", upload_one_event),
    uploading_profiles.upload: Act("profile.uploaded", upload_profiles),
    uploading_together.upload: Act("profile.uploaded", upload_together),
    uploading_subscriptions.upload: Act("subscription.uploaded", upload_subscriptions),
    accepting.accept: Act("message.accepted", accept_message, again=True),
    accepting.accept_all: Act("message.accepted", accept_messages, again=True),
    switching.switch: Act(
        "eventkind.switched_off",
        lambda each: on(EventKindFactory.create(project=each), switching.switch, ignored=True),
    ),
    deleting_names.delete_event_name: Act(
        "eventkind.deleted",
        lambda each: on(EventKindFactory.create(project=each), deleting_names.delete_event_name),
    ),
    deleting_names.delete_event_names: Act("eventkind.deleted", delete_event_names),
    adding.add_person: Act("profile.added", add_person),
    ordering.erase: Act("profile.erased", erase),
    changing.change_people: Act("profile.opted_out", change_people),
    undoing.undo_change: Act("profile.change_undone", undo_change),
    people_views.keep_view: Act("peopleview.added", keep_view),
    people_views.delete_view: Act(
        "peopleview.deleted",
        lambda each: on(
            PeopleView.objects.create(project=each, name="A"), people_views.delete_view
        ),
    ),
    message_views.keep_view: Act("messageview.added", keep_message_view),
    message_views.delete_view: Act(
        "messageview.deleted",
        lambda each: on(
            MessageView.objects.create(project=each, name="A"), message_views.delete_view
        ),
    ),
    properties.rename_property: Act(
        "property.renamed", changed_property(properties.rename_property, new_name="Town")
    ),
    properties.retype_property: Act(
        "property.retyped", changed_property(properties.retype_property, read_as=ValueType.TEXTS)
    ),
    properties.delete_property: Act(
        "property.deleted", changed_property(properties.delete_property)
    ),
    own_properties.save_properties: Act("profile.changed", save_properties),
    telling.export_everything: Act("profile.exported", export_everything, again=True),
    adding.save_person: Act("profile.changed", save_person, again=True),
    uploading.accept: Act("import.uploaded", accept, again=True),
    queueing.start: Act("import.started", start),
    uploading.read_as: Act("import.read_again", read_as),
    uploading.read_sheet: Act("import.read_again", read_sheet),
    queueing.cancel: Act("import.cancelled", lambda each: on(uploaded(each), queueing.cancel)),
    forgetting.delete_import: Act(
        "import.deleted", lambda each: on(uploaded(each), forgetting.delete_import)
    ),
    asking.ask_for: Act("export.asked", ask_for, again=True),
    asking.open_export: Act("export.downloaded", open_export, again=True),
    asking.cancel_export: Act(
        "export.cancelled", exported(asking.cancel_export, ExportStatus.RUNNING)
    ),
    asking.delete_export: Act("export.deleted", exported(asking.delete_export, ExportStatus.DONE)),
    wishing.wish_for: Act(
        "membership.changed_mails", member(wishing.wish_for, ends=True, weekly=False)
    ),
    following_up.follow_up: Act("customlist.added", follow, again=True),
    exporting.export_refused: Act("import.exported", export_refused, again=True),
    sending_tests.send_text: Act("test.sent", send_text, again=True),
    sending_tests.send_text_with: Act("test.sent", send_text_with, again=True),
    sending_tests.send_template: Act("test.sent", send_template, again=True),
    testing_templates.send_draft: Act("test.sent", send_draft, again=True),
    testing_campaigns.send_as_saved: Act("test.sent", send_as_saved, again=True),
    connecting.save_provider: Act("provider.changed", save_provider, again=True),
    disconnecting.disconnect: Act(
        "provider.deleted",
        lambda each: on(ProviderFactory.create(project=each), disconnecting.disconnect),
    ),
    callback_keys.rotate_key: Act("provider.rotated_key", rotate_key),
    callback_keys.end_old_keys: Act("provider.ended_old_keys", end_old_keys),
    making_keys.make_key: Act("api_key.made", make_key, again=True),
    making_keys.revoke: Act(
        "api_key.revoked", lambda each: on(ApiKeyFactory.create(project=each), making_keys.revoke)
    ),
    inviting.invite: Act("invitation.sent", invite, again=True),
    inviting.withdraw: Act("invitation.withdrawn", withdraw),
    members.change_role: Act("membership.changed", member(members.change_role, role=Role.VIEWER)),
    members.remove_member: Act("membership.deleted", member(members.remove_member)),
    two_factor.confirm: Act("person.switched_second_factor_on", confirm),
    two_factor.renew_recovery_codes: Act(
        "person.made_new_recovery_codes",
        with_second_factor(two_factor.renew_recovery_codes),
        again=True,
    ),
    two_factor.switch_off: Act(
        "person.switched_second_factor_off", with_second_factor(two_factor.switch_off)
    ),
    two_factor.reset: Act("person.reset_second_factor", with_second_factor(two_factor.reset)),
    passwords.make_reset_link: Act(
        "person.made_a_password_link",
        lambda _each: on(UserFactory.create(), passwords.make_reset_link),
        again=True,
    ),
    editing.save_template: Act("template.changed", save_template),
    restoring_versions.restore: Act("template.restored_a_version", restore, again=True),
    statuses.set_status: Act(
        "template.became_paused", on_template(statuses.set_status, status=Status.PAUSED)
    ),
    statuses.delete: Act("template.deleted", on_template(statuses.delete)),
    cloning.clone: Act("template.cloned", on_template(cloning.clone, name="a_copy", language="en")),
    exporting_templates.export: Act(
        "template.exported",
        lambda each: on([template(each)], exporting_templates.export),
        again=True,
    ),
    importing.bring_in: Act("template.imported", bring_in),
    hosting.take_in: Act("mediafile.added", take_in, again=True),
    replaying.replay: Act("callbacks.replayed", replay),
    team_answers.answer_with_text: Act("conversation.answered", answer_with_text),
    team_answers.answer_with_template: Act("conversation.answered", answer_with_template),
    team_answers.repeat: Act("conversation.answered", repeat),
    adding_senders.add_sender: Act(
        "profile.added",
        lambda each: on(ConversationFactory.create(project=each), adding_senders.add_sender),
    ),
}

# The same of a live campaign, whose moves leave other things to be done.
LIVE_ACTS: dict[Callable[..., object], Act] = {
    lifecycle.publish: Act(
        "campaign.published", lambda each: on(living_draft(each), lifecycle.publish)
    ),
    publishing.publish_as_seen: Act("campaign.published", lambda each: as_seen(living_draft(each))),
    lifecycle.unschedule: Act("campaign.unscheduled", unschedule_live),
    lifecycle.pause: Act("campaign.paused", live(lifecycle.pause)),
    lifecycle.resume: Act("campaign.resumed", live(lifecycle.resume, status=S.PAUSED)),
    lifecycle.stop: Act("campaign.stopped", live(lifecycle.stop)),
    drafting.clone: Act("campaign.cloned", live(drafting.clone), again=True),
}
