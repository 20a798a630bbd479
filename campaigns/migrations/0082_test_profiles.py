"""The project's test profiles without a look at everybody."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0081_what_people_come_without")]

    operations = [
        AddIndexConcurrently(
            "profile",
            models.Index(condition=Q(("is_test", True)), fields=["project"], name="test_profile"),
        ),
    ]
