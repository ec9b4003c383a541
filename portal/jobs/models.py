"""Heartbeat: the sign of life of the workers."""

from django.db import models


class Heartbeat(models.Model):
    """When one process of a worker last began a task, which proves that tasks get done."""

    #: The machine's name and the number of the process: "srv1:4711".
    name = models.CharField(max_length=150, primary_key=True)
    started = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ["-beat_at", "name"]

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M:%S}"
