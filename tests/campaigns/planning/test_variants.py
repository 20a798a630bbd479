"""Who gets which variant: by chance, but always the same."""

from collections import Counter
from hashlib import md5
from typing import Any

import pytest
from django.db import connection

from campaigns.audience.lots import LOT, LOTS
from campaigns.ledger.tallies import totals
from campaigns.models import Audience, Campaign, Message, Reason, Run, State, VariantsBy
from campaigns.planning.drafting import clone
from campaigns.planning.dry_run import dry_run
from campaigns.planning.mixing import faults_of_variants
from campaigns.planning.preflight import variants_of
from campaigns.planning.targeting import forecast
from campaigns.planning.variants import first_lots, salt_of, why_it
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run, open_second_try
from campaigns.running.publishing import fingerprint
from providers.models import Project, Provider
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
    choose,
)

pytestmark = pytest.mark.django_db


def lot_of(*, salt: str, key: int) -> int:
    """As others may compute it: `key` is the match key of the phone, or the profile's id."""
    digest = md5(f"{salt}:{key}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:8], 16)


@pytest.mark.parametrize("key", [0, 1, 919000000000, 2**62])
def test_a_lot_is_the_same_in_sql_and_in_python(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {LOT} FROM (SELECT %(key)s::bigint) AS p (match_key), "
            "(SELECT 0::bigint) AS i (id)",
            {"salt": "7", "key": key},
        )
        (lot,) = cursor.fetchone()

    assert lot == lot_of(salt="7", key=key)


def test_each_person_gets_the_variant_of_their_lot(project: Project) -> None:
    campaign = ready(project, people=40)
    twin = ProfileFactory.create(project=project)
    ProfileFactory.create(project=project, phone=twin.phone, match_key=twin.match_key)
    ProfileFactory.create(project=project, phone="", match_key=None)
    version = campaign.variants.get().version
    for position in (1, 2):
        VariantFactory.create(campaign=campaign, version=version, position=position)
    run = open_run(campaign)

    launch(run.pk)

    messages = Message.objects.filter(run=run).select_related("profile", "variant")
    people = [message.profile for message in messages]
    lots = [
        lot_of(salt=salt_of(campaign), key=p.pk if p.match_key is None else p.match_key)
        for p in people
        if p is not None
    ]
    places = [message.variant.position for message in messages if message.variant]
    assert places == [lot * 3 >> LOTS for lot in lots]
    assert set(places) == {0, 1, 2}
    assert len(places) == 43


# By shares, by language, by a property ------------------------------------------------------------


def several(project: Project, by: VariantsBy, *told: dict[str, Any], **fields: Any) -> Campaign:
    """A draft with a variant for each of those."""
    if not Provider.objects.filter(project=project).exists():
        ProviderFactory.create(project=project)
    campaign: Campaign = CampaignFactory.create(project=project, variants_by=by, **fields)
    for position, one in enumerate(told):
        VariantFactory.create(campaign=campaign, position=position, **one)
    return campaign


def in_languages(project: Project, *codes: str) -> Campaign:
    return several(
        project,
        VariantsBy.LANGUAGE,
        *({"template": TemplateFactory.create(project=project, language=code)} for code in codes),
    )


def letters(run: Run) -> dict[str, str]:
    """Who got which."""
    rows = Message.objects.filter(run=run).select_related("profile", "variant")
    return {row.profile.identity: row.variant.letter for row in rows if row.profile and row.variant}


def launched(campaign: Campaign) -> Run:
    run = open_run(campaign)
    launch(run.pk)
    assert dict(totals([run.pk])) == recount([run.pk])
    return run


@pytest.mark.parametrize("shares", [(50, 50), (1, 99), (33, 33, 34), (10, 20, 30, 40)])
def test_shares_are_exact_to_the_lot(project: Project, shares: tuple[int, ...]) -> None:
    campaign = several(project, VariantsBy.SPLIT, *({"share": share} for share in shares))
    begins = first_lots(campaign, variants_of(campaign))
    sizes = [end - begin for begin, end in zip(begins, [*begins[1:], 1 << LOTS], strict=True)]
    exact = [share * (1 << LOTS) / 100 for share in shares]
    assert all(abs(size - wanted) < 1 for size, wanted in zip(sizes, exact, strict=True))


@pytest.mark.parametrize("chunk", [7, 100_000])
@pytest.mark.parametrize("of_list", [False, True])
def test_a_split_is_the_same_however_it_is_launched(
    project: Project, chunk: int, of_list: bool, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk)
    campaign = several(project, VariantsBy.SPLIT, {"share": 20}, {"share": 80})
    people = ProfileFactory.create_batch(60, project=project)
    if of_list:
        chosen = CustomListFactory.create(project=project)
        for person in people:
            ListMemberFactory.create(custom_list=chosen, profile=person)
        Campaign.objects.update(audience=Audience.SOME)
        campaign.refresh_from_db()
        choose(campaign, [chosen])
    end = first_lots(campaign, variants_of(campaign))[1]
    expected = {
        p.identity: "A" if lot_of(salt=salt_of(campaign), key=p.match_key) < end else "B"
        for p in people
    }
    reach = forecast(campaign, variants_of(campaign))

    got = letters(launched(campaign))

    assert got == expected
    assert reach.by_variant == Counter(expected.values())
    assert reach.to_send == 60


SPOKEN = {
    "": "A",
    "en": "A",
    "hi": "B",
    " HI ": "B",
    "Hindi": "B",
    "hi-IN": "B",
    "pt_BR": "C",
    "pt-br": "C",
    "pt_PT": "C",
    "pt": "C",
    "ta": "A",
    "'; DROP TABLE": "A",
}


def test_each_person_gets_their_language_and_everybody_else_the_first(project: Project) -> None:
    campaign = in_languages(project, "en_US", "hi", "pt_BR")
    for said in SPOKEN:
        ProfileFactory.create(project=project, identity=f"“{said}”", language=said)
    reach = forecast(campaign, variants_of(campaign))
    assert letters(launched(campaign)) == {f"“{said}”": letter for said, letter in SPOKEN.items()}
    assert reach.by_variant == Counter(SPOKEN.values())


OF_CITIES: dict[str, tuple[Any, str]] = {
    "plain": ("Pune", "B"),
    "blanks and capitals": ("  PUNE\u00a0", "B"),
    "accent": ("MÜNCHEN", "C"),
    "a number": (7, "C"),
    "yes": (True, "B"),
    "no": (False, "A"),
    "a list": (["Pune"], "A"),
    "nothing": (None, "A"),
    "another": ("Delhi", "A"),
}


def test_a_propertys_value_chooses_whatever_its_blanks_and_capitals(project: Project) -> None:
    campaign = several(
        project,
        VariantsBy.PROPERTY,
        {},
        {"fits": "pune\n\n Thane \nYes"},
        {"fits": "münchen\n7"},
        by_property="City",
    )
    for name, (value, _) in OF_CITIES.items():
        ProfileFactory.create(project=project, identity=name, properties={"City": value})
    ProfileFactory.create(project=project, identity="without")
    expected = {name: letter for name, (_, letter) in OF_CITIES.items()} | {"without": "A"}
    reach = forecast(campaign, variants_of(campaign))
    assert letters(launched(campaign)) == expected
    assert reach.by_variant == Counter(expected.values())


def test_a_language_that_nobody_speaks_counts_as_nobody(project: Project) -> None:
    campaign = in_languages(project, "en", "ta")
    ProfileFactory.create_batch(2, project=project, language="en")
    assert forecast(campaign, variants_of(campaign)).by_variant == {"A": 2, "B": 0}


def test_a_second_try_says_the_same_to_whoever_changed_their_language(project: Project) -> None:
    campaign = in_languages(project, "en", "hi")
    person = ProfileFactory.create(project=project, language="hi")
    run = launched(campaign)
    Message.objects.update(state=State.FAILED, reason=Reason.RETRIES_EXHAUSTED)
    person.language = "en"
    person.save()

    second = open_second_try(run)
    launch(second.pk)

    assert letters(run) == letters(second) == {person.identity: "B"}


def test_values_are_tried_with_those_alone_who_get_them(project: Project) -> None:
    campaign = in_languages(project, "en", "hi")
    nameless = {"body.1": {"text": "{{ profile.name }}", "fallback": ""}}
    campaign.variants.filter(position=1).update(values=nameless)
    ProfileFactory.create(project=project, name="", language="en")
    lacks = ProfileFactory.create(project=project, name="", language="hi")
    variants = variants_of(campaign)

    looked = [dry_run(campaign, each, expected=1, among=variants) for each in variants]

    assert [(each.letter, each.looked_at, each.total) for each in looked] == [
        ("A", 1, 0),
        ("B", 1, 1),
    ]
    assert [part.people for part in looked[1].left_out] == [[lacks]]


# What is wrong with several -----------------------------------------------------------------------


def faults(campaign: Campaign, **more: Any) -> list[str]:
    known = more.get("known")
    found = faults_of_variants(campaign, variants_of(campaign), known_properties=known)
    return [fault.message for fault in found]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((50, 50), []),
        ((50, 49), ["The shares add up to 99 %, not 100 %: give 1 more."]),
        ((50, 51), ["The shares add up to 101 %, not 100 %: take 1 away."]),
        ((100,), ["Add a second variant, or send one message to everybody."]),
        ((50, None), ["Give variant B its share, in percent."]),
    ],
)
def test_shares_must_add_up(project: Project, shares: tuple[int | None], said: list[str]) -> None:
    campaign = several(project, VariantsBy.SPLIT, *({"share": share} for share in shares))
    assert faults(campaign) == said


def test_two_variants_of_one_language_are_told(project: Project) -> None:
    assert faults(in_languages(project, "en", "hi", "hi")) == [
        "Variants B and C speak the same language, Hindi: keep one of them."
    ]


def test_what_a_property_lacks_is_told(project: Project) -> None:
    campaign = several(
        project, VariantsBy.PROPERTY, {}, {"fits": "Pune"}, {"fits": " pUNE "}, {"fits": " \n"}
    )
    assert faults(campaign) == [
        "Choose the property whose value decides who gets which variant.",
        "Write down for which values variant D is.",
        "“pune” stands in variants B and C. Capitals don't matter: leave it in one of them.",
    ]
    campaign.by_property = "City"
    assert faults(campaign, known=["Town"])[0] == (
        "Nobody has a property “City” any more. Choose another."
    )


def test_a_variant_without_a_template_and_too_many_are_told(project: Project) -> None:
    campaign = several(project, VariantsBy.SPLIT, *({"share": 9} for _ in range(11)))
    campaign.variants.filter(position=1).delete()
    campaign.variants.filter(position=10).update(position=11)
    assert faults(campaign)[:2] == [
        "Choose a template for variant B.",
        "Choose a template for variant K.",
    ]


def test_a_copy_has_all_variants_and_who_gets_them(project: Project) -> None:
    campaign = several(
        project, VariantsBy.PROPERTY, {}, {"fits": "Pune", "share": 3}, by_property="City"
    )
    copy = clone(campaign, by=SYSTEM)
    told = ("position", "version", "values", "share", "fits")
    assert list(copy.variants.order_by("position").values_list(*told)) == list(
        campaign.variants.order_by("position").values_list(*told)
    )
    assert (copy.variants_by, copy.by_property) == (VariantsBy.PROPERTY, "City")


def test_a_changed_share_is_another_campaign_to_whoever_looked(project: Project) -> None:
    campaign = several(project, VariantsBy.SPLIT, {"share": 50}, {"share": 50})
    before = fingerprint(campaign, variants_of(campaign))
    campaign.variants.filter(position=0).update(share=49)
    assert fingerprint(campaign, variants_of(campaign)) != before


def test_why_somebody_gets_which_is_said(project: Project) -> None:
    spoken = in_languages(project, "en", "hi")
    split = several(project, VariantsBy.SPLIT, {"share": 30}, {"share": 70})
    by_city = several(
        project, VariantsBy.PROPERTY, {}, {"fits": "Pune\nThane\nGoa"}, by_property="City"
    )
    said = [[why_it(one, each) for each in variants_of(one)] for one in (spoken, split, by_city)]
    assert said == [
        ["people whose language is English, and everybody else", "people whose language is Hindi"],
        ["30 in a hundred, drawn by chance", "70 in a hundred, drawn by chance"],
        ["everybody else", "people whose City is Pune, Thane or Goa"],
    ]
