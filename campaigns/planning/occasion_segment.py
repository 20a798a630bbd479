"""The segment that people have to come into for a live campaign, as rules read it."""

from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.segments.saving import people_of
from campaigns.audience.source import AudienceSource
from campaigns.models import Campaign, Segment
from campaigns.planning.occasion import Entry
from campaigns.planning.occasion_document import OccasionError, read_occasion

NO_SEGMENT = "The segment that sets it off is not there any more. Choose another."


def segment_of(campaign: Campaign) -> Segment | None:
    """None of a campaign that something else sets off. Raises OccasionError."""
    did = read_occasion(campaign.occasion).did
    if not isinstance(did, Entry):
        return None
    mine = Segment.objects.filter(project=campaign.project_id, pk=did.segment)
    segment = mine.select_related("project").first()
    if segment is None:
        raise OccasionError(NO_SEGMENT)
    return segment


def people_in(segment: Segment) -> AudienceSource:
    """As of now. Raises OccasionError."""
    try:
        return people_of(segment)
    except RuleRefused as refused:
        words = f"The segment “{segment}” can't be used until it is mended. {refused}"
        raise OccasionError(words) from refused
