import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('debtors', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChangesSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='debtors.debtor')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes_seen', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'debtor'), name='changes_seen_once')],
            },
        ),
    ]
