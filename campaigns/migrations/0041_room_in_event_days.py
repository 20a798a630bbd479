"""Room for HOT updates: every upload of events changes the rows of nearly all the days it is about."""

from django.db import migrations

DAYS = "ALTER TABLE campaigns_eventkindday SET (fillfactor = 40)"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0040_words_of_people")]

    operations = [migrations.RunSQL(DAYS, "ALTER TABLE campaigns_eventkindday RESET (fillfactor)")]
