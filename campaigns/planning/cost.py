"""What a campaign would cost by the project's rate card, and what that leaves out.

Prices are decimals from the card to the page: no float comes near them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from campaigns.models import Campaign, RateCard, Variant
from campaigns.planning.planned_dates import leaves_at, zone_of
from campaigns.planning.rate_cards import card_on
from campaigns.planning.targeting import Reach
from providers.phones.country_names import NAMES
from templates_app.models import Category

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """So many people of one country get messages of one category; `price` is None where the card
    has none."""

    country: str
    category: str
    people: int
    price: Decimal | None

    @property
    def amount(self) -> Decimal:
        return (self.price or Decimal(0)) * self.people

    @property
    def amount_shown(self) -> str:
        return money(self.amount)


@dataclass(frozen=True, slots=True)
class Cost:
    card: RateCard
    priced: list[Line]  # the dearest first
    left_out: list[Line]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.priced), Decimal(0))

    @property
    def total_shown(self) -> str:
        return money(self.total)

    @property
    def people_left_out(self) -> int:
        return sum(line.people for line in self.left_out)


def money(amount: Decimal) -> str:
    """Like 1,204.50."""
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP):,}"


def cost_of(campaign: Campaign, variants: Sequence[Variant], reach: Reach) -> Cost | None:
    """By the card that holds on the day when it leaves; None where there is none."""
    day = leaves_at(campaign).astimezone(zone_of(campaign)).date()
    card = card_on(campaign.project_id, day)
    if card is None:
        return None
    lines = list(_lines(card, _people(card, variants, reach)))
    return Cost(
        card,
        priced=sorted(
            (line for line in lines if line.price is not None),
            key=lambda line: (-line.amount, line.country, line.category),
        ),
        left_out=sorted(
            (line for line in lines if line.price is None), key=lambda line: -line.people
        ),
    )


def _people(card: RateCard, variants: Sequence[Variant], reach: Reach) -> Counter[tuple[str, str]]:
    """By country and category."""
    category = {each.letter: each.version.template.category for each in variants}
    people = Counter[tuple[str, str]]()
    for letter, country, count in reach.by_country:
        own = category.get(letter) or _dearest(card, country, category.values())
        people[country, own] += count
    return people


def _dearest(card: RateCard, country: str, categories: Iterable[str]) -> str:
    """Of whoever waits for a test's winner. A category without a price is said to lack one."""

    def price(category: str) -> Decimal:
        known = card.price(country, category)
        return Decimal("Infinity") if known is None else known

    return max(categories, key=price)


def _lines(card: RateCard, people: Counter[tuple[str, str]]) -> Iterator[Line]:
    for (country, category), count in people.items():
        name = NAMES.get(country, "No country known")
        price = card.price(country, category)
        yield Line(name, str(Category(category).label), count, price)
