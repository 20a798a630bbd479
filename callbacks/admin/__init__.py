"""The console's pages about what Gupshup posts: raw callbacks, and the messages in them."""

from callbacks.admin.conversation import ConversationAdmin
from callbacks.admin.inbound_message import InboundMessageAdmin
from callbacks.admin.receipt import ReceiptAdmin

__all__ = ["ConversationAdmin", "InboundMessageAdmin", "ReceiptAdmin"]
