"""How people's flags came to be as they are, wherever that is kept."""

from dataclasses import astuple, dataclass

from campaigns.models import Profile, SubscriptionChange
from providers.models import Project


@dataclass(frozen=True)
class Said:
    """Of a person, by their identity, or of a phone."""

    identity: str | None
    match_key: int | None
    flag: str
    value: bool | None
    source: str
    words: str


def history_of(project: Project) -> list[Said]:
    """What new people came with, then each change in its order."""
    started = Profile.objects.of(project).filter(subscription_start__isnull=False).order_by("pk")
    start = [f"subscription_start__{name}" for name in ("value", "source", "words")]
    changes = SubscriptionChange.objects.filter(project=project).order_by("pk")
    names = ("profile__identity", "match_key", "flag", "value", "source", "words")
    flag = SubscriptionChange.Flag.SUBSCRIBED.value
    return [
        *(Said(who, None, flag, *told) for who, *told in started.values_list("identity", *start)),
        *(Said(*told) for told in changes.values_list(*names)),
    ]


def told_of(project: Project) -> list[tuple[str | None, int | None, str, bool | None, str]]:
    """The same, without the words."""
    return [astuple(said)[:5] for said in history_of(project)]
