"""Numbers know their variant and their quarter of an hour. What was counted before knows neither,
and is still part of every sum."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0020_run_keys")]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="variant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.variant",
            ),
        ),
        migrations.AddField(
            model_name="tally", name="quarter", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="tally",
            name="folded",
            field=models.BooleanField(db_default=False, default=False),
        ),
        AddIndexConcurrently(
            model_name="tally",
            index=models.Index(
                condition=models.Q(("folded", False)), fields=["run"], name="tally_to_fold"
            ),
        ),
    ]
