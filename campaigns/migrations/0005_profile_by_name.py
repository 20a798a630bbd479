"""Search by the start of a name; `istartswith` compares upper(name)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_audience")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX profile_by_name ON campaigns_profile"
            " (project_id, upper(name) text_pattern_ops)",
            "DROP INDEX profile_by_name",
        )
    ]
