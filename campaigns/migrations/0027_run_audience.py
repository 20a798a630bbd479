"""Who belongs to a run is written down. Of a run that is under way, everybody still needs no rows; a
list or a second try is evaluated when its launch goes on, for those who have no row yet."""

import django.db.models.deletion
from django.db import migrations, models

DECIDED = """
UPDATE campaigns_run r SET as_of = r.started_at FROM campaigns_campaign c
WHERE c.id = r.campaign_id
    AND (r.status <> 'launching' OR (c.audience = 'everybody' AND r.retry_of_id IS NULL))
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0026_segments")]

    operations = [
        migrations.AddField(
            model_name="run", name="as_of", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="run",
            name="keeps_audience",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="RunAudience",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "profile_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("match_key", models.BigIntegerField(null=True)),
                (
                    "reason",
                    models.CharField(blank=True, db_default="", default="", max_length=24),
                ),
                (
                    "arm",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="campaigns.variant",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="campaigns.profile",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.run",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(DECIDED, migrations.RunSQL.noop),
    ]
