"""Events that reach a goal are credited to the message they follow, once, whatever happens."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.ledger.tallies import fold, totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Conversion,
    ConversionOf,
    Goal,
    GoalEvent,
    Profile,
    Reason,
    Run,
    State,
)
from campaigns.running import crediting
from campaigns.running.crediting import credit_conversions
from campaigns.running.pinning_goals import pinned_goal
from providers.models import Project
from tests.campaigns.conversions import expected, told
from tests.campaigns.goals import (
    NOW,
    amount,
    another_run,
    credited,
    did,
    goal,
    look_again,
    minutes_ago,
    row,
    sent,
    with_goal,
)
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db

SENT, UNSENT, CONTROL = ConversionOf.SENT, ConversionOf.UNSENT, ConversionOf.CONTROL


@pytest.fixture
def run(project: Project) -> Run:
    return with_goal(project)


@pytest.fixture
def asha(project: Project) -> Profile:
    return ProfileFactory.create(project=project, identity="asha")


def numbers(run: Run) -> dict[str, int]:
    return {name: n for name, n in totals([run.pk]).items() if "conver" in name or "val" in name}


def test_what_comes_after_the_message_and_in_its_time_counts(run: Run, asha: Profile) -> None:
    message = sent(run, 60, profile=asha)
    for minutes in (61, 60, 30, 0):
        did(asha, minutes)
    assert credit_conversions() == 4
    assert credited(run.campaign) == [(message.pk, SENT)] * 3
    assert numbers(run) == {"converted": 1, "conversions": 3}
    assert not GoalEvent.objects.exists()


def test_what_comes_too_late_does_not_count(project: Project, asha: Profile) -> None:
    run = with_goal(project, minutes=10)
    message = sent(run, 60, profile=asha)
    for minutes in (50, 49.9):
        did(asha, minutes)
    credit_conversions()
    assert credited(run.campaign) == [(message.pk, SENT)]


def test_it_is_credited_to_the_last_message_before_it(run: Run, asha: Profile) -> None:
    again = another_run(run.campaign)
    first, second = sent(run, 60, profile=asha), sent(again, 30, profile=asha)
    for minutes in (20, 40, 70):
        did(asha, minutes)
    credit_conversions()
    assert credited(run.campaign) == [(first.pk, SENT), (second.pk, SENT)]
    assert (numbers(run)["converted"], numbers(again)["converted"]) == (1, 1)


def test_two_campaigns_with_one_goal_both_count_it(
    project: Project, run: Run, asha: Profile
) -> None:
    other = with_goal(project)
    messages = [sent(each, 60, profile=asha) for each in (run, other)]
    did(asha, 5)
    credit_conversions()
    assert [credited(each.campaign) for each in (run, other)] == [
        [(message.pk, SENT)] for message in messages
    ]


def test_another_event_another_person_and_another_amount_do_not(
    project: Project, asha: Profile
) -> None:
    run = with_goal(project, where=[amount(500)])
    stranger = ProfileFactory.create(project=project, identity="stranger")
    message = sent(run, 60, profile=asha)
    did(asha, 50, Amount=499.99)
    did(asha, 40, Amount=500)
    did(asha, 30, Amount="900")
    did(asha, 20)
    did(asha, 10, name="Visited", Amount=900)
    did(stranger, 10, Amount=900)
    credit_conversions()
    assert credited(run.campaign) == [(message.pk, SENT)]


def test_a_control_person_has_a_clock_from_the_planned_time(project: Project) -> None:
    run = with_goal(project, control=True)
    people = ProfileFactory.create_batch(3, project=project)
    for person, reason in zip(
        people,
        (Reason.CONTROL_GROUP, Reason.PROJECT_CONTROL_GROUP, Reason.NOT_SUBSCRIBED),
        strict=True,
    ):
        key = None if reason == Reason.NOT_SUBSCRIBED else person.match_key
        row(run, profile=person, state=State.SUPPRESSED, reason=reason, send_key=key)
        for minutes in (121, 100, 59):
            did(person, minutes)
    credit_conversions()
    assert {who for _, who in credited(run.campaign)} == {CONTROL, ConversionOf.PROJECT_CONTROL}
    assert numbers(run) == {
        "control_converted": 1,
        "control_conversions": 1,
        "project_control_converted": 1,
        "project_control_conversions": 1,
    }


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (State.FAILED, UNSENT),
        (State.UNKNOWN, UNSENT),
        (State.SUPPRESSED, UNSENT),
        (State.QUEUED, None),
        (State.IN_DOUBT, None),
    ],
)
def test_whoever_was_to_get_it_and_did_not_is_counted_apart(
    run: Run, asha: Profile, state: State, who: ConversionOf | None
) -> None:
    message = row(run, profile=asha, state=state)
    did(asha, 100)
    credit_conversions()
    assert credited(run.campaign) == ([(message.pk, who)] if who else [])
    assert "converted" not in numbers(run)


def test_a_message_that_turns_out_to_have_left_gets_the_credit(run: Run, asha: Profile) -> None:
    message = row(run, profile=asha, state=State.IN_DOUBT)
    did(asha, 100)
    look_again()
    assert (credited(run.campaign), GoalEvent.objects.count()) == ([], 1)

    message.state, message.sent_at = State.SENT, minutes_ago(110)
    message.save()
    look_again()
    assert (credited(run.campaign), GoalEvent.objects.count()) == ([(message.pk, SENT)], 0)


def test_who_counted_as_unsent_counts_as_sent_once_a_report_says_so(
    run: Run, asha: Profile
) -> None:
    message = row(run, profile=asha, state=State.UNKNOWN)
    did(asha, 100, Amount=5)
    credit_conversions()
    assert numbers(run) == {"unsent_converted": 1, "unsent_conversions": 1}

    message.state, message.sent_at = State.DELIVERED, minutes_ago(110)
    message.save()
    look_again()
    assert numbers(run) == {"converted": 1, "conversions": 1}


def test_who_counted_as_unsent_and_was_sent_it_after_their_event_counts_no_more(
    run: Run, asha: Profile
) -> None:
    message = row(run, profile=asha, state=State.UNKNOWN)
    did(asha, 100)
    credit_conversions()
    message.state, message.sent_at = State.DELIVERED, minutes_ago(90)
    message.save()
    look_again()
    assert (numbers(run), Conversion.objects.count()) == ({}, 0)


def test_a_time_that_a_report_had_lent_is_waited_for(run: Run, asha: Profile) -> None:
    lent = minutes_ago(90)
    message = row(run, profile=asha, state=State.READ, sent_at=lent, read_at=lent)
    did(asha, 100)
    credit_conversions()
    assert credited(run.campaign) == []

    message.sent_at = minutes_ago(110)
    message.save()
    look_again()
    assert credited(run.campaign) == [(message.pk, SENT)]


def test_what_never_settles_is_not_looked_at_for_ever(run: Run, asha: Profile) -> None:
    row(run, profile=asha, state=State.IN_DOUBT)
    did(asha, 100)
    GoalEvent.objects.update(noted_at=NOW - timedelta(days=31))
    look_again()
    assert not GoalEvent.objects.exists()


def test_an_event_of_the_future_waits_for_its_time(run: Run, asha: Profile) -> None:
    sent(run, 30, profile=asha)
    did(asha, -20)
    assert credit_conversions() == 0
    look_again()
    assert len(credited(run.campaign)) == 1


def test_a_second_look_changes_nothing(project: Project, asha: Profile) -> None:
    run = with_goal(project, value="Amount", currency="INR")
    sent(run, 60, profile=asha)
    did(asha, 20, Amount=10)
    again = list(GoalEvent.objects.values("kind_id", "at", "fingerprint", "profile_id"))
    credit_conversions()
    before = numbers(run), credited(run.campaign)
    GoalEvent.objects.bulk_create(GoalEvent(**each) for each in again)
    look_again()
    assert (numbers(run), credited(run.campaign)) == before


def test_values_are_added_up_by_currency_and_texts_are_not(project: Project, asha: Profile) -> None:
    run = with_goal(project, value="Amount", currency="INR", currency_property="Currency")
    sent(run, 60, profile=asha)
    did(asha, 59, Amount=100.5)
    did(asha, 58, Amount=-20)
    did(asha, 57, Amount=7.1239, Currency=" usd ")
    did(asha, 56, Amount=3, Currency="Rupees")
    did(asha, 55, Amount="500")
    did(asha, 54, Amount=10**9 + 1)
    did(asha, 53)
    credit_conversions()
    assert numbers(run) == {
        "converted": 1,
        "conversions": 7,
        "valued": 4,
        "value:INR": 83_500,
        "value:USD": 7_124,
    }


def test_a_goal_that_changes_holds_for_the_runs_after_it(
    project: Project, run: Run, asha: Profile
) -> None:
    campaign = run.campaign
    campaign.goal = goal(where=[amount(500)])
    later = another_run(campaign)
    assert Goal.objects.filter(campaign=campaign).count() == 2
    first = sent(run, 60, profile=asha)
    did(asha, 50, Amount=1)
    second = sent(later, 40, profile=asha)
    did(asha, 30, Amount=1)
    did(asha, 20, Amount=600)
    credit_conversions()
    assert credited(campaign) == [(first.pk, SENT), (first.pk, SENT), (second.pk, SENT)]


def test_the_same_goal_is_pinned_once(run: Run) -> None:
    assert pinned_goal(run.campaign) == run.goal


def test_a_goal_closes_when_nothing_can_reach_it_any_more(run: Run, asha: Profile) -> None:
    message = sent(run, 60, profile=asha)
    campaign = run.campaign
    campaign.status, campaign.finished_at = CampaignStatus.COMPLETED, NOW - timedelta(days=29)
    campaign.save()
    credit_conversions()
    did(asha, 50)
    credit_conversions()
    assert credited(campaign) == [(message.pk, SENT)]

    Campaign.objects.update(finished_at=NOW - timedelta(days=31))
    credit_conversions()
    did(asha, 40)
    assert (Goal.objects.get().is_open, GoalEvent.objects.exists()) == (False, False)


def test_without_an_open_goal_an_upload_takes_one_look(project: Project, asha: Profile) -> None:
    did(asha, 50)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        did(asha, 40)
    assert sum("campaigns_goal" in query["sql"] for query in queries) == 1
    assert not GoalEvent.objects.exists()


def test_what_happened_before_there_was_a_goal_is_not_even_noted(run: Run, asha: Profile) -> None:
    did(asha, 300)
    assert not GoalEvent.objects.exists()


def test_an_event_that_nobody_has_any_more_is_let_go(run: Run, asha: Profile) -> None:
    sent(run, 60, profile=asha)
    did(asha, 50)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_occurrence")
    credit_conversions()
    assert (credited(run.campaign), GoalEvent.objects.exists()) == ([], False)


def test_many_are_credited_batch_by_batch(
    run: Run, asha: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crediting, "AT_ONCE", 2)
    sent(run, 60, profile=asha)
    for minutes in range(5):
        did(asha, minutes)
    assert credit_conversions() == 5
    assert numbers(run) == {"converted": 1, "conversions": 5}


@pytest.mark.parametrize("seed", range(25))
def test_whatever_comes_in_whatever_order_equals_a_plain_recount(
    project: Project, seed: int
) -> None:
    chance = Random(seed)
    campaigns = [_campaign(project, chance) for _ in range(2)]
    people = ProfileFactory.create_batch(4, project=project)
    waiting = [_row(run, person, chance) for run in campaigns for person in people]
    for _ in range(40):
        _happen(people, waiting, chance)
    look_again()
    fold()
    look_again()
    runs = [each for run in campaigns for each in run.campaign.runs.all()]
    assert told(runs) == expected(runs)


def _campaign(project: Project, chance: Random) -> Run:
    """Of two runs, whose goals may differ; the last of them."""
    more: dict[str, Any] = {"value": "Amount", "currency": "INR", "currency_property": "Currency"}
    first = with_goal(project, minutes=chance.choice((5, 30, 90)), control=True, **more)
    if chance.random() < 0.5:
        first.campaign.goal = goal(minutes=20, where=[amount(50)], **more)
    return another_run(first.campaign, started_at=minutes_ago(60))


def _row(last: Run, person: Profile, chance: Random) -> list[Any]:
    """A message in each run of the campaign, those that may still change."""
    changing = []
    for run in last.campaign.runs.all():
        state = chance.choice((*State, State.SENT, State.DELIVERED))
        fields: dict[str, Any] = {"state": state, "created_at": run.started_at}
        if state == State.SUPPRESSED:
            fields["reason"] = chance.choice(
                (Reason.CONTROL_GROUP, Reason.CUT_OFF, Reason.DUPLICATE_PHONE)
            )
            if fields["reason"] == Reason.DUPLICATE_PHONE:
                fields["send_key"] = None
        elif state in (State.SENT, State.DELIVERED, State.READ):
            fields["sent_at"] = run.started_at + timedelta(minutes=chance.randrange(50))
        message = row(run, profile=person, **fields)
        if message.sent_at is None and state != State.SUPPRESSED:
            changing.append(message)
    return changing


def _happen(people: list[Profile], waiting: list[list[Any]], chance: Random) -> None:
    match chance.choice(("event", "event", "event", "credit", "fold", "settle")):
        case "event":
            amount_of_it = chance.choice((10, 60, "60", 1.5))
            currency = chance.choice(("INR", "usd", "", "Rupee"))
            minutes = chance.randrange(120) + chance.random()
            did(chance.choice(people), minutes, Amount=amount_of_it, Currency=currency)
        case "credit":
            credit_conversions()
        case "fold":
            fold()
        case "settle":
            messages = [one for each in waiting for one in each if one.sent_at is None]
            if messages:
                message = chance.choice(messages)
                message.state = State.DELIVERED
                message.sent_at = message.created_at + timedelta(minutes=chance.randrange(30))
                message.save()
