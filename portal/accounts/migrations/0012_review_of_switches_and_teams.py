from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_branding'),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewline',
            name='gives',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='reviewline',
            name='kind',
            field=models.CharField(choices=[('membership', 'own access'), ('switch', 'switched on for this person'), ('team', 'member of a team'), ('deputy', 'deputy')], max_length=10),
        ),
    ]
