from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_single_sign_on'),
        ('dashboards', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='VarianceBands',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notable', models.DecimalField(decimal_places=2, default=Decimal('2'), max_digits=5)),
                ('large', models.DecimalField(decimal_places=2, default=Decimal('5'), max_digits=5)),
                ('firm', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='variance_bands', to='accounts.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('large__gt', models.F('notable')), ('notable__gte', 0)), name='variance_bands_in_order')],
            },
        ),
    ]
