"""A campaign can go to a segment."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0027_run_audience")]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="audience",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not chosen yet"),
                    ("everybody", "Everybody in the project"),
                    ("list", "A custom list"),
                    ("segment", "A segment"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="audience_segment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="campaigns",
                to="campaigns.segment",
            ),
        ),
    ]
