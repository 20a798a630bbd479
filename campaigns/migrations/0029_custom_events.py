"""Custom events by month, their catalogue, and the ids that came lately. See
docs/decisions/0020-custom-events-lie-in-months.md."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TABLE = """
CREATE TABLE campaigns_occurrence (
    kind_id bigint NOT NULL,
    at timestamptz NOT NULL,
    fingerprint bigint NOT NULL,
    profile_id bigint NOT NULL,
    properties jsonb NOT NULL,
    PRIMARY KEY (kind_id, at, fingerprint) INCLUDE (profile_id)
) PARTITION BY RANGE (at)
"""
BY_PROFILE = (
    "CREATE INDEX occurrence_by_profile ON campaigns_occurrence (profile_id, kind_id, at DESC)"
)
# From last month on, so that what comes at once finds its place; earlier months are made as far
# back as events are kept (campaigns/ledger/months.py).
FIRST_MONTHS = """
DO $$
DECLARE
    month timestamptz;
BEGIN
    FOR ahead IN -1..2 LOOP
        month := date_trunc('month', now(), 'UTC') + ahead * interval '1 month';
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF campaigns_occurrence FOR VALUES FROM (%L) TO (%L)',
            'campaigns_occurrence_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM'),
            month, month + interval '1 month');
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0028_audience_segment"),
        ("providers", "0017_neighbourhoods"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("key", models.CharField(editable=False, max_length=120)),
                ("ignored", models.BooleanField(db_default=False, default=False)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="event_kinds",
                        to="providers.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventKindDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("n", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EventKindProperty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("type", models.CharField(max_length=10)),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="properties",
                        to="campaigns.eventkind",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TABLE, "DROP TABLE campaigns_occurrence"),
                *(
                    migrations.RunSQL(statement, migrations.RunSQL.noop)
                    for statement in (BY_PROFILE, FIRST_MONTHS)
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Occurrence",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "kind_id",
                                "at",
                                "fingerprint",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("fingerprint", models.BigIntegerField()),
                        ("properties", models.JSONField(default=dict)),
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
                    options={
                        "indexes": [
                            models.Index(
                                fields=["profile", "kind", "-at"], name="occurrence_by_profile"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="SeenEventId",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["at"], name="seen_event_by_time"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="eventkind",
            constraint=models.UniqueConstraint(fields=("project", "key"), name="one_event_kind"),
        ),
        migrations.AddConstraint(
            model_name="eventkindday",
            constraint=models.UniqueConstraint(fields=("kind", "day"), name="one_event_day"),
        ),
        migrations.AddConstraint(
            model_name="eventkindproperty",
            constraint=models.UniqueConstraint(
                fields=("kind", "name", "type"), name="one_event_property"
            ),
        ),
    ]
