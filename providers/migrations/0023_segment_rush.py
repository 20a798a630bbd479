from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("providers", "0022_api_answers")]

    operations = [
        migrations.AlterField(
            "incident",
            "kind",
            models.CharField(
                choices=[
                    ("credentials", "Gupshup refused the credentials"),
                    ("ip_refused", "Gupshup refused this server's IP address"),
                    ("balance", "The balance at Gupshup is used up"),
                    ("account", "Gupshup refused the account"),
                    ("outage", "Gupshup can't be reached"),
                    ("storm", "Too many messages failed"),
                    ("callbacks_silent", "Messages go out, but no reports come back"),
                    ("callbacks_refused", "Callbacks are refused"),
                    ("callbacks_lag", "Callbacks wait too long to be processed"),
                    ("callbacks_unmatched", "Many reports fit no message"),
                    ("values_unreadable", "Values of campaigns can't be read any more"),
                    ("segment_rush", "Very many people came into a segment at once"),
                ],
                max_length=30,
            ),
        ),
    ]
