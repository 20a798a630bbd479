"""How PostgreSQL keeps receipts: each is written three times within seconds, then never again."""

from django.db import migrations

RECEIPT = """ALTER TABLE callbacks_receipt SET (
    fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0)"""
PARKED = """ALTER TABLE callbacks_parkedfact SET (
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500)"""


class Migration(migrations.Migration):
    dependencies = [("callbacks", "0006_names_and_troubles")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (RECEIPT, PARKED)
    ]
