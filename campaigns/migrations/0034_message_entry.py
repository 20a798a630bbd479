"""Which time somebody entered the run. A constant default: no row is written anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0033_event_words")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="entry",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
