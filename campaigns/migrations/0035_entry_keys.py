"""The entry in the unique key on a run's persons, built while the table is written to. No statement
names the key, so it takes the old one's place (docs/decisions/0023-entry-in-unique-keys.md).
"""

from django.db import migrations, models
from django.db.models import Q

OLD, NEW = "one_row_per_person", "one_row_per_entry"


def drop(name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name}"


def build(name: str, columns: str) -> list[str]:
    """What a build that was cut short has left goes first: it would never be valid."""
    return [
        drop(name),
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON campaigns_message ({columns})"
        " WHERE run_id IS NOT NULL",
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0034_message_entry")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(build(NEW, "run_id, profile_id, entry"), drop(NEW)),
                migrations.RunSQL(drop(OLD), build(OLD, "run_id, profile_id")),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "message",
                    models.UniqueConstraint(
                        fields=["run", "profile", "entry"],
                        condition=Q(run__isnull=False),
                        name=NEW,
                    ),
                ),
                migrations.RemoveConstraint("message", OLD),
            ],
        ),
    ]
