"""A stored callback as a command that posts it again; the key in its address is masked."""

import base64
import shlex

from callbacks.models import Receipt
from providers.connection.callback_urls import masked_callback_urls

LONGEST_ARGUMENT = 100_000  # bytes; Linux hands a program 128 KiB at most in one


def as_curl(receipt: Receipt) -> str:
    urls = masked_callback_urls(receipt.project)
    url = urls.inbound if receipt.endpoint == "response" else urls.status
    address = shlex.quote(f"{url}&{receipt.query}" if receipt.query else url)
    if receipt.method == "GET":
        return f"curl {address}"
    header = shlex.quote(f"Content-Type: {receipt.content_type}")
    body = bytes(receipt.body)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(body) > LONGEST_ARGUMENT:  # no shell can hand that over
        encoded = base64.b64encode(body).decode()
        return f"echo {encoded} | base64 -d | curl {address} -H {header} --data-binary @-"
    return f"curl {address} -H {header} --data-raw {shlex.quote(text)}"
