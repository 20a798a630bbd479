"""Why somebody did not get a campaign, or how far it got with them."""

from dataclasses import dataclass

from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Profile,
    Run,
    RunAudience,
    RunStatus,
    State,
)
from campaigns.results.message_story import which_variant
from campaigns.results.neighbours import explain_among_others

GOT = {
    State.QUEUED: "It waits for its turn to be sent to them.",
    State.IN_DOUBT: "It may have left: Gupshup gave no clear answer, and no report has come yet.",
    State.SENT: "It was sent to them. No report says yet that it arrived.",
    State.DELIVERED: "They got it. It was delivered, and not viewed as far as WhatsApp tells.",
    State.READ: "They got it and viewed it.",
}
NOT_OUT = {
    CampaignStatus.DRAFT: "It is a draft. Nobody has got it.",
    CampaignStatus.AWAITING: "It waits for approval. Nobody has got it.",
    CampaignStatus.SCHEDULED: "It has not begun yet. Who gets it is decided when it does.",
}
NEVER = "It never went out."
DECIDING = "It is only being decided who gets it. Look again in a minute."
WAITS = "It is an A/B test, and they wait for its winner: chance has put them among those."
LATER = "It was decided who gets it before they were in the project."


@dataclass(frozen=True, slots=True)
class Answer:
    words: str
    way_out: str = ""
    message: Message | None = None


def why_not(profile: Profile, campaign: Campaign) -> Answer:
    went_out = Run.objects.filter(campaign=campaign, skipped_because="")
    runs = list(went_out.order_by("-number"))
    theirs = Message.objects.filter(run__in=runs, profile=profile)
    theirs = theirs.select_related("campaign", "variant__version__template")
    message = theirs.order_by("-run__number", "-pk").first()
    return _of_message(message) if message else _never_chosen(profile, campaign, runs)


def _of_message(message: Message) -> Answer:
    if (words := GOT.get(State(message.state))) is not None:
        return Answer(f"{words} {which_variant(message)}".rstrip(), message=message)
    explanation = explain_among_others(message)
    if explanation is None:
        return Answer("It failed.", message=message)
    return Answer(f"{explanation.meaning}.", explanation.way_out, message)


def _never_chosen(profile: Profile, campaign: Campaign, runs: list[Run]) -> Answer:
    if not runs:
        return Answer(NOT_OUT.get(CampaignStatus(campaign.status), NEVER))
    if any(run.status == RunStatus.LAUNCHING for run in runs):
        return Answer(DECIDING)
    waiting = [run.pk for run in runs if run.status == RunStatus.WAITING]
    if RunAudience.objects.filter(run__in=waiting, profile=profile).exists():
        return Answer(WAITS)
    if all(run.last_profile_id < profile.pk for run in runs):
        return Answer(LATER)
    return Answer(
        f"They did not belong to it when that was decided. It was for {campaign.audience_name}."
    )
