"""What a template is for, for statements of other apps."""

from templates_app.models import Category

# SQL for ids of versions: their template is a marketing one at present.
MARKETING_VERSIONS = f"""SELECT of_template.id FROM templates_app_templateversion AS of_template
        JOIN templates_app_template AS t ON t.id = of_template.template_id
        WHERE t.category = '{Category.MARKETING}'"""


def version_is_marketing(version: str) -> str:
    """SQL: the template of this version, an id, is a marketing one at present."""
    return f"""EXISTS (SELECT 1 FROM templates_app_templateversion AS of_template
        JOIN templates_app_template AS t ON t.id = of_template.template_id
        WHERE of_template.id = {version} AND t.category = '{Category.MARKETING}')"""
