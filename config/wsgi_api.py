"""The process that answers programs, apart from the console (docs/decisions/0041)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.ops.forwarded_proto import believing_the_last_proxy
from config.ops.long_statements import limit_statements
from config.ops.unread_bodies import closing_after_unread_bodies
from config.ops.used_lately import trusting_connections_used_lately

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.api")

# A body of a thousand records is tens of thousands of objects, none of which stands in a ring: to
# look for rings among them, and among all that the program itself is made of, again and again took
# a part of each call.
YOUNG = 20_000

limit_statements()
application = trusting_connections_used_lately(
    closing_after_unread_bodies(believing_the_last_proxy(get_wsgi_application()))
)

gc.collect()
gc.freeze()
gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
