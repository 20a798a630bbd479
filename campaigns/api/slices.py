"""The people behind one number of a campaign's results."""

from collections.abc import Mapping
from typing import Any

from campaigns.api.campaigns import campaign_of
from campaigns.api.people import PERSON, shown, told
from campaigns.models import Profile
from campaigns.results.finding import run_ids_of
from campaigns.results.numbers import SLICES
from campaigns.results.people_behind import Behind, people_behind, steps_after
from campaigns.results.walking import page_by_person
from providers.api import schemas
from providers.api.fields import refuse
from providers.api.listing import QUERY, Asked, Listing, Page, page_schema
from providers.api.operations import Operation
from providers.api.problems import wrong_value
from providers.api.queries import Reader, one_among

NAMES = {name: name for name in SLICES}
NOT_AFTER = "It is no step that comes after that one."


class CampaignPeople(Listing):
    of = "campaign-people"
    operations = {
        "GET": Operation(
            name="list_people_of_campaign",
            summary="Read the people behind a number of a campaign",
            said="Of those who got a second try, that one counts. A page may have fewer records "
            "than there is room for, or none, and still a next one.",
            query={
                **QUERY,
                "slice": schemas.one_of(SLICES, "Everybody, without it."),
                "but_not": schemas.one_of(SLICES, "A later step that they did not come to."),
            },
            answer=page_schema(PERSON),
        )
    }

    def filters(self) -> Mapping[str, Reader]:
        return {"slice": one_among(NAMES), "but_not": one_among(NAMES)}

    def page(self, asked: Asked, **place: Any) -> Page:
        campaign = campaign_of(self.project, place["number"])
        behind = Behind(asked.filters.get("slice", "targeted"), asked.filters.get("but_not", ""))
        if behind.but_not and behind.but_not not in steps_after(behind.slice):
            refuse([wrong_value("but_not", NOT_AFTER)])
        found = people_behind(campaign, behind)
        walked = page_by_person(
            found, run_ids=run_ids_of(campaign.pk), before=asked.place, most=asked.most
        )
        people = shown(Profile.objects.of(self.project)).in_bulk(
            [message.profile_id for message in walked.rows if message.profile_id]
        )
        numbers = (message.profile_id or 0 for message in walked.rows)
        return Page([told(people[n]) for n in numbers if n in people], walked.before)
