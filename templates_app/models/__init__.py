from templates_app.models.change import Act, TemplateChange
from templates_app.models.incoming import Source, TemplateImport
from templates_app.models.template import (
    Category,
    Kind,
    SendingStyle,
    Status,
    Template,
    TemplateVersion,
)

__all__ = [
    "Act",
    "Category",
    "Kind",
    "SendingStyle",
    "Source",
    "Status",
    "Template",
    "TemplateChange",
    "TemplateImport",
    "TemplateVersion",
]
