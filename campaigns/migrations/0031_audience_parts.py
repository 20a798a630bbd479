"""A campaign takes several lists and segments, and leaves out others and earlier campaigns' people.

The columns of the one list and the one segment stay for a release, since processes of the version
before still read them; they refer to nothing any more, or what they name could not be deleted.
"""

import django.db.models.deletion
from django.db import migrations, models

# Campaigns are few: one statement each.
PARTS = """
INSERT INTO campaigns_audiencepart (campaign_id, is_left_out, custom_list_id, segment_id, slice)
SELECT id, false, audience_list_id, audience_segment_id, '' FROM (
    SELECT id, CASE WHEN audience = 'list' THEN audience_list_id END AS audience_list_id,
        CASE WHEN audience = 'segment' THEN audience_segment_id END AS audience_segment_id
    FROM campaigns_campaign
) AS chosen WHERE audience_list_id IS NOT NULL OR audience_segment_id IS NOT NULL
"""
SOME = "UPDATE campaigns_campaign SET audience = 'some' WHERE audience IN ('list', 'segment')"
NOT_DELIVERED = "were sent it, and have no report of its delivery"


def loose(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0030_lists_of_texts")]

    operations = [
        migrations.AlterField("campaign", "audience_list", loose("campaigns.customlist")),
        migrations.AlterField("campaign", "audience_segment", loose("campaigns.segment")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("campaign", "audience_list"),
                migrations.RemoveField("campaign", "audience_segment"),
            ]
        ),
        migrations.AlterField(
            model_name="campaign",
            name="audience",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not chosen yet"),
                    ("everybody", "Everybody in the project"),
                    ("some", "People of segments and lists"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="AudiencePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_left_out", models.BooleanField()),
                (
                    "slice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("targeted", "were chosen for it"),
                            ("sent", "were sent it"),
                            ("delivered", "had it delivered"),
                            ("viewed", "viewed it"),
                            ("clicked", "clicked in it"),
                            ("replied", "replied to it"),
                            ("failed", "failed to get it"),
                            ("suppressed", "were left out of it"),
                            ("not_delivered", NOT_DELIVERED),
                            ("not_viewed", "were sent it, and did not view it"),
                            ("not_clicked", "were sent it, and did not click"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "custom_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.customlist",
                    ),
                ),
                (
                    "earlier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.segment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("custom_list__isnull", False),
                                ("earlier", None),
                                ("segment", None),
                                ("slice", ""),
                            ),
                            models.Q(
                                ("custom_list", None),
                                ("earlier", None),
                                ("segment__isnull", False),
                                ("slice", ""),
                            ),
                            models.Q(
                                ("custom_list", None),
                                ("earlier__isnull", False),
                                ("is_left_out", True),
                                ("segment", None),
                                models.Q(("slice", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_part_names_one_thing",
                    )
                ],
            },
        ),
        migrations.RunSQL(PARTS, migrations.RunSQL.noop),
        migrations.RunSQL(SOME, migrations.RunSQL.noop),
    ]
