#!/usr/bin/env python
"""Django's command line, with the local settings unless DJANGO_SETTINGS_MODULE says otherwise."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from config.embedded.local_folder import NOTHING_RUNS


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if os.environ.get("DATABASE_URL"):
            raise
        sys.exit(f"{NOTHING_RUNS}\n({error})")


if __name__ == "__main__":
    main()
