from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that older processes need not know, and an index that no one waits for."""

    atomic = False
    dependencies = [("callbacks", "0013_inbound_message_name")]

    operations = [
        migrations.AddField("receipt", "left_out", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("parkedfact", "names", models.BigIntegerField(null=True)),
        AddIndexConcurrently(
            "parkedfact",
            models.Index(
                fields=["due_at"], condition=models.Q(("names", 0)), name="parked_unnamed"
            ),
        ),
    ]
