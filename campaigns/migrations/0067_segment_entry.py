"""Live campaigns that people set off by coming into a segment: who was in it, and as of when."""

import django.db.models.deletion
from django.db import migrations, models


def loose_key(to: str, **options: object) -> models.Field:
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to=to,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0066_message_views")]

    operations = [
        migrations.AddField("run", "compared_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "campaign_id",
                        "profile_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("campaign", loose_key("campaigns.campaign", db_index=False)),
                ("profile", loose_key("campaigns.profile")),
            ],
        ),
    ]
