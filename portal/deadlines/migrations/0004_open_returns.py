"""Whether the return and the pension return of a period still wait for somebody: the board needs it of past periods."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0003_open_deadlines")]

    operations = [
        migrations.AddField("periodstate", "pension_open", models.BooleanField(default=False)),
        migrations.AddField("periodstate", "return_open", models.BooleanField(default=False)),
    ]
