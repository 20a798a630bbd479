"""An answer laid out for people's eyes."""

import json


def readable(answer: str) -> str:
    """JSON with a line for each part; anything else as it came."""
    try:
        return json.dumps(json.loads(answer), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return answer
