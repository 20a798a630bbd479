"""How PostgreSQL keeps the busy tables: room for HOT updates, and frequent small vacuums."""

from django.db import migrations

MESSAGE = "ALTER TABLE campaigns_message SET (fillfactor = 60)"
# Rows come and go within seconds: without this, claims would walk over dead rows.
OUTBOX = """ALTER TABLE campaigns_outbox SET (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0)"""
TALLY = """ALTER TABLE campaigns_tally SET (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500)"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_initial")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (MESSAGE, OUTBOX, TALLY)
    ]
