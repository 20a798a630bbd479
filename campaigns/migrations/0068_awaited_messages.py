"""Live campaigns that what becomes of messages sets off, or keeps from going out."""

from django.db import migrations, models
from django.db.models import Q


def name_of_event() -> models.Field:
    return models.CharField(blank=True, db_default="", default="", editable=False, max_length=30)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0067_segment_entry")]

    operations = [
        migrations.AddField("campaign", "awaited_message", name_of_event()),
        migrations.AddField("campaign", "averted_by_message", name_of_event()),
        migrations.AddIndex(
            "campaign",
            models.Index(
                condition=Q(("awaited_message__gt", ""), ("averted_by_message__gt", ""), _connector="OR"),
                fields=["project"],
                name="campaign_hears",
            ),
        ),
    ]
