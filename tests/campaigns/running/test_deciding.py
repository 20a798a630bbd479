"""An A/B test: some get it, the others wait for its winner, and nobody gets it twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.lots import lots_below
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Decision,
    Message,
    Profile,
    Reason,
    Run,
    RunAudience,
    RunStatus,
    State,
    Variant,
    VariantsBy,
)
from campaigns.planning.preflight import variants_of
from campaigns.planning.targeting import forecast
from campaigns.results.why_not import WAITS, why_not
from campaigns.running.deciding import choose_winner, decide_due
from campaigns.running.launching import launch
from campaigns.running.lifecycle import LifecycleError, pause, publish, resume, stop
from campaigns.sending.reconciling import finish_runs, reconcile
from campaigns.sending.taking_over import take_over
from providers.models import AuditEntry, Installation, Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import page
from tests.campaigns.planning.test_variants import lot_of
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    UserFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PEOPLE = 60


@pytest.fixture
def campaign(project: Project) -> Campaign:
    """A draft of a test among half of sixty people; after four hours, by who viewed it."""
    ProviderFactory.create(project=project)
    ProfileFactory.create_batch(PEOPLE, project=project)
    campaign: Campaign = CampaignFactory.create(
        project=project, variants_by=VariantsBy.TEST, test_percent=50, decides_after=4
    )
    for position in (0, 1):
        VariantFactory.create(campaign=campaign, position=position)
    return campaign


def drawn(campaign: Campaign) -> set[int]:
    """As others may compute it."""
    salt, below = f"test:{campaign.pk}", lots_below(campaign.test_percent or 0)
    people = Profile.objects.filter(project=campaign.project)
    return {p.pk for p in people if lot_of(salt=salt, key=p.match_key or p.pk) < below}


def published(campaign: Campaign) -> tuple[Run, Run]:
    """The test is launched; the rest waits."""
    publish(campaign, by=SYSTEM)
    run, rest = campaign.runs.order_by("number")
    launch(run.pk)
    campaign.refresh_from_db()
    return run, rest


def of(run: Run) -> set[int | None]:
    return set(Message.objects.filter(run=run).values_list("profile", flat=True))


def gone_out(run: Run, *, viewed: Sequence[int], people: int = 1_000) -> None:
    """Delivered to so many of each variant, viewed by so many: the tallies say it."""
    run.messages.update(state=State.DELIVERED, sent_at=NOW, delivered_at=NOW)
    run.outbox.all().delete()
    count(run)
    for variant, number in zip(variants_of(run.campaign), viewed, strict=True):
        for name, n in (("delivered", people), ("read", number)):
            mine = run.tallies.filter(variant=variant, name=name)
            there = sum(mine.values_list("n", flat=True))
            run.tallies.create(variant=variant, name=name, n=n - there)


def time_has_come(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(decides_at=NOW - timedelta(seconds=1))


def decided(campaign: Campaign) -> tuple[str, str]:
    campaign.refresh_from_db()
    return (campaign.winner.letter if campaign.winner else ""), campaign.decided_why


# Who gets the test --------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [7, 100_000])
def test_the_test_and_the_rest_are_everybody_once(
    campaign: Campaign, chunk: int, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk, first=1)
    expected = drawn(campaign)
    reach = forecast(campaign, variants_of(campaign))

    run, rest = published(campaign)

    waiting = set(RunAudience.objects.filter(run=rest).values_list("profile", flat=True))
    everybody = set(Profile.objects.values_list("pk", flat=True))
    assert (of(run), waiting) == (expected, everybody - expected)
    rest.refresh_from_db()
    assert (rest.status, rest.waiting_people) == (RunStatus.WAITING, PEOPLE - len(expected))
    assert (reach.rest, sum(reach.by_variant.values())) == (PEOPLE - len(expected), len(expected))
    assert dict(totals([run.pk])) == recount([run.pk])

    choose_winner(campaign, variants_of(campaign)[1], by=SYSTEM)
    launch(rest.pk)
    launch(rest.pk)

    assert of(rest) == waiting
    assert set(Message.objects.filter(run=rest).values_list("variant__position")) == {(1,)}
    assert dict(totals([rest.pk])) == recount([rest.pk])


def test_a_test_of_everybody_has_no_rest(campaign: Campaign) -> None:
    Campaign.objects.update(test_percent=100)
    campaign.refresh_from_db()
    publish(campaign, by=SYSTEM)
    (run,) = campaign.runs.all()
    launch(run.pk)
    assert len(of(run)) == PEOPLE
    gone_out(run, viewed=(600, 700))
    finish_runs()
    time_has_come(campaign)
    decide_due()
    assert decided(campaign)[0] == "B"


def test_the_cap_holds_over_test_and_rest(campaign: Campaign) -> None:
    ProfileFactory.create_batch(60, project=campaign.project)
    Campaign.objects.update(most_people=100)
    campaign.refresh_from_db()
    run, rest = published(campaign)
    choose_winner(campaign, variants_of(campaign)[0], by=SYSTEM)
    launch(rest.pk)
    rows = Message.objects.filter(run__in=[run, rest])
    assert rows.count() == 120
    assert rows.filter(state=State.QUEUED).count() == 100
    assert rows.filter(reason=Reason.CAP_REACHED).count() == 20


def test_whoever_opted_out_meanwhile_is_left_out_of_the_rest(campaign: Campaign) -> None:
    _run, rest = published(campaign)
    person = RunAudience.objects.filter(run=rest).values_list("profile", flat=True)[0]
    Profile.objects.filter(pk=person).update(subscribed=False)
    choose_winner(campaign, variants_of(campaign)[0], by=SYSTEM)
    launch(rest.pk)
    message = Message.objects.get(run=rest, profile=person)
    assert (message.state, message.reason) == (State.SUPPRESSED, Reason.NOT_SUBSCRIBED)


def test_a_phone_that_had_the_test_does_not_get_the_rest(campaign: Campaign) -> None:
    run, rest = published(campaign)
    had = Message.objects.filter(run=run).first()
    person = RunAudience.objects.filter(run=rest).values_list("profile", flat=True)[0]
    assert had is not None
    Profile.objects.filter(pk=person).update(phone=had.phone, match_key=had.send_key)
    choose_winner(campaign, variants_of(campaign)[0], by=SYSTEM)
    launch(rest.pk)
    message = Message.objects.get(run=rest, profile=person)
    assert (message.state, message.reason) == (State.SUPPRESSED, Reason.DUPLICATE_PHONE)


def test_whoever_waits_is_told_so(campaign: Campaign) -> None:
    _run, rest = published(campaign)
    waiting = RunAudience.objects.filter(run=rest).select_related("profile").first()
    assert waiting is not None
    assert why_not(waiting.profile, campaign).words == WAITS


# Deciding -----------------------------------------------------------------------------------------

CLEAR = (
    "A was viewed by 60.0 % of 1,000 people, B by 69.0 % of 1,000. Equal variants would differ as "
    "much less often than once in twenty times."
)
UNCLEAR = (
    "A was viewed by 60.0 % of 1,000 people, B by 61.0 % of 1,000. The difference may be chance"
)
ASKED = "Choose which variant the others get: they wait for it."


@pytest.mark.parametrize(
    ("decision", "viewed", "winner", "why"),
    [
        (Decision.FIRST, (600, 690), "B", CLEAR),
        (Decision.LEADER, (600, 690), "B", CLEAR),
        (Decision.ASK, (600, 690), "B", CLEAR),
        (Decision.PERSON, (600, 690), "", f"{CLEAR} {ASKED}"),
        (Decision.FIRST, (600, 610), "A", f"{UNCLEAR}: A goes on, as was chosen beforehand."),
        (
            Decision.LEADER,
            (600, 610),
            "B",
            f"{UNCLEAR}: the one that is ahead goes on, as was chosen beforehand.",
        ),
        (Decision.ASK, (600, 610), "", f"{UNCLEAR}. {ASKED}"),
    ],
)
def test_at_its_time_the_rule_decides_that_was_chosen_beforehand(
    campaign: Campaign, decision: str, viewed: tuple[int, int], winner: str, why: str
) -> None:
    Campaign.objects.update(decision=decision)
    campaign.refresh_from_db()
    run, rest = published(campaign)
    gone_out(run, viewed=viewed)

    decide_due()
    assert decided(campaign) == ("", "")
    time_has_come(campaign)
    reconcile()
    reconcile()

    rest.refresh_from_db()
    assert decided(campaign) == (winner, why)
    assert rest.status == (RunStatus.LAUNCHING if winner else RunStatus.WAITING)
    entries = AuditEntry.objects.filter(action="campaign.winner_chosen")
    assert [entry.note for entry in entries] == ([f"Variant {winner}"] if winner else [])
    assert campaign.decides_at is None


def test_it_waits_until_the_test_has_gone_out(campaign: Campaign) -> None:
    published(campaign)
    time_has_come(campaign)
    decide_due()
    assert decided(campaign) == ("", "")


def test_a_person_may_choose_before_and_nobody_a_second_time(campaign: Campaign) -> None:
    _run, rest = published(campaign)
    first, second = variants_of(campaign)
    asha = Actor(UserFactory.create(username="asha"))
    choose_winner(campaign, second, by=asha)
    with pytest.raises(LifecycleError, match="Nobody waits for a winner any more"):
        choose_winner(campaign, first, by=asha)
    rest.refresh_from_db()
    assert (decided(campaign)[0], rest.status) == ("B", RunStatus.LAUNCHING)
    time_has_come(campaign)
    decide_due()
    assert decided(campaign)[0] == "B"


def test_a_campaign_is_not_over_while_somebody_waits(campaign: Campaign) -> None:
    run, rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    reconcile()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    choose_winner(campaign, variants_of(campaign)[0], by=SYSTEM)
    launch(rest.pk)
    gone_out_rest(rest)
    reconcile()
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.COMPLETED


def gone_out_rest(rest: Run) -> None:
    rest.messages.update(state=State.DELIVERED, sent_at=NOW, delivered_at=NOW)
    rest.outbox.all().delete()
    count(rest)


def test_stopped_while_they_wait_everybody_has_a_row_that_says_so(campaign: Campaign) -> None:
    _run, rest = published(campaign)
    stop(campaign, by=SYSTEM)
    launch(rest.pk)
    rows = Message.objects.filter(run=rest).values_list("state", "reason", "variant")
    assert set(rows) == {(State.SUPPRESSED, Reason.CAMPAIGN_STOPPED, None)}
    assert len(rows) == PEOPLE - len(drawn(campaign))


def test_stopped_before_the_test_is_launched_nobody_is_forgotten(campaign: Campaign) -> None:
    publish(campaign, by=SYSTEM)
    run, rest = campaign.runs.order_by("number")
    stop(campaign, by=SYSTEM)
    launch(rest.pk)
    launch(run.pk)
    launch(rest.pk)
    assert len(of(run) | of(rest)) == len(of(run)) + len(of(rest)) == PEOPLE


def test_when_its_end_comes_they_get_nothing_and_a_row_that_says_so(campaign: Campaign) -> None:
    run, rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    Campaign.objects.update(ends_at=timezone.now())
    reconcile()
    launch(rest.pk)
    reconcile()
    rows = Message.objects.filter(run=rest).values_list("state", "reason")
    assert set(rows) == {(State.SUPPRESSED, Reason.CUT_OFF)}
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.COMPLETED


def test_after_a_restore_nobody_gets_the_rest_who_may_have_had_it(campaign: Campaign) -> None:
    run, rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})
    time_has_come(campaign)
    reconcile()
    assert decided(campaign) == ("", "")
    take_over(by=SYSTEM, doubts_queued=True)
    reconcile()
    launch(rest.pk)
    assert set(Message.objects.filter(run=rest).values_list("state", "reason")) == {
        (State.SUPPRESSED, Reason.CAMPAIGN_STOPPED)
    }


# A template that is paused between test and rest --------------------------------------------------


def test_a_paused_template_lets_the_rest_wait_and_says_so(campaign: Campaign) -> None:
    run, rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    template = variants_of(campaign)[1].version.template
    set_status(template, Status.PAUSED, by=SYSTEM, why="Low quality.")
    campaign.refresh_from_db()
    time_has_come(campaign)
    reconcile()

    assert campaign.status == CampaignStatus.PAUSED
    assert campaign.status_reason == (
        f"The template “{template}” is paused. Low quality. Those who wait for the winner of the "
        "test go on waiting: resume the campaign when the template is approved again."
    )
    with pytest.raises(LifecycleError, match="Wait until it is approved again"):
        resume(campaign, by=SYSTEM)
    with pytest.raises(LifecycleError, match="Wait until it is approved again"):
        choose_winner(campaign, variants_of(campaign)[1], by=SYSTEM)
    set_status(template, Status.APPROVED, by=SYSTEM)
    resume(campaign, by=SYSTEM)
    reconcile()
    rest.refresh_from_db()
    assert (decided(campaign)[0], rest.status) == ("B", RunStatus.LAUNCHING)


def test_a_rejected_template_stops_it_as_ever(campaign: Campaign) -> None:
    published(campaign)
    template = variants_of(campaign)[0].version.template
    set_status(template, Status.REJECTED, by=SYSTEM)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.STOPPED


def test_while_it_is_paused_nothing_is_decided(campaign: Campaign) -> None:
    run, _rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    pause(campaign, by=SYSTEM)
    time_has_come(campaign)
    reconcile()
    assert decided(campaign) == ("", "")


# Its page -----------------------------------------------------------------------------------------


def shown(client: Client, campaign: Campaign) -> str:
    return " ".join(client.get(page(campaign)).content.decode().split())


def test_the_page_says_who_waits_and_lets_a_marketer_choose(
    campaign: Campaign, marketer: Client
) -> None:
    run, _rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    waiting = PEOPLE - len(drawn(campaign))
    before = shown(marketer, campaign)
    dialog = marketer.get(page(campaign, "winner")).content.decode()
    odd = marketer.post(page(campaign, "winner"), {"variant": "x"}, follow=True)
    second = variants_of(campaign)[1]
    marketer.post(page(campaign, "winner"), {"variant": str(second.pk)})
    after = shown(marketer, campaign)

    assert f"<strong>{waiting} people wait</strong>" in before
    assert "The winner is chosen on" in before
    assert "B is better with 99 %" in dialog
    assert [str(each) for each in odd.context["messages"]] == ["Choose one of the variants."]
    assert "<strong>Winner: B</strong>" in after
    assert "people wait" not in after
    assert "second try" not in after.split("A/B test", 1)[0]  # there was none


def test_an_undecided_test_says_that_somebody_must_choose(
    campaign: Campaign, viewer: Client
) -> None:
    Campaign.objects.update(decision=Decision.PERSON)
    run, _rest = published(campaign)
    gone_out(run, viewed=(600, 690))
    time_has_come(campaign)
    decide_due()
    assert ASKED in shown(viewer, campaign)


# Before it goes out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"test_percent": None}, "Say how many in a hundred get the test."),
        ({"decides_after": None}, "Say after how many hours the winner is chosen."),
        ({"cut_off_hours": 4}, "The winner would be chosen after the campaign's end or cut-off"),
        ({"cut_off_hours": 5}, ""),
        ({"ends_at": NOW + timedelta(hours=3)}, "The winner would be chosen after the campaign's"),
        ({"cut_off_hours": 4, "test_percent": 100}, ""),
    ],
)
def test_what_a_test_lacks_is_told(campaign: Campaign, changes: dict[str, Any], said: str) -> None:
    Campaign.objects.update(**changes)
    campaign.refresh_from_db()
    if not said:
        publish(campaign, by=SYSTEM)
    else:
        with pytest.raises(LifecycleError, match=said):
            publish(campaign, by=SYSTEM)


def test_a_test_has_four_variants_at_the_most(campaign: Campaign) -> None:
    version = variants_of(campaign)[0].version
    for position in (2, 3, 4):
        VariantFactory.create(campaign=campaign, version=version, position=position)
    with pytest.raises(LifecycleError, match="there can be 4 at the most"):
        publish(campaign, by=SYSTEM)
    Variant.objects.filter(position=4).delete()
    publish(campaign, by=SYSTEM)


def test_a_test_of_few_people_is_warned_of(campaign: Campaign, marketer: Client) -> None:
    text = " ".join(marketer.get(page(campaign, "publish/reach")).content.decode().split())
    assert "With fewer than 250 people a variant, a winner can hardly be told" in text
    assert (
        "After 4 hours it is decided by who viewed it. What the others get then: The winner; if the"
        " difference may be chance, variant A." in text
    )
    assert "wait for the winner" in text
