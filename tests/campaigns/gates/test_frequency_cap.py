"""Nobody gets more marketing messages than the project's caps allow, whoever sends them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.gates import registry
from campaigns.gates.explaining import explain
from campaigns.gates.frequency_cap import FREQUENCY_CAP
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    Lane,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    Profile,
    Reason,
    Run,
    State,
)
from campaigns.outbox.enqueueing import enqueue_template
from campaigns.planning.drafting import clone
from campaigns.planning.dry_run import dry_run
from campaigns.planning.preflight import variants_of
from campaigns.planning.targeting import forecast
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.running.publishing import fingerprint
from campaigns.sending.claiming import (
    LOCK_OF_TURNS,
    Claim,
    claim_bulk,
    claim_bulk_sql,
    claim_direct,
    claim_direct_sql,
)
from campaigns.sending.finding_due import Due, find_due
from campaigns.sending.reconciling import reconcile
from campaigns.sending.recording import Ending, Result, record
from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.models import Category, Template
from tests.campaigns.drafts import page, ready, written
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProjectFactory,
    TemplateFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


def cap(project: Project, **most: int | None) -> None:
    Project.objects.filter(pk=project.pk).update(**most)
    project.refresh_from_db()


def launched(campaign: Campaign) -> Run:
    publish(campaign, by=SYSTEM)
    run = campaign.runs.get()
    launch(run.pk)
    return run


def another(project: Project, **fields: object) -> Run:
    """One more campaign to everybody."""
    category = fields.pop("category", Category.MARKETING)
    template = TemplateFactory.create(project=project, category=category)
    campaign = CampaignFactory.create(project=project, **fields)
    VariantFactory.create(campaign=campaign, version=template.current)
    return launched(campaign)


def claim(*, limit: int = 100) -> list[Claim]:
    return [one for due in find_due() for one in claim_bulk(due, limit=limit)]


def answer(claims: list[Claim], ending: Ending = Ending.ACCEPTED) -> None:
    now = timezone.now()
    record(
        [
            Result(message_id=one.message_id, attempt=one.attempt, ending=ending, at=now)
            for one in claims
        ],
        [],
    )


def outcomes(run: Run) -> dict[str, int]:
    counted = dict(totals([run.pk]))
    assert counted == recount([run.pk])
    return {name: n for name, n in counted.items() if name not in ("targeted", "sent")}


LEFT_OUT = {"suppressed": 2, "suppressed:frequency_cap": 2}


def test_who_has_had_one_is_left_out_of_the_next(project: Project) -> None:
    cap(project, most_per_day=1)
    launched(ready(project))
    answer(claim())
    second = another(project)
    assert claim() == []
    assert outcomes(second) == LEFT_OUT
    assert explain(Reason.FREQUENCY_CAP, "").meaning.startswith("They had as many")


def test_what_a_worker_has_in_hand_counts(project: Project) -> None:
    cap(project, most_per_day=1)
    launched(ready(project))
    assert len(claim()) == 2
    second = another(project)
    assert claim() == []
    assert outcomes(second) == LEFT_OUT


def test_campaigns_that_are_claimed_together_share_the_cap(project: Project) -> None:
    cap(project, most_per_day=2)
    runs = [launched(ready(project, people=5)), another(project), another(project)]
    claimed = Counter(one.phone for one in claim())
    assert claimed == {profile.phone: 2 for profile in Profile.objects.all()}
    left_out = [totals([run.pk])["suppressed:frequency_cap"] for run in runs]
    assert sum(left_out) == 5


STANDS = [
    (State.QUEUED, False),
    (State.SUPPRESSED, False),
    (State.IN_DOUBT, True),
    (State.UNKNOWN, True),
    (State.SENT, True),
    (State.FAILED, False),
    (State.DELIVERED, True),
    (State.READ, True),
]


@pytest.mark.parametrize(("state", "counts"), STANDS)
def test_what_may_have_arrived_counts_and_what_failed_gives_its_place_back(
    project: Project, state: State, counts: bool
) -> None:
    cap(project, most_per_day=1)
    first = launched(ready(project))
    now = timezone.now()
    known = state in (State.SENT, State.FAILED, State.DELIVERED, State.READ)
    failed_at = now if state in (State.UNKNOWN, State.FAILED) else None
    Outbox.objects.all().delete()
    first.messages.update(state=state, sent_at=now if known else None, failed_at=failed_at)
    second = another(project)
    assert len(claim()) == (0 if counts else 2)
    assert bool(totals([second.pk])["suppressed:frequency_cap"]) == counts


SPANS = [
    ({"most_per_day": 1}, timedelta(hours=23), True),
    ({"most_per_day": 1}, timedelta(hours=25), False),
    ({"most_per_week": 1}, timedelta(days=6), True),
    ({"most_per_week": 1}, timedelta(days=8), False),
    ({"most_per_month": 1}, timedelta(days=29), True),
    ({"most_per_month": 1}, timedelta(days=31), False),
    ({"most_per_day": 1, "most_per_week": 2}, timedelta(days=2), False),
    ({"most_per_day": 5, "most_per_week": 1}, timedelta(days=2), True),
    ({"most_per_month": 2}, timedelta(hours=1), False),
]


@pytest.mark.parametrize(("most", "ago", "counts"), SPANS)
def test_each_cap_looks_back_over_its_own_span(
    project: Project, most: dict[str, int], ago: timedelta, counts: bool
) -> None:
    cap(project, **most)
    first = launched(ready(project))
    answer(claim())
    first.messages.update(sent_at=timezone.now() - ago)
    another(project)
    assert len(claim()) == (0 if counts else 2)


def test_a_run_that_was_over_before_the_longest_span_tells_nothing_and_a_later_one_does(
    project: Project,
) -> None:
    cap(project, most_per_month=1)
    first = launched(ready(project))
    answer(claim())
    reconcile()
    assert Run.objects.get(pk=first.pk).finished_at is not None
    another(project)
    assert claim() == []
    long_ago = timezone.now() - timedelta(days=40)
    Run.objects.filter(pk=first.pk).update(finished_at=long_ago)
    first.messages.update(sent_at=long_ago)
    another(project)
    assert len(claim()) == 2


def test_a_utility_template_is_neither_held_back_nor_counted(project: Project) -> None:
    cap(project, most_per_day=1)
    launched(ready(project))
    answer(claim())
    another(project, category=Category.UTILITY)
    answer(useful := claim())
    assert len(useful) == 2
    Template.objects.update(category=Category.UTILITY)
    another(project)
    assert len(claim()) == 2


@pytest.mark.parametrize(
    ("kind", "category", "counts"),
    [
        (MessageKind.API, Category.MARKETING, True),
        (MessageKind.API, Category.UTILITY, False),
        (MessageKind.TEST, Category.MARKETING, False),
    ],
)
def test_what_a_program_has_sent_counts(
    project: Project, kind: MessageKind, category: str, counts: bool
) -> None:
    cap(project, most_per_day=1)
    launched(ready(project, people=1))
    person = Profile.objects.get()
    template = TemplateFactory.create(project=project, category=category)
    sent = enqueue_template(
        project,
        kind=kind,
        phone=person.phone,
        match_key=person.match_key or 0,
        version=template.current,
        values={},
        person={},
    )
    Outbox.objects.filter(message=sent).delete()
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=timezone.now())
    assert len(claim()) == (0 if counts else 1)


@pytest.mark.parametrize(
    ("category", "goes"), [(Category.MARKETING, False), (Category.UTILITY, True)]
)
def test_what_a_program_sends_is_held_back_when_its_turn_comes(
    project: Project, category: str, goes: bool
) -> None:
    cap(project, most_per_day=1)
    launched(ready(project, people=1))
    answer(claim())
    person = Profile.objects.get()
    template = TemplateFactory.create(project=project, category=category)
    sent = enqueue_template(
        project,
        kind=MessageKind.API,
        phone=person.phone,
        match_key=person.match_key or 0,
        version=template.current,
        values={},
        person={},
        profile_id=person.pk,
        lane=Lane.DIRECT,
    )
    (due,) = find_due()
    assert len(claim_direct(due, limit=10)) == goes
    sent.refresh_from_db()
    assert sent.reason == ("" if goes else Reason.FREQUENCY_CAP)


def test_a_campaign_that_asks_nobody_goes_and_counts(project: Project) -> None:
    cap(project, most_per_day=1)
    launched(ready(project))
    answer(claim())
    another(project, ignores_caps=True)
    answer(urgent := claim())
    assert len(urgent) == 2
    cap(project, most_per_day=2)
    last = another(project)
    assert claim() == []
    assert outcomes(last) == LEFT_OUT


def test_claimed_together_it_takes_its_place_before_those_that_ask(project: Project) -> None:
    cap(project, most_per_day=1)
    asks = launched(ready(project))
    another(project, ignores_caps=True)
    assert {one.campaign_id for one in claim()} == {Campaign.objects.latest("pk").pk}
    assert outcomes(asks) == LEFT_OUT


def test_a_doubt_that_is_sent_again_has_its_place(project: Project) -> None:
    cap(project, most_per_day=1)
    campaign = ready(project)
    first = launched(campaign)
    claim()
    first.messages.update(state=State.IN_DOUBT)
    Outbox.objects.update(state=OutboxState.READY, due_at=timezone.now() - timedelta(hours=1))
    second = another(project)
    assert {one.campaign_id for one in claim()} == {campaign.pk}
    assert totals([second.pk])["suppressed:frequency_cap"] == 2


def test_what_waits_for_another_try_has_none(project: Project) -> None:
    cap(project, most_per_day=1)
    first = launched(ready(project))
    answer(claim(), Ending.RETRY)
    now = timezone.now()
    Outbox.objects.update(due_at=now + timedelta(hours=1))
    another(project)
    assert len(claim()) == 2
    Outbox.objects.filter(run=first).update(due_at=now - timedelta(hours=1))
    assert claim() == []
    assert outcomes(first) == LEFT_OUT


def test_a_phone_is_one_person_and_another_project_is_none_of_ours(project: Project) -> None:
    cap(project, most_per_day=1)
    launched(ready(project, people=1))
    answer(claim())
    had = Profile.objects.get()
    other = ProjectFactory.create()
    cap(other, most_per_day=1)
    theirs = ready(other, people=0)
    ProfileFactory.create(project=other, phone=had.phone, match_key=had.match_key)
    launched(theirs)
    assert [one.campaign_id for one in claim()] == [theirs.pk]
    Profile.objects.filter(pk=had.pk).delete()
    ProfileFactory.create(project=project, phone=had.phone, match_key=had.match_key)
    another(project)
    assert claim() == []


def test_a_cap_that_is_changed_holds_for_the_next_claim(project: Project) -> None:
    cap(project, most_per_week=3)
    launched(ready(project, people=4))
    answer(claim())
    second = another(project)
    (due,) = find_due()
    assert len(claim_bulk(due, limit=2)) == 2
    cap(project, most_per_week=1)
    assert claim_bulk(due, limit=1) == []
    assert totals([second.pk])["suppressed:frequency_cap"] == 1
    cap(project, most_per_week=None)
    assert len(claim_bulk(due, limit=10)) == 1


def test_the_first_cap_holds_for_who_knew_of_none(project: Project) -> None:
    launched(ready(project))
    answer(claim())
    another(project)
    (due,) = find_due()
    cap(project, most_per_day=1)
    assert (due.takes_turns, claim_bulk(due, limit=10)) == (False, [])
    assert find_due()[0].takes_turns
    assert claim() == []
    assert totals([Run.objects.latest("pk").pk])["suppressed:frequency_cap"] == 2


def test_who_finds_another_at_it_claims_nothing_and_waits_for_nobody(project: Project) -> None:
    cap(project, most_per_day=1)
    run = launched(ready(project))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_OF_TURNS, project.pk])
        assert claim() == []
        assert outcomes(run) == {"queued": 2}
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_OF_TURNS, project.pk])
    other.close()
    assert len(claim()) == 2


def test_without_a_cap_claims_go_beside_each_other_and_a_first_turn_waits_for_them(
    project: Project,
) -> None:
    launched(ready(project))
    (due,) = find_due()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK_OF_TURNS, project.pk])
        assert len(claim_bulk(due, limit=1)) == 1
        cap(project, most_per_day=1)
        assert claim() == []
        cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [LOCK_OF_TURNS, project.pk])
    other.close()
    assert len(claim()) == 1


WORKERS = 10


@pytest.mark.django_db(transaction=True)
def test_ten_workers_and_three_campaigns_stay_below_one_cap(project: Project) -> None:
    cap(project, most_per_day=1)
    runs = [launched(ready(project, people=60)), another(project), another(project)]
    (due,) = find_due()
    together = Barrier(WORKERS)

    def work() -> list[str]:
        together.wait()
        try:
            return [one.phone for _ in range(60) for one in claim_bulk(due, limit=5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        at_once = [
            phone
            for one in [workers.submit(work) for _ in range(WORKERS)]
            for phone in one.result()
        ]
    at_once += [one.phone for one in claim(limit=1_000)]
    assert Counter(at_once) == {profile.phone: 1 for profile in Profile.objects.all()}
    assert dict(totals([run.pk for run in runs])) == recount([run.pk for run in runs])
    assert totals([run.pk for run in runs])["suppressed:frequency_cap"] == 120


def test_the_reach_says_who_has_had_enough(project: Project, marketer: Client) -> None:
    cap(project, most_per_day=1)
    launched(ready(project, people=3))
    answer(claim(limit=2))
    campaign = CampaignFactory.create(project=project)
    variant = VariantFactory.create(campaign=campaign)
    reach = forecast(campaign)
    assert (reach.to_send, reach.dropped) == (1, {Reason.FREQUENCY_CAP: 2})
    assert dry_run(campaign, variants_of(campaign)[0], expected=1).looked_at == 1
    shown = marketer.post("/campaigns/campaign/parts/reach/", written()).content.decode()
    assert "Too many messages to this person" in shown
    campaign.ignores_caps = True
    assert forecast(campaign).dropped == {}
    campaign.ignores_caps = False
    Template.objects.filter(pk=variant.version.template_id).update(category=Category.UTILITY)
    assert forecast(campaign).dropped == {}


def test_the_form_asks_only_where_there_is_a_cap(project: Project, marketer: Client) -> None:
    draft = ready(project)
    assert "ignores_caps" not in marketer.get(page(draft)).content.decode()
    cap(project, most_per_day=1, most_per_week=3)
    shown = marketer.get(page(draft)).content.decode()
    assert "nobody gets more than 1 in 24 hours, nor more than 3 in 7 days" in shown
    template = draft.variants.get().version.template
    marketer.post(page(draft), written(template=template, ignores_caps="on"))
    draft.refresh_from_db()
    assert draft.ignores_caps
    assert clone(draft, by=SYSTEM).ignores_caps
    cap(project, most_per_day=None, most_per_week=None)
    assert "Your project has no caps now." in marketer.get(page(draft)).content.decode()


def test_the_last_page_tells_of_the_caps_and_sees_that_they_were_changed(
    project: Project, marketer: Client
) -> None:
    cap(project, most_per_month=8)
    draft = ready(project)
    before = fingerprint(draft, variants_of(draft))
    told = marketer.get(page(draft, "publish/reach")).content.decode()
    assert "nobody gets more than 8 in 30 days, over all campaigns" in told
    cap(project, most_per_month=9)
    draft = Campaign.objects.get(pk=draft.pk)
    assert fingerprint(draft, variants_of(draft)) != before
    draft.ignores_caps = True
    draft.save()
    told = marketer.get(page(draft, "publish/reach")).content.decode()
    assert "It goes to people, too" in told


def test_whoever_was_left_out_stands_behind_the_number(project: Project, marketer: Client) -> None:
    cap(project, most_per_day=1)
    launched(ready(project))
    answer(claim())
    second = another(project)
    claim()
    shown = marketer.get(page(second.campaign)).content.decode()
    assert f"?campaign={second.campaign_id}&slice=suppressed&reason=frequency_cap" in shown
    found = marketer.get(
        f"/campaigns/message/?campaign={second.campaign_id}&slice=suppressed&reason=frequency_cap"
    ).content.decode()
    assert all(phone in found for phone in Profile.objects.values_list("phone", flat=True))


def test_without_a_cap_a_claim_is_the_one_it_was(project: Project) -> None:
    launched(ready(project))
    (due,) = find_due()
    assert isinstance(due, Due)
    assert not due.takes_turns
    assert len(claim_bulk(due, limit=10)) == 2
    assert Message.objects.filter(reason=Reason.FREQUENCY_CAP).count() == 0


def test_where_no_gate_takes_turns_a_claim_asks_for_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched(ready(project))
    assert "advisory" in claim_bulk_sql()
    monkeypatch.setattr(
        registry, "GATES", [gate for gate in registry.GATES if gate is not FREQUENCY_CAP]
    )
    assert "advisory" not in claim_bulk_sql() + claim_direct_sql()
    (due,) = find_due()
    assert (due.takes_turns, len(claim_bulk(due, limit=10))) == (False, 2)
