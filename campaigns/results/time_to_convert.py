"""How long people took from their message to what it was to bring about: of the last who did it,
since that many say it as well as all of them, and cost the same however many there are.
"""

from django.db import connection

from campaigns.models import Campaign, ConversionOf
from campaigns.results.numbers import ResultsByRun, together
from campaigns.results.speed import duration_words

MOST = 1_000  # events that are looked at
FEWEST = 10  # people, of whom something can be said
# The goal's event may have become another one: of the newest, which an index has by time.
_TIMES = f"""
SELECT count(*), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (
    ORDER BY GREATEST(extract(epoch FROM firsts.at - m.sent_at), 0))
FROM (
    SELECT newest.message_id, min(v.at) AS at
    FROM (SELECT DISTINCT message_id FROM (
        SELECT message_id FROM campaigns_conversion
        WHERE campaign_id = %(campaign)s AND who = {ConversionOf.SENT:d} AND kind_id = (
            SELECT kind_id FROM campaigns_goal WHERE campaign_id = %(campaign)s
            ORDER BY id DESC LIMIT 1)
        ORDER BY at DESC LIMIT %(most)s) AS events) AS newest
    JOIN campaigns_conversion v
        ON v.message_id = newest.message_id AND v.who = {ConversionOf.SENT:d}
    GROUP BY newest.message_id
) AS firsts
JOIN campaigns_message m ON m.id = firsts.message_id AND m.sent_at IS NOT NULL
"""


def time_to_convert(campaign: Campaign, by_run: ResultsByRun) -> str:
    """A sentence; empty where there is no goal, or too few reached it. One query at the most."""
    results = together(by_run)
    if results.converted < FEWEST:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, {"campaign": campaign.pk, "most": MOST})
        people, times = cursor.fetchone()
    if people < FEWEST:
        return ""
    middle, most = (duration_words(float(seconds)) for seconds in times)
    whom = f"the last {people:,} of them" if results.count("conversions") > MOST else "them"
    return (
        f"The middle one of {whom} took {middle} from the message to the goal; nine in ten took"
        f" {most} at the most."
    )
