"""How many templates a project has room for: menus, and the doctor of all, have them in memory.

A WhatsApp Business account has room for 6,000; drafts and what is no longer used come on top.
"""

from providers.models import Project
from templates_app.keeping.readiness import EditingError

MOST = 10_000


class NoRoomError(EditingError):
    code = "template.too_many"


def check_room(project: Project) -> None:
    """For one more. Raises NoRoomError."""
    if project.templates.count() >= MOST:
        raise NoRoomError(f"This project has {MOST:,} templates. Delete some that nobody needs.")
