"""People, their lists, and what they did."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from campaigns.models import (
    CustomList,
    Event,
    EventKind,
    EventName,
    Export,
    ExportKind,
    ExportStatus,
    Import,
    ImportStatus,
    ListMember,
    PhoneBlock,
    Profile,
    ProfileProperty,
    PropertyType,
    Segment,
    Source,
    SubscriptionChange,
    SubscriptionStart,
)
from tests.factories.providers import ProjectFactory


def phone_of(number: int) -> str:
    """None that the simulator answers in a way of its own, as it does from 9901 on, however many a
    run has made before."""
    block, last = divmod(number, 9_900)
    return f"+919000{10 * block + 1:02d}{last:04d}"


class ProfileFactory(DjangoModelFactory[Profile]):
    """Subscribed, with a number of its own."""

    class Meta:
        model = Profile

    project = factory.SubFactory(ProjectFactory)
    identity = factory.Sequence(lambda n: f"customer-{n}")
    name = factory.Sequence(lambda n: f"Asha {n}")
    phone = factory.Sequence(phone_of)
    match_key = factory.LazyAttribute(lambda row: int(row.phone.lstrip("+")) if row.phone else None)
    subscribed = True


class PhoneBlockFactory(DjangoModelFactory[PhoneBlock]):
    class Meta:
        model = PhoneBlock

    project = factory.SubFactory(ProjectFactory)
    match_key = factory.Sequence(lambda n: 919000020000 + n)
    blocked = True
    source = Source.KEYWORD


class SubscriptionChangeFactory(DjangoModelFactory[SubscriptionChange]):
    class Meta:
        model = SubscriptionChange

    project = factory.SubFactory(ProjectFactory)
    profile = factory.SubFactory(ProfileFactory, project=factory.SelfAttribute("..project"))
    flag = SubscriptionChange.Flag.SUBSCRIBED
    value = True
    source = Source.CONSOLE


class SubscriptionStartFactory(DjangoModelFactory[SubscriptionStart]):
    class Meta:
        model = SubscriptionStart

    project = factory.SubFactory(ProjectFactory)
    value = True
    source = Source.IMPORT
    at = factory.LazyFunction(timezone.now)


class CustomListFactory(DjangoModelFactory[CustomList]):
    class Meta:
        model = CustomList

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Loyal customers {n}")


class ListMemberFactory(DjangoModelFactory[ListMember]):
    class Meta:
        model = ListMember

    custom_list = factory.SubFactory(CustomListFactory)
    profile = factory.SubFactory(
        ProfileFactory, project=factory.SelfAttribute("..custom_list.project")
    )


class SegmentFactory(DjangoModelFactory[Segment]):
    """Everybody."""

    class Meta:
        model = Segment

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Regulars {n}")
    rule = factory.LazyFunction(lambda: {"version": 1, "match": "all", "conditions": []})


class EventKindFactory(DjangoModelFactory[EventKind]):
    class Meta:
        model = EventKind

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"Ordered {n}")
    key = factory.LazyAttribute(lambda kind: kind.name.lower().replace(" ", ""))


class ProfilePropertyFactory(DjangoModelFactory[ProfileProperty]):
    class Meta:
        model = ProfileProperty

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence(lambda n: f"City {n}")
    type = PropertyType.TEXT


class ImportFactory(DjangoModelFactory[Import]):
    class Meta:
        model = Import

    project = factory.SubFactory(ProjectFactory)
    file_name = factory.Sequence(lambda n: f"customers-{n}.csv")
    status = ImportStatus.DONE


class ExportFactory(DjangoModelFactory[Export]):
    """Everybody; its file is not there."""

    class Meta:
        model = Export

    project = factory.SubFactory(ProjectFactory)
    kind = ExportKind.PEOPLE
    title = factory.Sequence(lambda n: f"List Regulars {n}")
    status = ExportStatus.DONE


class EventFactory(DjangoModelFactory[Event]):
    class Meta:
        model = Event

    project = factory.SubFactory(ProjectFactory)
    profile = factory.SubFactory(ProfileFactory, project=factory.SelfAttribute("..project"))
    name = EventName.SENT
