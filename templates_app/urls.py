"""Addresses of the world outside; those of the console are the admin classes' own."""

from django.urls import path

from templates_app.views import media_file

urlpatterns = [path("<str:token>.<str:extension>", media_file, name="template-media")]
