"""People in the order of their names. The keys of those who are there already are written behind the
upgrade, with their words."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

EVERYBODY = """
INSERT INTO campaigns_wordsdue (first, last)
SELECT min(id), max(id) FROM campaigns_profile HAVING max(id) IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("campaigns", "0049_import_new_list")]

    operations = [
        migrations.AddField(
            model_name="profilewords",
            name="name_key",
            field=models.CharField(db_collation="C", max_length=80, null=True),
        ),
        AddIndexConcurrently(
            model_name="profilewords",
            index=models.Index(
                condition=models.Q(("name_key__isnull", False)),
                fields=["name_key", "profile"],
                name="people_by_name",
            ),
        ),
        migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop),
    ]
