"""Production for the process that takes Gupshup's callbacks: only what those two URLs need."""

from config.settings.production import *

ROOT_URLCONF = "config.urls_callbacks"
MIDDLEWARE: list[str] = []
