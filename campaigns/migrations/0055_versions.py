"""A change of a campaign that recurs is a campaign of its own until it has taken its place."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0054_recurring")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="version_of",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                condition=Q(("status__in", ["draft", "scheduled"])),
                fields=("version_of",),
                name="one_change_at_a_time",
            ),
        ),
    ]
