"""STOP and START: a whole message that is one of the project's words, and what follows from it."""

import re
import unicodedata
from collections.abc import Iterable

from callbacks.inbox.automatic_answers import reply
from callbacks.models import Consequence, InboundMessage
from campaigns.audience.subscriptions import set_block
from campaigns.models import MessageKind, Source
from providers.models import Project

# Types whose text is what the person chose or wrote, nothing else.
BUTTONS = {"button", "interactive"}

# They choose how the sign before them looks. Unicode counts them as marks, as it does vowels.
SELECTORS = {chr(code) for code in range(0xFE00, 0xFE10)}
# Keycaps, and signs that are drawn in colour: some would turn into letters, such as ℹ️ and ™️.
EMOJI = re.compile("[0-9#*]\ufe0f?\u20e3|[^A-Za-z]\ufe0f")


def read_keyword(project: Project, inbound: InboundMessage) -> Consequence | None:
    """Opting out wins where a word stands in both lists."""
    said = _said(inbound)
    if said & _all_plain(project.opt_out_words):
        return Consequence.OPTED_OUT
    return Consequence.OPTED_IN if said & _all_plain(project.opt_in_words) else None


def _said(inbound: InboundMessage) -> set[str]:
    """A button says its label, and what we gave it to carry: the label may be a translation."""
    if inbound.type in BUTTONS:
        return _all_plain([inbound.text, inbound.payload])
    return _all_plain([inbound.text]) if inbound.type == "text" else set()


def obey(project: Project, inbound: InboundMessage, wish: Consequence) -> None:
    """Blocks or unblocks the phone that wrote, whether or not a profile has it, and confirms. Of
    somebody without a phone it is noted, for when the number becomes known.

    Only a change is confirmed: a machine that answers each confirmation with STOP would get
    another one for ever.
    """
    leaves = wish is Consequence.OPTED_OUT
    has_changed = set_block(
        project,
        inbound.person_key or 0,
        blocked=leaves,
        source=Source.BUTTON if inbound.type in BUTTONS else Source.KEYWORD,
        own_word=True,
        at=inbound.heard_at,
        words=inbound.text or inbound.payload,
    )
    if has_changed:
        text = project.opt_out_confirmation if leaves else project.opt_in_confirmation
        reply(project, inbound, kind=MessageKind.CONFIRMATION, text=text)


def _all_plain(words: Iterable[str]) -> set[str]:
    return {_plain(word) for word in words} - {""}


def _plain(text: str) -> str:
    """Its words alone: “ Stop!! ”, “⛔️ stop” and “STOP 1️⃣” are all stop, opt-out is opt out."""
    text = unicodedata.normalize("NFKC", EMOJI.sub(" ", text)).casefold()
    return " ".join("".join(map(_in_words, text)).split())


def _in_words(sign: str) -> str:
    """Letters, digits, and the marks that Indian scripts write vowels with, are words; what nobody
    sees parts none."""
    category = unicodedata.category(sign)
    if category == "Cf" or sign in SELECTORS:
        return ""
    return sign if category[0] in "LMN" else " "
