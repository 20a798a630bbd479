"""A new dump, of the code as it is: python -m tests.upgrades NAME

Inside `python -m config.embedded run -- …`, once a release; see docs/development.md.
"""

import os
import shutil
import sys
from importlib import import_module

import django
from cryptography.fernet import Fernet
from django.core.management import call_command

from tests.upgrades.dumps import ALL, Dump, database


def main(name: str) -> None:
    dump = Dump(ALL / name)
    shutil.rmtree(dump.folder, ignore_errors=True)
    secrets = {
        "SECRET_KEY": f"only-of-the-dump-{name}-" * 3,
        "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "INSTANCE_ID": f"dump-{name}",
    }
    surroundings = {"MEDIA_ROOT": str(dump.files), "DEBUG": "0"}
    os.environ |= {**secrets, **surroundings, "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    django.setup()
    with database("kabootar_dump"):
        call_command("migrate", verbosity=0)
        known = import_module("tests.upgrades.making").make()  # reads models
        dump.keep({"environment": secrets, **known})


if __name__ == "__main__":
    main(sys.argv[1])
