"""A campaign to a segment: whom its rule finds when the launch begins, and nobody else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.audience.segments.saving import SegmentError, delete_segment
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Profile,
    ProfileProperty,
    PropertyType,
    Reason,
    Run,
    RunStatus,
    Segment,
    State,
)
from campaigns.planning.dry_run import EXACT, dry_run
from campaigns.planning.preflight import blocking, findings, variants_of
from campaigns.planning.previewing import Step, example_of
from campaigns.planning.targeting import forecast
from campaigns.running.gathering import gather
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from campaigns.sending.reconciling import finish_runs
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ADD, page, ready, written
from tests.factories import ProfileFactory, SegmentFactory

pytestmark = pytest.mark.django_db

IN_PUNE = {"on": "text", "property": "City", "is": "equals", "value": "pune"}


@pytest.fixture
def segment(project: Project) -> Segment:
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    rule = {"version": 1, "match": "all", "conditions": [IN_PUNE]}
    return SegmentFactory.create(project=project, name="Pune", rule=rule)


@pytest.fixture
def campaign(project: Project, segment: Segment) -> Campaign:
    for n, city in enumerate(["Pune", "Mumbai", "PUNE", "pune"]):
        ProfileFactory.create(project=project, identity=f"p{n}", properties={"City": city})
    ProfileFactory.create(
        project=project, identity="no", subscribed=False, properties={"City": "Pune"}
    )
    return ready(project, people=1, to=[segment])


def launched(campaign: Campaign) -> Run:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    campaign.refresh_from_db()
    run = open_run(campaign)
    launch(run.pk)
    return run


def rows(run: Run) -> dict[str, tuple[int, str]]:
    messages = Message.objects.filter(run=run).select_related("profile")
    return {m.profile.identity: (m.state, m.reason) for m in messages if m.profile}


def test_whom_the_estimate_says_is_who_is_launched(campaign: Campaign) -> None:
    reach = forecast(campaign)
    run = launched(campaign)
    queued = (State.QUEUED, "")
    assert rows(run) == {
        "p0": queued,
        "p2": queued,
        "p3": queued,
        "no": (State.SUPPRESSED, Reason.NOT_SUBSCRIBED),
    }
    assert (reach.to_send, reach.dropped) == (3, {Reason.NOT_SUBSCRIBED: 1})


def test_who_moves_after_the_launch_began_keeps_their_place(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    campaign.refresh_from_db()
    run = open_run(campaign)
    gather(run.pk)
    Profile.objects.filter(identity="p0").update(properties={"City": "Delhi"})
    Profile.objects.filter(identity="p1").update(properties={"City": "Pune"})
    Segment.objects.update(rule={"version": 1, "match": "all", "conditions": []})
    launch(run.pk)
    assert sorted(rows(run)) == ["no", "p0", "p2", "p3"]


def test_a_rule_that_cant_be_read_any_more_blocks_and_reaches_nobody(
    campaign: Campaign, segment: Segment
) -> None:
    ProfileProperty.objects.all().delete()
    found = [one.message for one in blocking(findings(campaign, variants_of(campaign)))]
    assert [text for text in found if text.startswith("The segment “Pune” can't be used")]
    assert forecast(campaign).total == 0


def test_a_rule_that_goes_just_before_the_launch_stops_the_campaign_and_says_why(
    campaign: Campaign,
) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    campaign.refresh_from_db()
    run = open_run(campaign)
    ProfileProperty.objects.all().delete()
    launch(run.pk)
    finish_runs()
    campaign.refresh_from_db()
    run.refresh_from_db()
    assert (rows(run), run.status) == ({}, RunStatus.FINISHED)
    assert campaign.status == CampaignStatus.STOPPED
    assert campaign.status_reason.startswith("The segment “Pune” can't be used")


def test_a_segment_that_a_campaign_uses_cant_be_deleted(
    campaign: Campaign, segment: Segment
) -> None:
    with pytest.raises(SegmentError, match=f"used by “{campaign}”"):
        delete_segment(segment, by=SYSTEM)


def test_the_phone_walks_through_the_segments_people(campaign: Campaign) -> None:
    def shown(after: int | None, step: Step) -> Profile:
        person = example_of(campaign, variants_of(campaign)[0], shown=after, step=step).person
        assert person is not None
        return person

    first = shown(None, Step.STAY)
    second = shown(first.pk, Step.NEXT)
    third = shown(second.pk, Step.NEXT)
    assert [first.identity, second.identity, third.identity] == ["p0", "p2", "p3"]
    assert shown(third.pk, Step.NEXT) == third
    assert shown(third.pk, Step.PREVIOUS) == second


def test_a_sample_is_taken_of_whom_the_rule_finds(campaign: Campaign) -> None:
    variant = variants_of(campaign)[0]
    looked = dry_run(campaign, variant, expected=EXACT + 1)
    assert (looked.is_sample, looked.looked_at) == (True, 3)


# On the pages -------------------------------------------------------------------------------------


def test_a_segment_is_chosen_seen_and_published(
    project: Project, campaign: Campaign, segment: Segment, marketer: Client
) -> None:
    template = variants_of(campaign)[0].version.template
    form = written(template=template, audience="some", segments=[segment.pk], text__body__1="Asha")
    reach = marketer.post("/campaigns/campaign/parts/reach/", form).content.decode()
    assert "<strong>3</strong> people would get it now, of 4 in this audience" in reach

    marketer.post(ADD, form)
    saved = Campaign.objects.latest("pk")
    assert (saved.audience, [part.segment for part in saved.all_parts]) == ("some", [segment])
    last_page = marketer.get(page(saved, "publish/reach")).content.decode()
    assert "the segment “Pune”" in last_page
    assert "The segment “Pune”" in marketer.get("/campaigns/campaign/").content.decode()


def test_a_segment_must_be_chosen_and_be_of_this_project(
    project: Project, campaign: Campaign, marketer: Client
) -> None:
    theirs = SegmentFactory.create()
    answer = marketer.post(ADD, written(audience="some", segments=[theirs.pk]))
    assert "segments" in answer.context["form"].errors

    campaign.unsaved_parts = []
    texts = [one.message for one in findings(campaign, variants_of(campaign))]
    assert "Choose the segments and lists to send to." in texts


def test_a_changed_rule_is_looked_at_again_before_publishing(
    campaign: Campaign, segment: Segment, marketer: Client
) -> None:
    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]
    Segment.objects.update(rule={"version": 1, "match": "all", "conditions": []})
    answer = marketer.post(page(campaign, "publish"), {"seen": seen}, follow=True)
    assert "Somebody has changed this campaign" in answer.content.decode()


def test_the_changed_rule_of_a_segment_within_its_segments_is_looked_at_again(
    campaign: Campaign, segment: Segment, project: Project, marketer: Client
) -> None:
    inner, middle = (SegmentFactory.create(project=project) for _ in range(2))
    _let_name(middle, inner)
    _let_name(segment, middle)
    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]
    assert seen == marketer.get(page(campaign, "publish/reach")).context["seen"]
    rule = {"version": 1, "match": "all", "conditions": [IN_PUNE]}
    Segment.objects.filter(pk=inner.pk).update(rule=rule)
    answer = marketer.post(page(campaign, "publish"), {"seen": seen}, follow=True)
    assert "Somebody has changed this campaign" in answer.content.decode()


def _let_name(segment: Segment, other: Segment) -> None:
    within = {"match": "any", "conditions": [{"on": "segment", "segment": other.pk, "is": "in"}]}
    segment.rule = {"version": 1, "match": "all", "conditions": [within]}
    segment.save()


def test_a_launch_reads_the_rule_of_one_moment(campaign: Campaign) -> None:
    """Between two readings what it names may go, and the second would find nobody."""
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    campaign.refresh_from_db()
    run = open_run(campaign)
    with CaptureQueriesContext(connection) as asked:
        gather(run.pk)
    assert len([one for one in asked if 'FROM "campaigns_profileproperty"' in one["sql"]]) == 1


def test_the_segments_page_names_the_campaigns(
    campaign: Campaign, segment: Segment, marketer: Client
) -> None:
    answer = marketer.get(f"/campaigns/segment/{segment.pk}/change/")
    assert f"“{campaign}”" in answer.content.decode()
