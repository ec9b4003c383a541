"""An index of what is still to be done, for what is late from earlier months."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0002_unsure_and_feeds")]

    operations = [
        migrations.AddIndex(
            "deadline",
            models.Index(
                condition=models.Q(("open", True)), fields=["due", "company"], name="deadline_open"
            ),
        ),
    ]
