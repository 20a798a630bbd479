"""The queues of Celery. A worker must listen to each: a task on any other would never run."""

SENDING = "send"
QUEUES = (SENDING, "callbacks", "default")
