"""The people behind a number, made ready for the campaign that comes next."""

from django.db import transaction

from campaigns.audience.filling_lists import list_of
from campaigns.audience.lists import ListError, free_name
from campaigns.audience.source import found_by
from campaigns.models import Campaign, CustomList
from campaigns.results.people_behind import Behind, people_behind, words_of
from providers.watch.actors import Actor

NOBODY = "There is nobody like this, so there is nobody to write to."


@transaction.atomic
def follow_up(campaign: Campaign, behind: Behind, *, by: Actor) -> CustomList:
    """A list of those of this moment. Raises ListError where there is nobody."""
    people = people_behind(campaign, behind)
    if not people.exists():
        raise ListError(NOBODY)
    source = found_by(people.values_list("profile_id"), of="message")
    name = free_name(campaign.project, f"{campaign.name[:50]}: {words_of(behind)[:38]}")
    return list_of(campaign.project, name, source, by=by)
