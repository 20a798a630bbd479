from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that older processes need not know."""

    dependencies = [("callbacks", "0015_referral")]

    operations = [
        migrations.AddField("inboundmessage", "file_due_at", models.DateTimeField(null=True)),
    ]
