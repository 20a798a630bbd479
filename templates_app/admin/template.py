"""The pages of templates: the list, the editor with its phone, and what can be done with one."""

from django.contrib import admin

from templates_app.admin.copies import Copies
from templates_app.admin.editor_page import EditorPage
from templates_app.admin.history_page import HistoryPage
from templates_app.admin.import_page import ImportPage
from templates_app.admin.media_page import MediaPage
from templates_app.admin.moves import Moves
from templates_app.admin.template_list import TemplateListPage
from templates_app.models import Template


@admin.register(Template)
class TemplateAdmin(
    EditorPage, Moves, Copies, HistoryPage, ImportPage, MediaPage, TemplateListPage
):
    """Its parts, each in a file of its own."""
