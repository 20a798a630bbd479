from templates_app.models.change import Act, TemplateChange
from templates_app.models.incoming import Source, TemplateImport
from templates_app.models.media_file import MediaFile
from templates_app.models.template import (
    Category,
    Kind,
    SendingStyle,
    Status,
    Template,
    TemplateVersion,
)
from templates_app.models.unsaved import UnsavedEdit

__all__ = [
    "Act",
    "Category",
    "Kind",
    "MediaFile",
    "SendingStyle",
    "Source",
    "Status",
    "Template",
    "TemplateChange",
    "TemplateImport",
    "TemplateVersion",
    "UnsavedEdit",
]
