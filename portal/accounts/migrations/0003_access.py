import django.db.models.deletion
import portal.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_initial'),
        ('companies', '0002_records'),
        ('debtors', '0002_records'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_firm_once',
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_debtor_fits_role',
        ),
        migrations.AddField(
            model_name='membership',
            name='company',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='companies.company'),
        ),
        migrations.AddField(
            model_name='membership',
            name='ends',
            field=models.DateTimeField(blank=True, null=True, verbose_name='until'),
        ),
        migrations.AddField(
            model_name='membership',
            name='given_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membership',
            name='reason',
            field=models.CharField(blank=True, max_length=255, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='membership',
            name='starts',
            field=models.DateTimeField(blank=True, null=True, verbose_name='from'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('administrator', 'Administrator'), ('accountant', 'Payroll accountant'), ('assistant', 'Assistant'), ('auditor', 'Auditor'), ('client_administrator', 'Client administrator'), ('client_user', 'Client user')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('company__isnull', False)), fields=('user', 'firm', 'role', 'company'), name='membership_company_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('company__isnull', True), ('debtor__isnull', True)), fields=('user', 'firm', 'role'), name='membership_firm_once'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('company__isnull', True), ('debtor__isnull', True), ('role__in', ['administrator', 'auditor'])), models.Q(models.Q(('role__in', ['administrator']), _negated=True), ('company__isnull', True), ('debtor__isnull', False)), models.Q(('company__isnull', False), ('debtor__isnull', True), ('role__in', ['accountant', 'assistant', 'auditor', 'client_user'])), _connector='OR'), name='membership_scope_fits_role'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('starts__isnull', True), ('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='membership_term'),
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='accounts.firm')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('firm', 'name'), name='team_once', violation_error_message='There is a team of this name.')],
            },
        ),
        migrations.CreateModel(
            name='TeamDebtor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='debtors.debtor')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clients', to='accounts.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'debtor'), name='team_debtor_once')],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('ends', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('role', models.CharField(choices=[('accountant', 'Payroll accountant'), ('assistant', 'Assistant'), ('auditor', 'Auditor')], max_length=20)),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='accounts.team')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_places', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'user'), name='team_member_once'), models.CheckConstraint(condition=models.Q(('role__in', ['accountant', 'assistant', 'auditor'])), name='team_member_role'), models.CheckConstraint(condition=models.Q(('starts__isnull', True), ('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='team_member_term')],
            },
        ),
        migrations.CreateModel(
            name='TagRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tag', models.CharField(max_length=120, verbose_name='tag')),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='accounts.team')),
            ],
            options={
                'ordering': ['tag'],
                'constraints': [models.UniqueConstraint(fields=('team', 'tag'), name='tag_rule_once'), models.CheckConstraint(condition=models.Q(('tag', ''), _negated=True), name='tag_rule_names_a_tag')],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('ends', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('absent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deputies', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deputies', to='accounts.firm')),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stands_in', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['ends', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('absent', models.F('substitute')), _negated=True), name='deputy_of_another'), models.CheckConstraint(condition=models.Q(('ends__isnull', False)), name='deputy_ends'), models.CheckConstraint(condition=models.Q(('starts__isnull', True), ('ends__isnull', True), ('ends__gt', models.F('starts')), _connector='OR'), name='deputy_term')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('administrator', 'Administrator'), ('accountant', 'Payroll accountant'), ('assistant', 'Assistant'), ('auditor', 'Auditor'), ('client_administrator', 'Client administrator'), ('client_user', 'Client user')], max_length=20, verbose_name='role')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('nl', 'Nederlands'), ('en', 'English')], default='nl', max_length=2, verbose_name='language')),
                ('switches', models.JSONField(default=list)),
                ('access_ends', models.DateTimeField(blank=True, null=True, verbose_name='access until')),
                ('token_hash', models.BinaryField(max_length=16)),
                ('expires', models.DateTimeField()),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('company', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='companies.company')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('debtor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='debtors.debtor')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.firm')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.team')),
            ],
            options={
                'ordering': ['-created', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('token_hash',), name='invitation_token')],
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.CharField(max_length=255, verbose_name='client')),
                ('reason', models.CharField(max_length=255, verbose_name='reason')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('state', models.CharField(choices=[('open', 'waits for an administrator'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='open', max_length=10)),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=255, verbose_name='answer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to='accounts.firm')),
                ('membership', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='requests', to='accounts.membership')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started', models.DateTimeField(default=portal.clock.now)),
                ('finished', models.DateTimeField(null=True)),
                ('finished_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_reviews', to='accounts.firm')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished__isnull', True)), fields=('firm',), name='access_review_open_once')],
            },
        ),
        migrations.CreateModel(
            name='ReviewLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('membership', 'own access'), ('team', 'member of a team'), ('deputy', 'deputy')], max_length=10)),
                ('subject', models.BigIntegerField()),
                ('person', models.CharField(max_length=120, verbose_name='person')),
                ('email', models.CharField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(blank=True, max_length=20, verbose_name='role')),
                ('scope', models.CharField(max_length=255, verbose_name='for')),
                ('ends', models.DateTimeField(null=True, verbose_name='until')),
                ('decision', models.CharField(blank=True, choices=[('confirmed', 'confirmed'), ('withdrawn', 'withdrawn')], max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='accounts.accessreview')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['person', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'kind', 'subject'), name='review_line_once')],
            },
        ),
        migrations.CreateModel(
            name='LogReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='from')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('entries', models.PositiveIntegerField(verbose_name='entries')),
                ('remark', models.CharField(blank=True, max_length=1000, verbose_name='remark')),
                ('signed_at', models.DateTimeField(default=portal.clock.now)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_reviews', to='accounts.firm')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-signed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Switch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capability', models.CharField(max_length=30)),
                ('created', models.DateTimeField(default=portal.clock.now)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='switches', to='accounts.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('membership', 'capability'), name='switch_once')],
            },
        ),
    ]
