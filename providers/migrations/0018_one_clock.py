"""PostgreSQL says when something was done, not whichever console did it."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("providers", "0017_neighbourhoods")]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
    ]
