"""Whether people wait in a live campaign, and when they had its message: an index without those whom
it left out, who may be very many."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0075_subscription_start")]

    operations = [
        AddIndexConcurrently(
            "trigger",
            models.Index(
                condition=Q(("reason", "")),
                fields=["campaign", "match_key", "at"],
                name="trigger_had",
            ),
        ),
        RemoveIndexConcurrently("trigger", "trigger_of_person"),
    ]
