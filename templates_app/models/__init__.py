from templates_app.models.change import Act, TemplateChange
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
    "Status",
    "Template",
    "TemplateChange",
    "TemplateVersion",
]
