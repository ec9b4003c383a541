"""Heartbeat: the sign of life of the workers."""

from django.db import models


class Heartbeat(models.Model):
    """When a worker last did the little task that proves that tasks get done. One row."""

    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
