"""The entry in the unique key on a run's phones, too, built while the table is written to: in a live
campaign one phone has several messages (docs/decisions/0023-entry-in-unique-keys.md).
"""

from django.db import migrations, models
from django.db.models import Q

OLD, NEW = "one_message_per_phone", "one_message_per_entry"
WITH_PHONE = "WHERE send_key IS NOT NULL"


def drop(name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {name}"


def build(name: str, columns: str) -> list[str]:
    """What a build that was cut short has left goes first: it would never be valid."""
    return [
        drop(name),
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON campaigns_message ({columns}) {WITH_PHONE}",
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0056_live")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(build(NEW, "project_id, send_key, run_id, entry"), drop(NEW)),
                migrations.RunSQL(drop(OLD), build(OLD, "project_id, send_key, run_id")),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "message",
                    models.UniqueConstraint(
                        fields=["project", "send_key", "run", "entry"],
                        condition=Q(send_key__isnull=False),
                        name=NEW,
                    ),
                ),
                migrations.RemoveConstraint("message", OLD),
            ],
        ),
    ]
