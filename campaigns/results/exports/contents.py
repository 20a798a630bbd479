"""What stands in the file of each kind of export."""

from collections.abc import Callable, Mapping

from campaigns.models import Export, ExportKind
from campaigns.results.exports.content import Content
from campaigns.results.exports.elsewhere import from_elsewhere
from campaigns.results.exports.events_file import events_content
from campaigns.results.exports.messages_file import messages_content
from campaigns.results.exports.opt_outs_file import opt_outs_content
from campaigns.results.exports.people_file import people_content
from campaigns.results.exports.results_file import results_content

CONTENTS: Mapping[ExportKind, Callable[[Export], Content]] = {
    ExportKind.PEOPLE: people_content,
    ExportKind.MESSAGES: messages_content,
    ExportKind.RESULTS: results_content,
    ExportKind.EVENTS: events_content,
    ExportKind.OPT_OUTS: opt_outs_content,
    ExportKind.INBOUND: from_elsewhere,
}


def content_of(export: Export) -> Content:
    """No row is looked for before the first one is asked for. Raises Refusal."""
    return CONTENTS[ExportKind(export.kind)](export)
