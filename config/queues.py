"""The queues of Celery. A worker must listen to each: a task on any other would never run."""

SENDING = "send"
CALLBACKS = "callbacks"
QUEUES = (SENDING, CALLBACKS, "default")
