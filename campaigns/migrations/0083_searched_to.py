"""For whose erasure a file that an import keeps was looked through."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0082_test_profiles")]

    operations = [
        migrations.AddField(
            "import",
            "searched_to",
            models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
