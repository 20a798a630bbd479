"""The click tracking payload: one click, in Gupshup's own words."""

from callbacks.parsers.facts import Click
from callbacks.parsers.times import local_moment
from callbacks.parsers.values import AGENT, ID, Context, Fields, address, phone, required, word

NEEDED = "a click needs gsurl, clickTime, originalURL and extra"


def click(row: Fields, context: Context) -> Click:
    """A clickTime that is there but makes no sense becomes the time of context."""
    required(word(row.get("clickTime")), "clickTime", needed=NEEDED)
    at = local_moment(row.get("clickTime"), zone=context.click_zone, otherwise=context.at)
    return Click(
        extra=required(word(row.get("extra")), "extra", needed=NEEDED),
        msg_id=word(row.get("msg_id_or_blank"), ID),
        url=required(address(row.get("originalURL")), "originalURL", needed=NEEDED),
        short_url=required(address(row.get("gsurl")), "gsurl", needed=NEEDED),
        phone=phone(row.get("mobile")),
        user_agent=word(row.get("userAgent"), AGENT),
        at=at,
        at_is_arrival=at is context.at,
    )
