"""What this app keeps of people's phones."""

from providers.erasure.registry import Kept

KEPT = (
    Kept(table="providers_conversation", whose="id = ANY(%(conversations)s::bigint[])"),
    Kept(
        table="providers_gatewayconsent",
        whose="project_id = %(project)s AND match_key = ANY(%(keys)s::bigint[])",
    ),
)
