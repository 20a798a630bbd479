import pytest

from campaigns.models import Campaign, CampaignKind, CampaignStatus
from campaigns.planning.drafting import change, clone
from campaigns.planning.labelling import (
    LabelError,
    add_labels,
    as_spelled,
    labels_of,
    read_labels,
    take_labels,
)
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

ALL = Campaign.objects.all()


def labels() -> dict[str, list[str]]:
    return dict(Campaign.objects.values_list("name", "labels"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        (" , ,\n", []),
        ("Diwali\x00", ["Diwali"]),
        ("  big   sale ,Diwali\nDIWALI", ["big sale", "Diwali"]),
        ("दीवाली, 🪔", ["दीवाली", "🪔"]),
        ("x" * 40, ["x" * 40]),
    ],
)
def test_labels_are_read_as_they_are_typed(text: str, read: list[str]) -> None:
    assert read_labels(text) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 41, "“xxxxxxxxxxxxxxxxxxxx…” is too long: at most 40 characters."),
        (",".join(map(str, range(11))), "A campaign has at most 10 labels."),
    ],
)
def test_too_long_and_too_many_are_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(LabelError, match=said.replace("(", r"\(")):
        read_labels(text)


def test_several_get_a_label_each_once_and_only_those_of_the_project(project: Project) -> None:
    CampaignFactory.create(project=project, name="A")
    CampaignFactory.create(project=project, name="B", labels=["Sale", "Diwali"])
    CampaignFactory.create(project=project, name="Full", labels=[str(n) for n in range(10)])
    CampaignFactory.create(name="Elsewhere")

    assert add_labels(project, ALL, ["Diwali", "VIP"], by=SYSTEM) == 2

    assert labels() == {
        "A": ["Diwali", "VIP"],
        "B": ["Sale", "Diwali", "VIP"],
        "Full": [str(n) for n in range(10)],
        "Elsewhere": [],
    }
    assert [entry.action for entry in AuditEntry.objects.all()] == ["campaign.labelled"] * 2


def test_a_label_is_spelled_as_it_stands_in_the_project(project: Project) -> None:
    CampaignFactory.create(project=project, name="A", labels=["Diwali"])
    CampaignFactory.create(name="Elsewhere", labels=["VIP"])
    CampaignFactory.create(project=project, name="B")

    assert as_spelled(project, ["DIWALI", "vip"]) == ["Diwali", "vip"]
    add_labels(project, ALL, ["DIWALI"], by=SYSTEM)

    assert labels() == {"A": ["Diwali"], "B": ["Diwali"], "Elsewhere": ["VIP"]}
    assert labels_of(project) == ["Diwali"]


def test_a_label_is_taken_from_those_that_have_it(project: Project) -> None:
    CampaignFactory.create(project=project, name="A", labels=["Sale", "Diwali", "VIP"])
    CampaignFactory.create(project=project, name="B", labels=["VIP"])

    assert take_labels(project, ALL, ["diwali"], by=SYSTEM) == 1

    assert labels() == {"A": ["Sale", "VIP"], "B": ["VIP"]}
    assert take_labels(project, ALL, ["diwali"], by=SYSTEM) == 0


def test_a_copy_has_its_labels_and_so_has_a_change_that_waits(project: Project) -> None:
    standing = CampaignFactory.create(
        project=project,
        labels=["Sale"],
        status=CampaignStatus.SCHEDULED,
        kind=CampaignKind.RECURRING,
    )
    copy, waiting = clone(standing, by=SYSTEM), change(standing, by=SYSTEM)
    assert [copy.labels, waiting.labels] == [["Sale"], ["Sale"]]

    assert add_labels(project, ALL.filter(pk=standing.pk), ["Weekly"], by=SYSTEM) == 1

    waiting.refresh_from_db()
    copy.refresh_from_db()
    assert [copy.labels, waiting.labels] == [["Sale"], ["Sale", "Weekly"]]
