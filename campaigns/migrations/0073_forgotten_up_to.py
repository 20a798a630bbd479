"""How far whom a run's launch left out is forgotten. The default is a constant of the catalogue, so
no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0072_export_by_key")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="forgotten_up_to",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
