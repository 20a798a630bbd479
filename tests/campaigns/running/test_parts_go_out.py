"""A campaign to several lists and segments, without others and without people of earlier campaigns:
from its form to who got it."""

from typing import Any

import pytest
from django.test import Client

from campaigns.audience.choosing import MOST_PARTS, read_parts
from campaigns.audience.lists import ListError, delete_list
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.facts import people
from campaigns.audience.segments.saving import SegmentError, delete_segment
from campaigns.models import (
    Audience,
    AudiencePart,
    Campaign,
    CampaignStatus,
    CustomList,
    ListMember,
    Message,
    Profile,
    ProfileProperty,
    PropertyType,
    Reason,
    Run,
    Segment,
    Slice,
    State,
)
from campaigns.planning.drafting import DraftError, clone, discard, save_draft
from campaigns.planning.dry_run import EXACT, dry_run
from campaigns.planning.preflight import findings, variants_of
from campaigns.planning.targeting import forecast
from campaigns.running.gathering import gather
from campaigns.running.launching import launch
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ADD, page, ready, written
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    MessageFactory,
    ProfileFactory,
    RunFactory,
    SegmentFactory,
    TallyFactory,
    choose,
)

pytestmark = pytest.mark.django_db
QUEUED, EXCLUDED = (State.QUEUED, ""), (State.SUPPRESSED, Reason.EXCLUDED)
TIMES = {
    State.SENT: ["sent_at"],
    State.DELIVERED: ["sent_at", "delivered_at"],
    State.READ: ["sent_at", "delivered_at", "read_at"],
    State.FAILED: ["failed_at"],
}


@pytest.fixture
def crowd(project: Project) -> dict[str, Profile]:
    """a and b in Pune; c shares the phone of d."""
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    known = {
        name: ProfileFactory.create(
            project=project, identity=name, properties={"City": "Pune" if name in "ab" else "Goa"}
        )
        for name in "abcdef"
    }
    known["c"].phone, known["c"].match_key = known["d"].phone, known["d"].match_key
    known["c"].save()
    return known


@pytest.fixture
def pune(project: Project) -> Segment:
    condition = {"on": "text", "property": "City", "is": "equals", "value": "pune"}
    rule = {"version": 1, "match": "all", "conditions": [condition]}
    return SegmentFactory.create(project=project, name="Pune", rule=rule)


def listed(project: Project, crowd: dict[str, Profile], names: str, name: str) -> CustomList:
    made = CustomListFactory.create(project=project, name=name)
    for member in names:
        ListMemberFactory.create(custom_list=made, profile=crowd[member])
    return made


@pytest.fixture
def earlier(project: Project, crowd: dict[str, Profile]) -> Campaign:
    """a viewed it, b was sent it, d failed to get it, e was left out, f was not chosen."""
    done = CampaignFactory.create(project=project, name="Diwali", status=CampaignStatus.COMPLETED)
    run = RunFactory.create(campaign=done)
    states = {"a": State.READ, "b": State.SENT, "d": State.FAILED, "e": State.SUPPRESSED}
    for name, state in states.items():
        times = dict.fromkeys(TIMES.get(state, ()), "2026-01-05T10:00Z")
        MessageFactory.create(run=run, profile=crowd[name], state=state, **times)
    return done


@pytest.fixture
def campaign(project: Project, crowd: dict[str, Profile]) -> Campaign:
    return ready(project, people=0)


def chosen(campaign: Campaign, *, to: Any = None, without: Any = ()) -> Campaign:
    if to is not None:
        campaign.audience = "some"
        choose(campaign, to)
    choose(campaign, without, is_left_out=True)
    campaign.save()
    return campaign


def launched(campaign: Campaign, marketer: Client) -> dict[str, tuple[int, str]]:
    """Published on its last page. Whom that page says is who is launched."""
    reach, seen = forecast(campaign), marketer.get(page(campaign, "publish/reach")).context["seen"]
    marketer.post(page(campaign, "publish"), {"seen": seen})
    run = Run.objects.get(campaign=campaign)
    launch(run.pk)
    messages = Message.objects.filter(run=run).select_related("profile")
    found = {m.profile.identity: (m.state, m.reason) for m in messages if m.profile}
    reasons = [reason for _, reason in found.values()]
    assert (reach.to_send, sum(reach.dropped.values())) == (
        reasons.count(""),
        len(reasons) - reasons.count(""),
    )
    assert {reason: reasons.count(reason) for reason in reach.dropped} == reach.dropped
    return found


# From the form to who got it ----------------------------------------------------------------------


def test_it_is_written_looked_at_published_and_launched(
    project: Project,
    crowd: dict[str, Profile],
    pune: Segment,
    earlier: Campaign,
    campaign: Campaign,
    marketer: Client,
) -> None:
    vips, staff = listed(project, crowd, "bce", "VIP"), listed(project, crowd, "bf", "Staff")
    form = written(
        template=variants_of(campaign)[0].version.template,
        audience="some",
        segments=[pune.pk],
        lists=[vips.pk],
        without_lists=[staff.pk],
        without_results_campaign=[earlier.pk, ""],
        without_results_slice=["failed", "failed"],
        text__body__1="Asha",
    )
    name = (
        "the segment “Pune” and the list “VIP”, without the list “Staff” and those of “Diwali” "
        "who failed to get it"
    )

    reach = " ".join(
        marketer.post("/campaigns/campaign/parts/reach/", form).content.decode().split()
    )
    marketer.post(ADD, form)
    saved = Campaign.objects.latest("pk")
    last_page = marketer.get(page(saved, "publish/reach")).content.decode()
    again = marketer.get(page(saved)).content.decode()
    found = launched(saved, marketer)
    live, all_of_them = marketer.get(page(saved)), marketer.get("/campaigns/campaign/")

    assert "<strong>2</strong> people would get it now, of 4 in this audience." in reach
    assert "<span>2</span> Excluded" in reach
    for line in (
        "<span>2</span> in the segment “Pune”",
        "<span>3</span> in the list “VIP”",
        "<span>2</span> to leave out: the list “Staff”",
        "<span>1</span> to leave out: those of “Diwali” who failed to get it",
    ):
        assert (line in reach, line in last_page) == (True, True), line
    assert f"<strong>{name}</strong>" in last_page
    assert again.count("checked") >= 4
    assert f'<option value="{earlier.pk}" selected>Diwali</option>' in again
    # b is staff; c has the phone of d, who failed.
    assert found == {"a": QUEUED, "b": EXCLUDED, "c": EXCLUDED, "e": QUEUED}
    assert saved.audience_name == name
    assert f"T{name[1:]}" in live.content.decode()
    assert f"T{name[1:]}" in all_of_them.content.decode()


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        (Slice.TARGETED, "abcde"),
        (Slice.SENT, "ab"),
        (Slice.DELIVERED, "a"),
        (Slice.VIEWED, "a"),
        (Slice.CLICKED, ""),
        (Slice.REPLIED, ""),
        (Slice.FAILED, "cd"),
        (Slice.SUPPRESSED, "e"),
        (Slice.NOT_DELIVERED, "b"),
        (Slice.NOT_VIEWED, "b"),
        (Slice.NOT_CLICKED, "ab"),
    ],
)
def test_everybody_without_a_slice_of_an_earlier_campaign(
    campaign: Campaign, earlier: Campaign, marketer: Client, part: Slice, gone: str
) -> None:
    """c goes with d, whose phone it is."""
    found = launched(chosen(campaign, without=[(earlier, part)]), marketer)
    kept = {name for name, how in found.items() if how != EXCLUDED}
    assert (sorted(found), "".join(sorted(set("abcdef") - kept))) == (list("abcdef"), gone)


def test_who_is_taken_and_left_out_is_left_out(
    project: Project, crowd: dict[str, Profile], campaign: Campaign, marketer: Client
) -> None:
    taken, gone = listed(project, crowd, "abe", "VIP"), listed(project, crowd, "ab", "Staff")
    found = launched(chosen(campaign, to=[taken], without=[gone]), marketer)
    assert found == {"a": EXCLUDED, "b": EXCLUDED, "e": QUEUED}


def test_sql_and_python_agree_on_a_mixture(
    project: Project,
    crowd: dict[str, Profile],
    pune: Segment,
    earlier: Campaign,
    campaign: Campaign,
    marketer: Client,
) -> None:
    vips = listed(project, crowd, "bdef", "VIP")
    chosen(
        campaign, to=[pune, vips], without=[(earlier, Slice.NOT_VIEWED), (earlier, "suppressed")]
    )
    rule, clock = read_parts(project, campaign.all_parts), clock_of(project)
    known = people(project, [person.pk for person in crowd.values()], clock)
    by_python = {
        name: any(one.holds(known[person.pk]) for one in rule.left_out)
        for name, person in crowd.items()
        if any(one.holds(known[person.pk]) for one in rule.taken)
    }
    found = launched(campaign, marketer)
    assert {name: how == EXCLUDED for name, how in found.items()} == by_python
    assert by_python == {"a": False, "b": True, "d": False, "e": True, "f": False}


def test_an_empty_union_has_nobody_and_an_empty_list_is_told(
    project: Project, crowd: dict[str, Profile], campaign: Campaign, marketer: Client
) -> None:
    nobody = CustomListFactory.create(project=project, name="Nobody")
    chosen(campaign, to=[nobody], without=[nobody])
    told = [(one.message, one.blocks) for one in findings(campaign, variants_of(campaign))]
    assert told == [("There is nobody in the list “Nobody” yet.", False)]
    assert "Nobody would get this campaign." in (
        marketer.get(page(campaign, "publish/reach")).content.decode()
    )


def test_what_changes_after_the_launch_began_changes_nobodys_place(
    project: Project,
    crowd: dict[str, Profile],
    earlier: Campaign,
    campaign: Campaign,
    marketer: Client,
    chunks_of: ChunksOf,
) -> None:
    chunks_of(1, first=1)
    vips, staff = listed(project, crowd, "abef", "VIP"), listed(project, crowd, "f", "Staff")
    chosen(campaign, to=[vips], without=[staff, (earlier, Slice.FAILED)])
    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]
    marketer.post(page(campaign, "publish"), {"seen": seen})
    run = Run.objects.get(campaign=campaign)
    gather(run.pk)
    ListMember.objects.all().delete()
    failed = Message.objects.filter(campaign=earlier, profile=crowd["a"])
    failed.update(state=State.FAILED)
    with pytest.raises(ListError, match=f"used by “{campaign}”"):
        delete_list(staff, by=SYSTEM)

    launch(run.pk)

    rows = Message.objects.filter(run=run).values_list("profile__identity", "state", "reason")
    assert {name: (state, reason) for name, state, reason in rows} == {
        "a": QUEUED,
        "b": QUEUED,
        "e": QUEUED,
        "f": EXCLUDED,
    }


def test_a_segment_that_cant_be_read_blocks_and_reaches_nobody_whichever_side_it_is_on(
    project: Project, pune: Segment, campaign: Campaign, marketer: Client
) -> None:
    chosen(campaign, without=[pune])
    ProfileProperty.objects.all().delete()
    told = [one.message for one in findings(campaign, variants_of(campaign)) if one.blocks]
    assert told == [
        "The segment “Pune” can't be used until it is mended. There is no property “City”."
    ]
    assert forecast(campaign).total == 0


def test_a_sample_and_the_phone_pass_by_who_is_left_out(
    project: Project, crowd: dict[str, Profile], campaign: Campaign, marketer: Client
) -> None:
    chosen(campaign, without=[listed(project, crowd, "abc", "Staff")])  # d has the phone of c
    variant = variants_of(campaign)[0]
    looked = dry_run(campaign, variant, expected=EXACT + 1)
    (example,) = marketer.get(page(campaign, "publish")).context["examples"]
    assert (looked.looked_at, example.person) == (2, crowd["e"])


# What is named can't go ---------------------------------------------------------------------------


def test_what_a_part_names_cant_be_deleted(
    project: Project, pune: Segment, earlier: Campaign, campaign: Campaign
) -> None:
    staff = CustomListFactory.create(project=project)
    chosen(campaign, without=[staff, pune, (earlier, Slice.FAILED)])
    Campaign.objects.filter(pk=earlier.pk).update(status=CampaignStatus.DRAFT)
    used = f"used by.*“{campaign}”"
    with pytest.raises(ListError, match=used):
        delete_list(staff, by=SYSTEM)
    with pytest.raises(SegmentError, match=used):
        delete_segment(pune, by=SYSTEM)
    with pytest.raises(DraftError, match=used):
        discard(earlier, by=SYSTEM)

    discard(campaign, by=SYSTEM)

    delete_list(staff, by=SYSTEM)
    delete_segment(pune, by=SYSTEM)
    assert not AudiencePart.objects.exists()


def test_what_was_deleted_while_it_was_chosen_is_refused(
    project: Project, campaign: Campaign
) -> None:
    staff = CustomListFactory.create(project=project)
    campaign.unsaved_parts = [AudiencePart(is_left_out=True, custom_list=staff)]
    delete_list(staff, by=SYSTEM)
    campaign.unsaved_parts[0].custom_list_id = 0
    with pytest.raises(DraftError, match="Somebody has deleted a custom list that you chose"):
        save_draft(campaign, variants=[], by=SYSTEM)


# In the form --------------------------------------------------------------------------------------


def test_a_copy_says_the_same_and_everybody_takes_no_part(
    project: Project, pune: Segment, earlier: Campaign, campaign: Campaign, marketer: Client
) -> None:
    chosen(campaign, to=[pune], without=[(earlier, Slice.FAILED)])
    copy = clone(campaign, by=SYSTEM)
    assert copy.audience_name == campaign.audience_name

    marketer.post(page(copy), written(audience="everybody", segments=[pune.pk]))

    copy.refresh_from_db()
    assert (copy.audience_name, copy.all_parts) == ("everybody in the project", [])


def test_those_who_failed_are_left_out_of_the_next_one_by_a_link(
    project: Project, earlier: Campaign, campaign: Campaign, marketer: Client
) -> None:
    link = f"{ADD}?without_results={earlier.pk}:failed"
    form = marketer.get(link).context["form"]
    assert form["without_results"].value() == [(str(earlier.pk), "failed")]
    TallyFactory.create(run=earlier.runs.get(), name="failed")
    TallyFactory.create(run=earlier.runs.get(), name="failed:refused")
    assert f'href="{link}"' in marketer.get(page(earlier)).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("without_results_campaign", "999999"), ("without_results_slice", "bad")]
)
def test_a_slice_that_does_not_exist_is_refused_beside_its_field(
    earlier: Campaign, campaign: Campaign, marketer: Client, field: str, value: str
) -> None:
    form = written(without_results_campaign=[earlier.pk], without_results_slice=["failed"])
    answer = marketer.post(ADD, form | {field: [value]})
    assert list(answer.context["form"].errors) == ["without_results"]


def test_so_many_parts_and_no_more(project: Project, campaign: Campaign, marketer: Client) -> None:
    lists = CustomListFactory.create_batch(MOST_PARTS + 1, project=project)
    form = written(audience="some", lists=[one.pk for one in lists])
    answer = marketer.post(ADD, form)
    assert f"at most {MOST_PARTS} segments" in str(answer.context["form"].errors["audience"])

    campaign.audience = Audience.SOME
    campaign.unsaved_parts = [AudiencePart(is_left_out=False, custom_list=one) for one in lists]
    with pytest.raises(DraftError, match=f"at most {MOST_PARTS} segments"):
        save_draft(campaign, variants=[], by=SYSTEM)
