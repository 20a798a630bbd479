"""Goals as runs are opened with them, events that may reach one, and who did."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0059_goals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.JSONField()),
                ("within", models.DurationField()),
                ("value", models.CharField(blank=True, default="", max_length=120)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("currency_property", models.CharField(blank=True, default="", max_length=120)),
                ("opened_at", models.DateTimeField(db_default=Now())),
                ("is_open", models.BooleanField(db_default=True, default=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="run",
            name="goal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="campaigns.goal",
            ),
        ),
        migrations.CreateModel(
            name="GoalEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("fingerprint", models.BigIntegerField()),
                ("noted_at", models.DateTimeField(db_default=Now())),
                ("look_at", models.DateTimeField(db_default=Now())),
                (
                    "kind",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.profile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "who",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Sent a message"),
                            (1, "To be sent one, and never was"),
                            (2, "In the campaign's control group"),
                            (3, "In the project's control group"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField()),
                ("fingerprint", models.BigIntegerField()),
                ("value", models.DecimalField(decimal_places=3, max_digits=13, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("credited_at", models.DateTimeField(db_default=Now())),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.eventkind",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaigns.message",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
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
                (
                    "variant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="campaigns.variant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["message"], name="conversion_by_message")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "kind", "at", "fingerprint"), name="one_conversion"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="goal",
            index=models.Index(
                condition=models.Q(("is_open", True)), fields=["kind"], name="goal_open"
            ),
        ),
        migrations.AddIndex(
            model_name="goalevent",
            index=models.Index(fields=["look_at"], name="goal_event_due"),
        ),
    ]
