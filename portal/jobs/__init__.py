"""The only room that knows django-q2: enqueueing by dotted name, schedules, the worker."""
