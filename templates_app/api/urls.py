"""The addresses of the API about templates."""

from django.urls import path

from templates_app.api.templates import OneTemplate, Templates

app_name = "api_templates"

urlpatterns = [
    path("templates", Templates.as_view(), name="templates"),
    path("templates/<int:number>", OneTemplate.as_view(), name="template"),
]
