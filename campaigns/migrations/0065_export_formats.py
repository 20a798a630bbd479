from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0064_people_counts'),
    ]

    operations = [
        migrations.AddField(
            model_name='export',
            name='format',
            field=models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel workbook')], db_default='csv', default='csv', max_length=4),
        ),
        migrations.AlterField(
            model_name='export',
            name='kind',
            field=models.CharField(choices=[('people', 'People'), ('messages', "A campaign's messages"), ('results', 'Results of campaigns'), ('events', 'Events'), ('inbound', 'What people wrote'), ('opt_outs', 'Opt-outs')], max_length=10, verbose_name='what'),
        ),
    ]
