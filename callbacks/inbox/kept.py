"""What this app keeps of people (providers/erasure/registry.py), beside raw callbacks
(receipts/overwriting.py)."""

from providers.erasure.registry import Kept

OF_PROFILES = "profile_id = ANY(%(profiles)s::bigint[])"

KEPT = (
    Kept(
        table="callbacks_inboundmessage",
        whose=f"""conversation_id = ANY(%(conversations)s::bigint[]) OR ({OF_PROFILES}
            AND (match_key IS NULL OR match_key = ANY(%(keys)s::bigint[])))""",
        file="file",
        unsaid=("digest",),
    ),
    # In the talk of a phone that somebody else has, too.
    Kept(
        table="callbacks_inboundmessage",
        whose=OF_PROFILES,
        becomes={"profile_id": "NULL"},
        unsaid=("digest",),
    ),
)
