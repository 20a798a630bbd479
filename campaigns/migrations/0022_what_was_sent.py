"""What was filled in for each person, by month, beside the messages. See
docs/decisions/0019-what-was-sent-is-kept.md."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = """
CREATE TABLE campaigns_keptvalues (
    message_id bigint NOT NULL,
    at timestamptz NOT NULL,
    attempt smallint NOT NULL,
    filled text NOT NULL
) PARTITION BY RANGE (at)
"""
# Never full in good times; without it a month that nobody has made would keep messages from being
# recorded.
OTHERWISE = "CREATE TABLE campaigns_keptvalues_other PARTITION OF campaigns_keptvalues DEFAULT"
INDEX = "CREATE INDEX kept_by_message ON campaigns_keptvalues (message_id)"
FIRST_MONTHS = """
DO $$
DECLARE
    month timestamptz;
BEGIN
    FOR ahead IN 0..2 LOOP
        month := date_trunc('month', now(), 'UTC') + ahead * interval '1 month';
        EXECUTE format('CREATE TABLE %I PARTITION OF campaigns_keptvalues FOR VALUES FROM (%L) TO (%L)',
            'campaigns_keptvalues_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM'),
            month, month + interval '1 month');
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0021_tally_series")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TABLE, "DROP TABLE campaigns_keptvalues"),
                *(
                    migrations.RunSQL(statement, migrations.RunSQL.noop)
                    for statement in (OTHERWISE, INDEX, FIRST_MONTHS)
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="KeptValues",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "message_id",
                                "at",
                                "attempt",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("attempt", models.SmallIntegerField()),
                        ("filled", models.TextField()),
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
                    ],
                ),
            ],
        ),
    ]
