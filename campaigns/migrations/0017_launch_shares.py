"""A run is launched in shares: the cursor of one that is under way becomes the cursor of each."""

import django.db.models.deletion
from django.db import migrations, models

SHARE_OUT = """
INSERT INTO campaigns_launchshare (run_id, number, "of", cursor)
SELECT r.id, n, 2, r.cursor FROM campaigns_run r CROSS JOIN generate_series(0, 1) AS n
WHERE r.status = 'launching'
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0016_cut_off")]

    operations = [
        migrations.CreateModel(
            name="LaunchShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("of", models.PositiveSmallIntegerField()),
                ("cursor", models.BigIntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="campaigns.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="one_launch_share")
                ],
            },
        ),
        migrations.RunSQL(SHARE_OUT, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="run", name="cursor"),
    ]
