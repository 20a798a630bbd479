"""STOP and START: a whole message that is one of the project's words, and what follows from it."""

import unicodedata
from collections.abc import Iterable

from callbacks.inbox.replying import reply
from callbacks.models import Consequence, InboundMessage
from campaigns.audience.subscriptions import set_block
from campaigns.models import MessageKind, Source
from providers.models import Project

# Types whose text is what the person chose or wrote, nothing else.
BUTTONS = {"button", "interactive"}
TYPES = {"text", *BUTTONS}


def read_keyword(project: Project, inbound: InboundMessage) -> Consequence | None:
    """Opting out wins where a word stands in both lists."""
    said = _plain(inbound.text) if inbound.type in TYPES else ""
    if not said:
        return None
    if said in _all_plain(project.opt_out_words):
        return Consequence.OPTED_OUT
    return Consequence.OPTED_IN if said in _all_plain(project.opt_in_words) else None


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
    )
    if has_changed:
        text = project.opt_out_confirmation if leaves else project.opt_in_confirmation
        reply(project, inbound, kind=MessageKind.CONFIRMATION, text=text)


def _all_plain(words: Iterable[str]) -> set[str]:
    return {_plain(word) for word in words} - {""}


def _plain(text: str) -> str:
    """Without case, outer punctuation and emoji, and runs of blanks: “ Stop!! ” is stop."""
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    start, end = 0, len(text)
    while start < end and not _is_word(text[start]):
        start += 1
    while end > start and not _is_word(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_word(sign: str) -> bool:
    """Letters, digits, and the marks that Indian scripts write vowels with."""
    return unicodedata.category(sign)[0] in "LMN"
