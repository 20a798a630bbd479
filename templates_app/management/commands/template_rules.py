"""Prints docs/template-rules.md, which is made of the rules themselves."""

from django.core.management.base import BaseCommand

from templates_app.rules.catalogue import as_markdown

HEAD = """\
# The rules for templates

What Kabootar asks of a template and of the values that a campaign fills in. Each rule has a code,
which stands in the console's messages, in the lines of `manage.py validate_templates` and in the
tests. An **error** keeps a template from being approved here, or a campaign from being published; a
**warning** lets it through: some reviewer or system is known to refuse such a thing. *Error when
written* means that a template which Gupshup approved already comes in with a warning. What is *good
to know* is shown in the editor alone.

Meta approves some texts against its own rules. The errors that say so can be set aside by a project
admin with "approved at the vendor exactly like this"; the template's history keeps it.

This page is made by `python manage.py template_rules > docs/template-rules.md`.

"""


class Command(BaseCommand):
    help = "Print the page with all rules for templates."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *_args: object, **_options: object) -> None:
        self.stdout.write(HEAD + as_markdown(), ending="")
