"""The lane of programs' messages: an index of its own, which no campaign's row is in."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("campaigns", "0045_exports")]

    operations = [
        migrations.AlterField(
            model_name="outbox",
            name="lane",
            field=models.SmallIntegerField(
                choices=[
                    (0, "Tests, replies and confirmations"),
                    (1, "Campaigns"),
                    (2, "Messages of programs"),
                ]
            ),
        ),
        AddIndexConcurrently(
            model_name="outbox",
            index=models.Index(
                fields=["project", "due_at", "message"],
                condition=Q(state=0, lane=2),
                name="outbox_direct",
            ),
        ),
    ]
