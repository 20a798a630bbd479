from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0068_awaited_messages")]

    operations = [
        AddIndexConcurrently(
            "trigger",
            models.Index(
                condition=Q(("reason__gt", "")), fields=["ended_at"], name="trigger_left_out"
            ),
        ),
    ]
