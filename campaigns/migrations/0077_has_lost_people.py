"""Whether somebody who came with a start was erased. The default is a constant of the catalogue, so
no row is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0076_trigger_had")]

    operations = [
        migrations.AddField(
            model_name="subscriptionstart",
            name="has_lost_people",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
