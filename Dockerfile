# One image for every process; compose.yaml says which command each one runs.

ARG PYTHON=3.13

FROM python:$PYTHON-slim AS dependencies
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

FROM python:$PYTHON-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    MEDIA_ROOT=/app/media
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin kabootar \
    && install --directory --owner kabootar /app/media
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY . .
# Static files depend on the code alone; these values only get the settings past their own check, and
# none is kept.
RUN SECRET_KEY=only-for-collecting-static-files-in-this-step-of-the-image \
    CREDENTIAL_KEYS=$(python -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())') \
    INSTANCE_ID=image \
    PUBLIC_BASE_URL=https://image.example \
    DATABASE_URL=postgres://image.invalid/image \
    REDIS_URL=redis://image.invalid \
    python manage.py collectstatic --noinput
# No process can keep what it compiles: here it is done once for all of them.
RUN python -m compileall -q --invalidation-mode unchecked-hash .
USER kabootar
EXPOSE 8000
# For the web, the API and the callback process; the others have checks of their own in compose.yaml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "config.ops.probe"]
CMD ["granian", "--interface", "wsgi", "--http", "1", "--http1-header-read-timeout", "10000", \
     "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "16", "--respawn-failed-workers", \
     "config.wsgi:application"]
