"""The baseline: what a Django and Celery project does first."""
