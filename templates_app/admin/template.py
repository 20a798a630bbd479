"""The pages of templates: the list, the editor with its phone, and what can be done with one."""

from django.contrib import admin

from templates_app.admin.copies import CloneTemplate, ExportTemplate
from templates_app.admin.editor_page import EditorAdmin, GalleryPage
from templates_app.admin.editor_parts import KeepPart, PreviewPart
from templates_app.admin.history_page import HistoryPage, RestoreVersion
from templates_app.admin.import_page import ImportedPage, ImportPage
from templates_app.admin.media_page import MediaPage
from templates_app.admin.moves import MOVES
from templates_app.admin.template_list import TemplateListAdmin
from templates_app.models import Template


@admin.register(Template)
class TemplateAdmin(EditorAdmin, TemplateListAdmin):
    pages = (
        GalleryPage,
        PreviewPart,
        KeepPart,
        *MOVES,
        CloneTemplate,
        ExportTemplate,
        HistoryPage,
        RestoreVersion,
        ImportPage,
        ImportedPage,
        MediaPage,
    )
