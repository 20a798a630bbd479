"""Who reached the goal, what it adds up to, and what may be said of the control group."""

import random
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, Conversion, ConversionOf, Reason, State
from campaigns.planning.chances import ERROR, Counted, difference
from campaigns.results.conversions import TOO_FEW, Amount, Conversions, Uplift, conversions_of
from campaigns.results.numbers import results_by_run
from campaigns.results.people_behind import people_behind, read_behind
from campaigns.results.time_to_convert import time_to_convert
from campaigns.running.crediting import credit_conversions
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import page, ready
from tests.campaigns.goals import (
    another_run,
    did,
    event,
    goal,
    minutes_ago,
    reached_the_goal,
    row,
    sent,
    with_goal,
)
from tests.factories import ProfileFactory, TallyFactory


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def of(campaign: Campaign) -> Conversions:
    found = conversions_of(results_by_run(campaign.runs.order_by("number")))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other", "between"),
    [
        # Newcombe 1998, table II, method 10: 56 of 70 against 48 of 80, and its small ones.
        ((48, 80), (56, 70), (0.0524, 0.3339)),
        ((3, 10), (9, 10), (0.1705, 0.8090)),
        ((2, 7), (6, 7), (0.0582, 0.8062)),
        ((0, 29), (5, 56), (-0.0381, 0.1926)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((0, 10), (10, 10), (0.6075, 1.0)),
        # The reference's own two: 2.0 points apart, give or take 2.7.
        ((100, 1000), (120, 1000), (-0.0075, 0.0476)),
    ],
)
def test_where_a_difference_lies(
    one: tuple[int, int], other: tuple[int, int], between: tuple[float, float]
) -> None:
    low, high = difference(Counted(*one), Counted(*other))
    assert (round(low, 4), round(high, 4)) == between
    back = difference(Counted(*other), Counted(*one))
    assert back == (pytest.approx(-high), pytest.approx(-low))


@pytest.mark.parametrize(
    ("treated", "control", "sentences"),
    [
        (
            Counted(1200, 20_000),
            Counted(80, 2_000),
            [
                (
                    "Of 20,000 who were to get it, 1,200 (6.0 %) reached the goal; of 2,000 in the "
                    "control group, 80 (4.0 %)."
                ),
                (
                    "About 400 of them would not have reached it without the campaign: with 95 % "
                    "certainty it is between 1.0 and 2.8 percentage points more."
                ),
            ],
        ),
        (
            Counted(120, 1_000),
            Counted(100, 1_000),
            [
                (
                    "Of 1,000 who were to get it, 120 (12.0 %) reached the goal; of 1,000 in the "
                    "control group, 100 (10.0 %)."
                ),
                (
                    "The difference may be chance: with 95 % certainty it is between -0.7 and 4.8 "
                    "percentage points."
                ),
            ],
        ),
        (
            Counted(100, 1_000),
            Counted(200, 1_000),
            [
                (
                    "Of 1,000 who were to get it, 100 (10.0 %) reached the goal; of 1,000 in the "
                    "control group, 200 (20.0 %)."
                ),
                (
                    "Without the campaign more would have reached it: with 95 % certainty it is "
                    "between 6.9 and 13.1 percentage points more."
                ),
            ],
        ),
        (
            Counted(50, 100),
            Counted(9, 100),
            [
                (
                    "Of 100 who were to get it, 50 (50.0 %) reached the goal; of 100 in the "
                    "control group, 9 (9.0 %)."
                ),
                TOO_FEW,
            ],
        ),
    ],
)
def test_what_may_be_said_of_the_control_group(
    treated: Counted, control: Counted, sentences: list[str]
) -> None:
    uplift = Uplift("the control group", "control_converted", treated, control)
    assert uplift.sentences == sentences


def test_a_campaign_that_brings_nothing_about_is_told_so_but_by_the_stated_error() -> None:
    """2,000 campaigns whose people would have done it anyway, as chance makes them."""
    dice = random.Random(7)
    tests, rate = 2_000, 0.3

    def found() -> bool:
        treated, control = (
            Counted(sum(dice.random() < rate for _ in range(people)), people)
            for people in (300, 100)
        )
        return "may be chance" not in Uplift("it", "", treated, control).sentences[1]

    three_sigmas = 3 * (ERROR * (1 - ERROR) / tests) ** 0.5
    assert 0 < sum(found() for _ in range(tests)) / tests <= ERROR + three_sigmas


@pytest.mark.django_db
def test_without_a_goal_there_is_nothing_to_say(project: Project) -> None:
    campaign = ready(project)
    assert conversions_of(results_by_run(campaign.runs.all())) is None


@pytest.mark.django_db
def test_people_times_and_sums_by_currency(project: Project) -> None:
    run = with_goal(project, value="Amount", currency="INR", currency_property="Currency")
    asha, ravi = ProfileFactory.create_batch(2, project=project)
    for person in (asha, ravi):
        sent(run, 60, profile=person)
    did(asha, 50, Amount=100)
    did(asha, 40, Amount=20.5, Currency="usd")
    did(ravi, 30, Amount=9.999)
    did(ravi, 20, Amount="9")
    credit_conversions()

    found = of(run.campaign)
    assert (found.people, found.total, found.without_value) == (2, 4, 1)
    amounts = [Amount("INR", Decimal("109.999")), Amount("USD", Decimal("20.5"))]
    assert (found.amounts, [one.words for one in amounts]) == (
        amounts,
        ["109.999 INR", "20.50 USD"],
    )


@pytest.mark.django_db
def test_those_who_were_to_get_it_are_compared_whatever_became_of_their_message(
    project: Project,
) -> None:
    run = with_goal(project, control=True)
    TallyFactory.create(run=run, name="assigned", n=50)
    TallyFactory.create(run=run, name=f"suppressed:{Reason.CONTROL_GROUP}", n=5)
    TallyFactory.create(run=run, name=f"suppressed:{Reason.PROJECT_CONTROL_GROUP}", n=7)
    people = ProfileFactory.create_batch(4, project=project)
    sent(run, 60, profile=people[0])
    row(run, profile=people[1], state=State.FAILED)
    for person, reason in (
        (people[2], Reason.CONTROL_GROUP),
        (people[3], Reason.PROJECT_CONTROL_GROUP),
    ):
        row(run, profile=person, state=State.SUPPRESSED, reason=reason)
    did(people[0], 50)
    for person in people[1:]:
        did(person, 100)
    credit_conversions()

    found = of(run.campaign)
    assert [(one.name, one.treated, one.control) for one in found.uplifts] == [
        ("the control group", Counted(2, 50), Counted(1, 5)),
        ("the project's control group", Counted(2, 50), Counted(1, 7)),
    ]
    assert (found.people, found.unsent) == (1, 1)


@pytest.mark.django_db
def test_a_launch_counts_those_who_are_to_get_it(project: Project) -> None:
    event(project)
    campaign = ready(project, people=40, goal=goal(), control_percent=50)
    publish(campaign, by=SYSTEM)
    run = campaign.runs.get()
    launch(run.pk)

    queued = run.messages.filter(state=State.QUEUED).count()
    held = run.messages.filter(reason=Reason.CONTROL_GROUP).count()
    assert (queued + held, min(queued, held) > 0) == (40, True)
    [uplift] = of(campaign).uplifts
    assert (uplift.treated.people, uplift.control.people) == (queued, held)


@pytest.mark.django_db
def test_a_second_try_counts_nobody_twice(project: Project) -> None:
    run = with_goal(project, control=True)
    again = another_run(run.campaign, retry_of=run)
    for each, n in ((run, 10), (again, 4)):
        TallyFactory.create(run=each, name="assigned", n=n)
    TallyFactory.create(run=run, name=f"suppressed:{Reason.CONTROL_GROUP}", n=5)
    assert of(run.campaign).uplifts[0].treated == Counted(0, 10)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("converted", ConversionOf.SENT),
        ("unsent_converted", ConversionOf.UNSENT),
        ("control_converted", ConversionOf.CONTROL),
        ("project_control_converted", ConversionOf.PROJECT_CONTROL),
    ],
)
def test_the_people_behind_each_number_are_found(
    project: Project, name: str, who: ConversionOf
) -> None:
    run = with_goal(project)
    for each in ConversionOf:
        reached_the_goal(row(run), each)
    row(run)
    behind = read_behind({"slice": name})
    assert behind is not None
    expected = Conversion.objects.get(who=who).message_id
    assert [message.pk for message in people_behind(run.campaign, behind)] == [expected]


@pytest.mark.django_db
def test_the_campaigns_page_tells_it(project: Project, viewer: Client) -> None:
    run = with_goal(project, control=True, value="Amount", currency="INR")
    asha = ProfileFactory.create(project=project)
    sent(run, 60, profile=asha)
    did(asha, 50, Amount=120.5)
    did(asha, 40, Amount="a lot")
    credit_conversions()
    TallyFactory.create(run=run, name=f"suppressed:{Reason.CONTROL_GROUP}", n=5)

    said = shown(viewer.get(page(run.campaign)))
    assert "“Charged”, within 1 hour of the message." in said
    assert "<strong>120.50 INR</strong>" in said
    assert "1 of these times had no number under Amount" in said
    assert "Against the control group" in said
    assert TOO_FEW in said
    assert 'id="n-converted"' in said
    part = shown(viewer.get(page(run.campaign, "live")))
    assert "<strong>120.50 INR</strong>" in part
    table = viewer.get(page(run.campaign, "over-time")[:-1] + ".csv").content.decode()
    assert table.splitlines()[0].endswith(",Converted")


@pytest.mark.django_db
def test_a_campaign_without_a_goal_says_nothing_of_one(project: Project, viewer: Client) -> None:
    run = another_run(ready(project, status="running"), started_at=minutes_ago(5))
    sent(run, 3)
    assert "onverted" not in shown(viewer.get(page(run.campaign)))


@pytest.mark.django_db
def test_it_says_how_long_it_took(project: Project, viewer: Client) -> None:
    run = with_goal(project)
    for minutes in range(1, 11):
        message = sent(run, 100)
        assert message.profile is not None
        did(message.profile, 100 - 2 * minutes)
        if minutes == 1:
            did(message.profile, 41)  # once more: the first time counts
    by_run = results_by_run([run])
    assert time_to_convert(run.campaign, by_run) == ""
    credit_conversions()
    by_run = results_by_run([run])
    words = (
        "The middle one of them took about 10 minutes from the message to the goal; nine in ten"
        " took about 18 minutes at the most."
    )
    assert time_to_convert(run.campaign, by_run) == words
    assert words in shown(viewer.get(page(run.campaign)))
    message.delete()
    assert time_to_convert(run.campaign, by_run) == ""
