import pytest

from campaigns.models import Message, Reason, Run
from campaigns.results.comparing import Figure, figure
from campaigns.results.numbers import SLICES, Results, results_by_campaign, results_of
from providers.models import Project
from tests.campaigns.goals import reached_the_goal
from tests.campaigns.recount import recount
from tests.campaigns.states import STATES, fill
from tests.factories import CampaignFactory, MessageFactory, RunFactory, TallyFactory


@pytest.fixture
def run(project: Project) -> Run:
    run = RunFactory.create(campaign__project=project)
    reached_the_goal(fill(run)[-1])
    MessageFactory.create(run__campaign__project=project)  # of another campaign
    return run


def test_each_slice_finds_exactly_the_people_that_its_number_counts(run: Run) -> None:
    found = {
        name: Message.objects.filter(part.condition, run=run).count()
        for name, part in SLICES.items()
    }
    numbers = recount([run.pk]) | {"converted": 1}
    assert found == {name: numbers.get(name, 0) for name in SLICES}
    assert min(found.values()) > 0


def test_everybody_is_accounted_for(run: Run) -> None:
    numbers = results_of([run.pk]).numbers
    waiting_or_done = Message.objects.filter(run=run)
    accounted = [
        *(SLICES[name].condition for name in ("queued", "suppressed", "in_doubt", "failed")),
        SLICES["sent"].condition,
    ]
    ids = {pk for part in accounted for pk in waiting_or_done.filter(part).values_list("pk")}
    assert len(ids) == numbers["targeted"] == len(STATES)


def test_the_funnel_writes_its_denominators_out(run: Run) -> None:
    funnel = results_of([run.pk]).funnel
    assert [(stage.slice.label, stage.count, stage.share) for stage in funnel] == [
        ("Targeted", 13, ""),
        ("Queued", 1, "7.7 % of 13 targeted"),
        ("Sent", 6, "46.2 % of 13 targeted"),
        ("Delivered", 3, "50.0 % of 6 sent"),
        ("Viewed", 2, "66.7 % of 3 delivered"),
        ("Clicked", 1, "33.3 % of 3 delivered"),
        ("Replied", 1, "33.3 % of 3 delivered"),
    ]


def test_the_same_code_of_an_answer_and_of_a_report_are_two_causes(run: Run) -> None:
    causes = results_of([run.pk]).failed
    assert [
        (cause.reason, cause.code, cause.count, cause.explanation.meaning) for cause in causes
    ] == [
        (
            Reason.REFUSED,
            "101",
            1,
            "Gupshup misses something in the message, or finds it invalid, and does not say what",
        ),
        (
            Reason.REPORTED,
            "101",
            1,
            "The person last wrote more than 24 hours ago, so only templates are allowed",
        ),
        (
            Reason.REPORTED,
            "BLOCKED_FOR_USER",
            1,
            "The person has blocked your business on WhatsApp",
        ),
        (
            Reason.UNKNOWN,
            "",
            1,
            "Gupshup gave no answer and no report came: nobody knows whether it arrived",
        ),
    ]


def test_the_suppressed_are_told_by_reason_the_largest_first(run: Run) -> None:
    TallyFactory.create(run=run, name="suppressed:not_subscribed", n=4)
    causes = results_of([run.pk]).suppressed
    assert [(cause.reason, cause.count) for cause in causes] == [
        ("not_subscribed", 5),
        ("campaign_stopped", 1),
        ("no_phone", 1),
    ]


def test_shares_never_round_to_none_or_all(project: Project) -> None:
    run = RunFactory.create(campaign__project=project)
    for name, n in {"targeted": 100_000, "sent": 99_999, "delivered": 1, "read": 1}.items():
        TallyFactory.create(run=run, name=name, n=n)
    shares = {stage.slice.name: stage.share for stage in results_of([run.pk]).funnel}
    assert shares == {
        "targeted": "",
        "queued": "0 % of 100,000 targeted",
        "sent": "99.9 % of 100,000 targeted",
        "delivered": "0.1 % of 99,999 sent",
        "read": "100 % of 1 delivered",
        "clicked": "0 % of 1 delivered",
        "replied": "0 % of 1 delivered",
    }


def test_more_than_the_whole_is_no_share_of_it(project: Project) -> None:
    """Of some who reached the goal no report says that they got it."""
    run = RunFactory.create(campaign__project=project)
    for name, n in {"targeted": 9, "sent": 9, "delivered": 3, "converted": 5}.items():
        TallyFactory.create(run=run, name=name, n=n)
    results = Results(results_of([run.pk]).numbers, has_goal=True)
    assert (results.funnel[-1].count, results.funnel[-1].share) == (5, "")
    assert figure(results, "converted", "delivered") == Figure(5, "")


@pytest.mark.parametrize(
    ("numbers", "progress", "percent"),
    [
        ({"targeted": 200, "queued": 50, "suppressed": 30}, "120 of 170 people, 30 left out", 70),
        (
            {"targeted": 216, "queued": 100, "suppressed": 111, "suppressed:not_subscribed": 111},
            "5 of 105 people, 111 left out",
            4,
        ),
        (
            {"targeted": 90, "suppressed": 90, "suppressed:campaign_stopped": 90},
            "0 of 90 people",
            0,
        ),
        (
            {"targeted": 90, "suppressed": 60, "suppressed:cut_off": 40, "suppressed:no_phone": 20},
            "30 of 70 people, 20 left out",
            42,
        ),
        ({"targeted": 3, "suppressed": 2}, "1 of 1 person, 2 left out", 100),
        ({"targeted": 20, "suppressed": 20}, "Nobody, 20 left out", 0),
        ({"targeted": 500, "in_doubt": 2, "sent": 498}, "500 of 500 people", 100),
    ],
)
def test_progress_counts_those_who_are_to_get_it(
    project: Project, numbers: dict[str, int], progress: str, percent: int
) -> None:
    run = RunFactory.create(campaign__project=project)
    for name, n in numbers.items():
        TallyFactory.create(run=run, name=name, n=n)
    results = results_of([run.pk])
    assert (results.progress, results.percent) == (progress, percent)


def test_who_failed_after_being_sent_is_told_apart(project: Project) -> None:
    run = RunFactory.create(campaign__project=project)
    for name, n in {"targeted": 500, "sent": 469, "failed": 26, "suppressed": 26}.items():
        TallyFactory.create(run=run, name=name, n=n)
    assert results_of([run.pk]).failed_later == 21


def test_nothing_counted_is_nothing_shown(project: Project) -> None:
    campaign = CampaignFactory.create(project=project)
    results = results_by_campaign([campaign.pk])[campaign.pk]
    assert (results.percent, results.progress, [s.share for s in results.funnel]) == (
        0,
        "Nobody yet",
        [""] * 7,
    )
    assert (results.failed, results.suppressed) == ([], [])


def test_the_runs_of_a_campaign_add_up(project: Project) -> None:
    first = RunFactory.create(campaign__project=project)
    second = RunFactory.create(campaign=first.campaign, number=2)
    other = RunFactory.create(campaign__project=project)
    for run in (first, second, other):
        TallyFactory.create(run=run, name="sent", n=5)
    results = results_by_campaign([first.campaign_id, other.campaign_id])
    assert {pk: found.count("sent") for pk, found in results.items()} == {
        first.campaign_id: 10,
        other.campaign_id: 5,
    }
