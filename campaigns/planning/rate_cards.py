"""The rate cards of a project: putting one up, and which holds on a day.

None is ever changed. A later one with the same day takes an earlier one's place, and one that can't
be read leaves those that are there as they are.
"""

from datetime import date

from django.db import transaction

from campaigns.audience.segments.naming import hold_project
from campaigns.models import RateCard
from campaigns.planning.reading_rates import Rates
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor


@transaction.atomic
def put_up(project: Project, rates: Rates, *, valid_from: date, by: Actor) -> RateCard:
    """The same card once more, as by a second click, is the one that is there."""
    hold_project(project.pk)
    same = RateCard.objects.filter(project=project, valid_from=valid_from).order_by("-pk").first()
    if same and (same.currency, same.prices) == (rates.currency, rates.prices):
        return same
    card = RateCard.objects.create(
        project=project, currency=rates.currency, valid_from=valid_from, prices=rates.prices
    )
    note = f"{len(card.prices)} countries, {card.currency}, valid from {valid_from:%-d %B %Y}"
    auditing.record("rate_card.put_up", by=by, project=project, target=card, note=note)
    return card


def card_on(project_id: int, day: date) -> RateCard | None:
    valid = RateCard.objects.filter(project=project_id, valid_from__lte=day)
    return valid.order_by("-valid_from", "-pk").first()


def has_card(project_id: int) -> bool:
    return RateCard.objects.filter(project=project_id).exists()
