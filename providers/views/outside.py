"""Pages for people who are not signed in, in the console's look."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Never kept by a browser or a proxy: such pages may hold a link or a code."""
    every_page = admin.site.each_context(request)
    response = render(request, template, {**every_page, **context}, status=status)
    response["Cache-Control"] = "no-store"
    return response
