"""What stands on a phone, told twice: by our preview, and by the simulator from the request alone.

The simulator imports nothing of ours, so the two agree only if what is sent is what was shown.
"""

from typing import Any, cast

from providers.gateway.requests import GatewayRequest
from providers.simulator.accounts import Account, Login
from providers.simulator.chats import (
    buttons,
    cards,
    footer_text,
    header_text,
    message_text,
    offer,
)
from providers.simulator.checks import Refusal, check_message
from providers.simulator.events import Sent
from providers.simulator.options import Options
from templates_app.kinds.preview import ButtonPreview, Preview
from tests.templates_app.contents import Json

TEMPLATE_ID = "700001"
PHONE = "919000000011"


def account_with(content: Json) -> Account:
    account = Account(
        name="demo",
        hsm_user="1",
        hsm_password="1",
        two_way_user="2",
        two_way_password="2",
        number="919000000001",
    )
    account.learn([{"id": TEMPLATE_ID, "components": content["components"]}])
    account.opted_in.add(PHONE)
    return account


def refusal_of(account: Account, request: GatewayRequest) -> Refusal | None:
    """What the gateway would say of it."""
    login = Login(account, "1", is_hsm=True)
    return check_message(request.form(), login, Options())


def received(account: Account, request: GatewayRequest) -> Json:
    form = request.form()
    sent = Sent(
        account=account,
        phone=form["send_to"],
        external_id="1",
        msg_id=form["msg_id"],
        extra=form["extra"],
        form=form,
        at=0.0,
    )
    return as_seen(
        {
            "text": message_text(sent),
            "header": header_text(sent),
            "footer": footer_text(sent),
            "media": form.get("media_url", ""),
            "buttons": buttons(sent),
            "offer": offer(sent),
            "cards": cards(sent),
        }
    )


def as_seen(shown: Json) -> Json:
    """Of a message as the simulator's page gets it."""
    return {
        "header": shown["header"] or shown["media"],
        "body": shown["text"],
        "footer": shown["footer"],
        "offer": shown["offer"],
        "buttons": [_pressed(button) for button in shown["buttons"]],
        "cards": [
            (one["media"], one["text"], [_pressed(button) for button in one["buttons"]])
            for one in shown["cards"]
        ],
    }


def previewed(preview: Preview) -> Json:
    def pressed(given: tuple[ButtonPreview, ...]) -> list[tuple[str, str]]:
        return [(button.label, button.target.removeprefix("tel:")) for button in given]

    header, ahead = preview.header, preview.offer
    return {
        "header": (header.media_url or header.text) if header else "",
        "body": preview.body,
        "footer": preview.footer,
        "offer": {"title": ahead.text, "ends_ms": ahead.ends_ms} if ahead else None,
        "buttons": pressed(preview.buttons),
        "cards": [
            (one.header.media_url if one.header else "", one.body, pressed(one.buttons))
            for one in preview.cards
        ],
    }


def _pressed(button: Json) -> tuple[str, str]:
    target: Any = button["target"] or button["payload"] or button.get("code", "")
    return button["text"], cast("str", target).removeprefix("tel:")
