"""Whoever made a key has read it. The key is the project's and outlives their membership, so that
nobody's leaving stops a shop; the project's admins are told, who can revoke it."""

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from providers.models import ApiKey, Membership, Project, Role, User


def with_makers(keys: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
    """With what `maker_now` asks, in the one query."""
    theirs = Membership.objects.filter(
        project=OuterRef("project"), user=OuterRef("created_by"), user__is_active=True
    )
    role = Subquery(theirs.values("role")[:1])
    return keys.select_related("created_by").annotate(maker_role=role)


def maker_now(key: ApiKey) -> str:
    """Why its maker couldn't make it today; empty where they could, or where nobody is known."""
    maker: User | None = key.created_by
    role = getattr(key, "maker_role", None)
    if maker is None or role == Role.ADMIN or (maker.is_superuser and maker.is_active):
        return ""
    return "no admin any more" if role else "no member any more"


def working_keys_of(person: User, project: Project, *, at: datetime) -> list[ApiKey]:
    """Those that they made and that still let a program in."""
    lasting = Q(expires_at=None) | Q(expires_at__gt=at)
    made = ApiKey.objects.filter(lasting, project=project, created_by=person, revoked_at=None)
    return list(made.order_by("pk"))


def still_working(keys: list[ApiKey]) -> str:
    """To be said to the admin who has just taken their maker's rights away; empty without any."""
    if not keys:
        return ""
    named = ", ".join(f"“{key}”" for key in keys[:5])
    more = f" and {len(keys) - 5} more" if len(keys) > 5 else ""
    return (
        f"API keys that they made still work: {named}{more}. Revoke those that they may have kept, "
        "in Settings › Project › API keys."
    )
