"""Projects, people and the Gupshup connection."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from providers.models import (
    ApiKey,
    AuditEntry,
    CallbackKey,
    CallbackSource,
    Conversation,
    GatewayConsent,
    Incident,
    IncidentKind,
    Membership,
    Project,
    Provider,
    Role,
    SendingIP,
    User,
)

PASSWORD = "correct horse battery staple"


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"Shop {n}")


class UserFactory(DjangoModelFactory[User]):
    """Signs in with PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MARKETER


class CallbackKeyFactory(DjangoModelFactory[CallbackKey]):
    class Meta:
        model = CallbackKey

    project = factory.SubFactory(ProjectFactory)


class ProviderFactory(DjangoModelFactory[Provider]):
    """One whose trial is over; `trial_ended_at=None` for one that is on trial."""

    class Meta:
        model = Provider

    project = factory.SubFactory(ProjectFactory)
    nickname = "Main account"
    hsm_user_id = "2000000001"
    hsm_password = "one-way-secret"
    two_way_user_id = "2000000002"
    two_way_password = "two-way-secret"
    number = "+919000000001"
    trial_ended_at = factory.LazyFunction(timezone.now)


class ConversationFactory(DjangoModelFactory[Conversation]):
    """A phone that has just written, so its window is open."""

    class Meta:
        model = Conversation

    project = factory.SubFactory(ProjectFactory)
    phone = factory.Sequence(lambda n: f"+9190000{n:05d}")
    match_key = factory.LazyAttribute(lambda row: int(row.phone.lstrip("+")))
    last_inbound_at = factory.LazyFunction(timezone.now)
    window_until = factory.LazyAttribute(lambda row: row.last_inbound_at + timedelta(hours=24))


class GatewayConsentFactory(DjangoModelFactory[GatewayConsent]):
    class Meta:
        model = GatewayConsent

    project = factory.SubFactory(ProjectFactory)
    match_key = factory.Sequence(lambda n: 919000000000 + n)
    opted_in = True
    answered_at = factory.LazyFunction(timezone.now)


class IncidentFactory(DjangoModelFactory[Incident]):
    class Meta:
        model = Incident

    project = factory.SubFactory(ProjectFactory)
    kind = IncidentKind.CREDENTIALS


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    """One that nobody can show, as no secret belongs to it: tests that call have one made."""

    class Meta:
        model = ApiKey

    project = factory.SubFactory(ProjectFactory)
    name = "Web shop"
    public_id = factory.Sequence(lambda n: f"{n:012x}")
    digest = "f" * 64
    scopes = ["read"]


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    project = factory.SubFactory(ProjectFactory)
    action = "provider.changed"


class SendingIPFactory(DjangoModelFactory[SendingIP]):
    """Of one project; `project=None` for the whole installation."""

    class Meta:
        model = SendingIP

    project = factory.SubFactory(ProjectFactory)
    network = factory.Sequence(lambda n: f"203.0.113.{n % 254 + 1}")


class CallbackSourceFactory(DjangoModelFactory[CallbackSource]):
    class Meta:
        model = CallbackSource

    project = factory.SubFactory(ProjectFactory)
    network = factory.Sequence(lambda n: f"198.51.100.{n % 254 + 1}")
