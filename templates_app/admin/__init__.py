from templates_app.admin.template import TemplateAdmin

__all__ = ["TemplateAdmin"]
