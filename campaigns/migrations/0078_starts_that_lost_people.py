from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0077_has_lost_people")]

    operations = [
        AddIndexConcurrently(
            "subscriptionstart",
            models.Index(
                condition=Q(("has_lost_people", True)),
                fields=["id"],
                name="starts_that_lost_people",
            ),
        ),
    ]
