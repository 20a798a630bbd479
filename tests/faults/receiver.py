"""The application of the callback process, with what is planted in it."""

import os
from importlib import import_module

from config.wsgi_callbacks import application as application

if plant := os.environ["FAULT_PLANT"]:
    getattr(import_module("tests.faults.plants"), plant)(int(os.environ["FAULT_SEED"]))
