"""The two callback addresses; who posts which kind to which does not matter."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
