from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that older processes need not know."""

    dependencies = [("callbacks", "0014_slim_parking")]

    operations = [
        migrations.AddField("inboundmessage", "referral", models.JSONField(null=True)),
    ]
