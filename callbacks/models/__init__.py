from callbacks.models.account_news import AccountNews
from callbacks.models.inbound_message import NOTICES, Consequence, FileState, InboundMessage
from callbacks.models.last_call import LastCall
from callbacks.models.parked_fact import ParkedFact
from callbacks.models.receipt import Receipt, ReceiptState

__all__ = [
    "NOTICES",
    "AccountNews",
    "Consequence",
    "FileState",
    "InboundMessage",
    "LastCall",
    "ParkedFact",
    "Receipt",
    "ReceiptState",
]
