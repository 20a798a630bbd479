"""What a message costs a project, as its admin has put it up."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from providers.models import Project


class RateCard(models.Model):
    """Read and replaced as a whole, so its prices are one document: country → category → price,
    written as text, since a number of JSON may be read as a float."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rate_cards")
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    prices = models.JSONField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "rate card"

    def __str__(self) -> str:
        return f"{self.currency} from {self.valid_from:%-d %B %Y}"

    def price(self, country: str, category: str) -> Decimal | None:
        text = self.prices.get(country, {}).get(category)
        return None if text is None else Decimal(text)
