"""Of how many people nobody wrote down how they agreed to get messages."""

from django.db import connection

from campaigns.models import Campaign, SubscriptionChange
from campaigns.planning.targeting import judged_audience, parameters_now, source_of
from templates_app.models import Category

_AGREED = f"""
SELECT c.profile_id FROM campaigns_subscriptionchange c
WHERE c.flag = '{SubscriptionChange.Flag.SUBSCRIBED}' AND c.value AND c.words <> ''
"""
_AGREED_AT_FIRST = """
SELECT p.id FROM campaigns_subscriptionstart s
JOIN campaigns_profile p ON p.subscription_start_id = s.id WHERE s.value AND s.words <> ''
"""


def without_evidence(campaign: Campaign) -> int:
    """Among those who would get its marketing; utility and codes need less."""
    marketing = campaign.variants.filter(version__template__category=Category.MARKETING)
    if not marketing.exists():
        return 0
    source = source_of(campaign)
    people = judged_audience(campaign, source)
    counting = f"""SELECT count(*) FROM ({people}) AS judged
        WHERE reason IS NULL AND NOT EXISTS ({_AGREED} AND c.profile_id = judged.id)
            AND NOT EXISTS ({_AGREED_AT_FIRST} AND p.id = judged.id)"""
    with connection.cursor() as cursor:
        cursor.execute(counting, parameters_now(campaign, source))
        return int(cursor.fetchone()[0])
