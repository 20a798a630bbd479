"""Unfold has no types of its own; its classes are Django's with a skin."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline

    UnfoldModelAdmin = ModelAdmin[Any]
    UnfoldStackedInline = StackedInline[Any, Any]
    UnfoldTabularInline = TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin as UnfoldModelAdmin
    from unfold.admin import StackedInline as UnfoldStackedInline
    from unfold.admin import TabularInline as UnfoldTabularInline

__all__ = ["UnfoldModelAdmin", "UnfoldStackedInline", "UnfoldTabularInline"]
