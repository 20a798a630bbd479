"""Words of people, for the search. Those of everybody who is there are written behind the
upgrade (docs/decisions/0025-words-behind-the-people.md)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

EVERYBODY = """
INSERT INTO campaigns_wordsdue (first, last)
SELECT min(id), max(id) FROM campaigns_profile HAVING max(id) IS NOT NULL
"""
OLD = "profile_by_name"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0039_consent_words")]

    operations = [
        migrations.CreateModel(
            name="ProfileWords",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="campaigns.profile",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="profile_words")
                ]
            },
        ),
        migrations.CreateModel(
            name="WordsDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["first"], name="words_due")]},
        ),
        migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {OLD}",
            f"CREATE INDEX CONCURRENTLY {OLD} ON campaigns_profile"
            " (project_id, upper(name) text_pattern_ops)",
        ),
    ]
