import django.db.models.deletion
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

BY = [
    ("one", "One message for everybody"),
    ("test", "A/B test: the winner goes to the rest"),
    ("split", "Several, split by shares"),
    ("language", "Each person's language"),
    ("property", "A property's value"),
]
DECIDES_BY = [("read", "Viewed"), ("clicked", "Clicked"), ("replied", "Replied")]
DECISION = [
    ("first", "The winner; if the difference may be chance, variant A"),
    ("leader", "The winner; if the difference may be chance, the one that is ahead"),
    ("ask", "The winner; if the difference may be chance, one of us chooses"),
    ("person", "One of us chooses, in any case"),
]
RUN = [
    ("waiting", "Waiting for the winner"),
    ("launching", "Launching"),
    ("sending", "Sending"),
    ("finished", "Finished"),
]


def words(choices: list[tuple[str, str]]) -> models.CharField:  # type: ignore[type-arg]
    first = choices[0][0]
    return models.CharField(
        blank=True, choices=choices, db_default=first, default=first, max_length=10
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0052_variants")]

    operations = [
        migrations.AlterField("campaign", "variants_by", words(BY)),
        migrations.AddField(
            "campaign",
            "test_percent",
            models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[MinValueValidator(5), MaxValueValidator(100)]
            ),
        ),
        migrations.AddField("campaign", "decides_by", words(DECIDES_BY)),
        migrations.AddField(
            "campaign", "decides_after", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField("campaign", "decision", words(DECISION)),
        migrations.AddField(
            "campaign", "decides_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "campaign",
            "winner",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="campaigns.variant",
            ),
        ),
        migrations.AddField(
            "campaign", "decided_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "campaign",
            "decided_why",
            models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AlterField(
            "run",
            "status",
            models.CharField(choices=RUN, default="launching", max_length=10),
        ),
        migrations.AddField(
            "run",
            "rest_of",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rest",
                to="campaigns.run",
            ),
        ),
        migrations.AddField(
            "run", "waiting_people", models.PositiveIntegerField(db_default=0, default=0)
        ),
    ]
