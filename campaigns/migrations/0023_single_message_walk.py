"""Tests, answers and the like are found among millions of a campaign's."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0022_what_was_sent")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", 1), _negated=True),
                fields=["project", "kind", "id"],
                name="single_message_walk",
            ),
        ),
    ]
