"""The addresses of the API about templates."""

from django.urls import path

from templates_app.api.templates import OneTemplate
from templates_app.api.writing import PreviewTemplate, Templates, Validate

app_name = "api_templates"

urlpatterns = [
    path("templates", Templates.as_view(), name="templates"),
    path("templates/validate", Validate.as_view(), name="template_validate"),
    path("templates/<int:number>/preview", PreviewTemplate.as_view(), name="template_preview"),
    path("templates/<int:number>", OneTemplate.as_view(), name="template"),
]
