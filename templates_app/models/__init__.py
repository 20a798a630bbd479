from templates_app.models.template import (
    Category,
    Kind,
    SendingStyle,
    Status,
    Template,
    TemplateVersion,
)

__all__ = ["Category", "Kind", "SendingStyle", "Status", "Template", "TemplateVersion"]
