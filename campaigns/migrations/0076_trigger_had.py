"""When people had the message of a live campaign: an index of nothing else, so that it is small,
and an event that sets one off does not write it."""

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
                condition=Q(("ended_at__isnull", False), ("reason", "")),
                fields=["campaign", "match_key", "at"],
                name="trigger_had",
            ),
        ),
        RemoveIndexConcurrently("trigger", "trigger_of_person"),
    ]
