"""What becomes of a person's rows, of their messages and of the numbers."""

from datetime import timedelta
from itertools import count as count_up

import pytest
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import InboundMessage
from campaigns.audience.erasing import carrying_out
from campaigns.audience.erasing.carrying_out import LOOK_AGAIN_AFTER, carry_out, look_again
from campaigns.audience.erasing.forgetting_starts import forget_starts
from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.erasing.whose import whose
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    ErasedPhone,
    ErasedProfile,
    Erasure,
    Event,
    KeptValues,
    ListMember,
    Message,
    Outbox,
    OutboxState,
    PhoneBlock,
    Profile,
    Reason,
    Source,
    State,
    SubscriptionChange,
    SubscriptionStart,
)
from campaigns.results.why_not import why_not
from campaigns.sending.recording import Ending, Result, record
from providers.erasure.registry import everything_about
from providers.models import Conversation, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import imported
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    ConversationFactory,
    CustomListFactory,
    EventFactory,
    ExportFactory,
    InboundMessageFactory,
    ListMemberFactory,
    MessageFactory,
    OutboxFactory,
    PhoneBlockFactory,
    ProfileFactory,
    RunFactory,
    SubscriptionChangeFactory,
    SubscriptionStartFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def erase_now(*people: Profile) -> None:
    erase(people[0].project, Profile.objects.filter(pk__in=[p.pk for p in people]), by=SYSTEM)
    carry_out()


def test_what_was_theirs_goes_and_the_rows_that_count_stay(project: Project) -> None:
    asha, ravi = ProfileFactory.create_batch(2, project=project)
    for person in (asha, ravi):
        message = MessageFactory.create(
            profile=person, project=project, state=State.DELIVERED, content={"text": person.name}
        )
        EventFactory.create(project=project, profile=person, message=message)
        KeptValues.objects.create(message=message, at=message.created_at, attempt=1, filled="{}")
        ListMemberFactory.create(profile=person)
        SubscriptionChangeFactory.create(project=project, profile=person)
        talk = ConversationFactory.create(
            project=project, phone=person.phone, match_key=person.match_key
        )
        InboundMessageFactory.create(project=project, conversation=talk, profile=person)

    erase_now(asha)

    left = [ravi.pk]
    assert list(Profile.objects.values_list("pk", flat=True)) == left
    assert list(ListMember.objects.values_list("profile", flat=True)) == left
    assert list(SubscriptionChange.objects.values_list("profile", flat=True)) == left
    assert list(InboundMessage.objects.values_list("profile", flat=True)) == left
    assert list(Conversation.objects.values_list("phone", flat=True)) == [ravi.phone]
    assert KeptValues.objects.count() == 1
    assert list(Event.objects.order_by("pk").values_list("profile", "properties")) == [
        (None, {}),
        (ravi.pk, {}),
    ]
    of_asha, of_ravi = Message.objects.order_by("pk")
    told = (of_asha.profile_id, of_asha.phone, of_asha.send_key, of_asha.content, of_asha.state)
    assert told == (None, "", None, None, State.DELIVERED)
    assert (of_ravi.profile_id, of_ravi.phone) == (ravi.pk, ravi.phone)
    assert Erasure.objects.get().finished_at is not None


def test_how_the_flag_began_of_many_is_shown_of_each_and_stays_as_long_as_anybody(
    project: Project,
) -> None:
    start, other = SubscriptionStartFactory.create_batch(2, project=project)
    asha, ravi = ProfileFactory.create_batch(2, project=project, subscription_start=start)
    ProfileFactory.create(project=project, subscription_start=other)
    told = everything_about(whose(project.pk, [asha.pk]).parameters)["campaigns_subscriptionstart"]
    assert [row["id"] for row in told] == [start.pk]

    erase_now(asha)

    assert forget_starts() == 0
    assert list(Profile.objects.filter(subscription_start=start)) == [ravi]
    assert not SubscriptionStart.objects.filter(has_lost_people=True).exists()

    erase_now(ravi)

    assert forget_starts() == 1
    assert list(SubscriptionStart.objects.all()) == [other]
    assert forget_starts() == 0


def test_whoever_waits_ends_as_erased_and_the_numbers_agree(project: Project) -> None:
    person = ProfileFactory.create(project=project)
    run, other = RunFactory.create_batch(2, campaign__project=project)
    waiting = MessageFactory.create(profile=person, run=run)
    doubted = MessageFactory.create(profile=person, run=other, state=State.IN_DOUBT)
    OutboxFactory.create(message=waiting)
    OutboxFactory.create(message=doubted, state=OutboxState.IN_DOUBT)
    count(run)
    count(other)

    erase_now(person)

    assert list(Message.objects.order_by("pk").values_list("state", "reason")) == [
        (State.SUPPRESSED, Reason.ERASED),
        (State.UNKNOWN, Reason.UNKNOWN),
    ]
    assert not Outbox.objects.exists()
    for run_id in (run.pk, other.pk):
        assert dict(totals([run_id])) == recount([run_id])


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (Ending.ACCEPTED, State.SENT),
        (Ending.FAILED, State.FAILED),
        (Ending.RETRY, State.SUPPRESSED),
        (Ending.IN_DOUBT, State.UNKNOWN),
    ],
)
def test_whoever_is_being_sent_to_is_erased_after_the_answer(
    project: Project, ending: Ending, state: State
) -> None:
    person = ProfileFactory.create(project=project)
    message = MessageFactory.create(
        profile=person, run=RunFactory.create(campaign__project=project)
    )
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)

    erase_now(person)
    assert Profile.objects.exists()
    record(
        [
            Result(
                message_id=message.pk,
                attempt=1,
                ending=ending,
                at=timezone.now(),
                reason=Reason.REFUSED if ending is Ending.FAILED else "",
                own={"body.1": person.name},
            )
        ],
        [],
    )
    carry_out()

    message.refresh_from_db()
    assert (message.state, message.phone, message.profile_id) == (state, "", None)
    assert not Profile.objects.exists()
    assert not KeptValues.objects.exists()
    assert not Outbox.objects.exists()


def test_another_profile_with_the_same_phone_keeps_its_own(project: Project) -> None:
    asha, twin = ProfileFactory.create_batch(2, project=project, phone="+919000077777")
    talk = ConversationFactory.create(project=project, phone=asha.phone, match_key=asha.match_key)
    InboundMessageFactory.create(project=project, conversation=talk, profile=asha)
    PhoneBlockFactory.create(project=project, match_key=asha.match_key)
    for person in (asha, twin):
        MessageFactory.create(profile=person, run=RunFactory.create(campaign__project=project))

    erase_now(asha)

    assert list(Message.objects.order_by("pk").values_list("phone", flat=True)) == ["", twin.phone]
    assert Conversation.objects.get() == talk
    assert InboundMessage.objects.get().profile_id is None
    assert PhoneBlock.objects.exists()
    assert not ErasedPhone.objects.exists()


def test_their_own_stop_survives_and_nothing_else_of_it(project: Project) -> None:
    stopped, blocked = ProfileFactory.create_batch(2, project=project)
    at = timezone.now() - timedelta(days=3)
    PhoneBlockFactory.create(
        project=project, match_key=stopped.match_key, own_word=True, changed_at=at
    )
    PhoneBlockFactory.create(project=project, match_key=blocked.match_key, source=Source.CONSOLE)

    erase_now(stopped, blocked)
    assert not PhoneBlock.objects.exists()
    back = recall_stops(project.pk, [stopped.match_key or 0, blocked.match_key or 0, 919000099999])

    assert back == 1
    block = PhoneBlock.objects.get()
    assert (block.match_key, block.blocked, block.own_word) == (stopped.match_key, True, True)
    assert (block.source, block.changed_at) == (Source.KEYWORD, at)
    # From now on the block says it: after a START nothing brings it back.
    assert recall_stops(project.pk, [stopped.match_key or 0]) == 0


def test_two_orders_at_once_are_one_and_the_third_finds_nobody(project: Project) -> None:
    people = ProfileFactory.create_batch(3, project=project)
    everybody = Profile.objects.filter(project=project)
    erase(project, everybody.filter(pk=people[0].pk), by=SYSTEM)
    second = erase(project, everybody, by=SYSTEM)
    assert second.people == 2
    with pytest.raises(ErasureError):
        erase(project, everybody, by=SYSTEM)

    assert carry_out() == 3
    assert carry_out() == 0
    with pytest.raises(ErasureError):
        erase(project, everybody, by=SYSTEM)


@pytest.mark.parametrize(("is_sending", "pauses"), [(True, [1.0, 1.0]), (False, [])])
def test_many_give_way_to_what_is_being_sent_and_to_other_tasks(
    project: Project, monkeypatch: pytest.MonkeyPatch, is_sending: bool, pauses: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(carrying_out, "AT_ONCE", 2)
    monkeypatch.setattr(carrying_out, "sleep", slept.append)
    if is_sending:
        OutboxFactory.create()
    people = ProfileFactory.create_batch(5, project=project)
    theirs = Profile.objects.filter(pk__in=[one.pk for one in people])
    erase(project, theirs, by=SYSTEM)

    assert carry_out(seconds=0) == 0
    assert carry_out() == 5
    assert (slept, theirs.count()) == (pauses, 0)
    assert Erasure.objects.get().finished_at is not None


def test_projects_take_turns(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying_out, "AT_ONCE", 1)
    monkeypatch.setattr(carrying_out, "monotonic", count_up().__next__)
    many = ProfileFactory.create_batch(10, project=project)
    erase(project, Profile.objects.filter(pk__in=[one.pk for one in many]), by=SYSTEM)
    one = ProfileFactory.create()
    erase(one.project, Profile.objects.filter(pk=one.pk), by=SYSTEM)

    assert carry_out(seconds=5) == 3  # some of each, then those of whom there are more
    assert not Profile.objects.filter(pk=one.pk).exists()
    assert carry_out() == 8
    assert not Erasure.objects.filter(finished_at=None).exists()


def test_exports_go_though_a_worker_was_killed_after_it_had_erased(project: Project) -> None:
    person = ProfileFactory.create(project=project)
    erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)
    carry_out()
    Erasure.objects.update(finished_at=None)
    export = ExportFactory.create(project=project, asked={"q": person.name})

    carry_out()
    export.refresh_from_db()
    assert export.asked == {}


def test_what_was_written_meanwhile_is_found_by_a_second_look(project: Project) -> None:
    person = ProfileFactory.create(project=project)
    erase_now(person)
    run = RunFactory.create(campaign__project=project)
    late = MessageFactory.create(profile=person, run=run)  # a launch that had read them before
    OutboxFactory.create(message=late)
    ListMemberFactory.create(profile=person, custom_list__project=project)
    assert look_again() == 0  # too early
    ErasedProfile.objects.update(erased_at=timezone.now() - 2 * LOOK_AGAIN_AFTER)

    assert look_again() == 1

    late.refresh_from_db()
    assert (late.state, late.reason, late.phone) == (State.SUPPRESSED, Reason.ERASED, "")
    assert not ListMember.objects.exists()
    assert look_again() == 0


def test_whoever_is_imported_again_is_somebody_new(project: Project) -> None:
    file = "identity,Name,Phone,City,MSG-whatsapp\nu-1,Asha,+919000011122,Pune,TRUE\n"
    friends = CustomListFactory.create(project=project)
    imported(project, file, into_list=friends)
    first = Profile.objects.get()
    MessageFactory.create(profile=first, run=RunFactory.create(campaign__project=project))
    erase_now(first)

    again = imported(project, "identity,Phone\nu-1,+919000011122\n")

    assert (again.created, again.updated) == (1, 0)
    now = Profile.objects.get()
    assert now.pk != first.pk
    assert (now.name, now.properties, now.subscribed) == ("", {}, None)
    assert not SubscriptionChange.objects.exists()
    assert not ListMember.objects.exists()
    assert Message.objects.get().profile_id is None
    assert why_not(now, Campaign.objects.get()).message is None
    ErasedProfile.objects.update(erased_at=timezone.now() - 2 * LOOK_AGAIN_AFTER)
    look_again()
    assert Profile.objects.get() == now
