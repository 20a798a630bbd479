"""What goes over the wire: parameters, their encoding, and nothing that gives secrets away."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from providers.gateway.encoding import encode_call, encode_form
from providers.gateway.requests import (
    Credentials,
    ListTemplates,
    LocationTemplate,
    MediaKind,
    MediaTemplate,
    OptIn,
    OptOut,
    RenderedTemplate,
    SessionText,
    TextTemplate,
)

PHONE = "919000000011"
IDS = {"phone": PHONE, "msg_id": "7-1", "extra": "3|1658264893|20220720|7|0"}
SENT = {"send_to": PHONE, "msg_id": "7-1", "extra": "3|1658264893|20220720|7|0"}
LOGIN = Credentials(user_id="2000000001", password="p@ss word&1")


def test_a_call_is_the_login_the_fixed_parameters_and_the_form() -> None:
    assert encode_call(OptIn(PHONE), LOGIN) == (
        b"userid=2000000001&password=p%40ss%20word%261&auth_scheme=plain&v=1.1&format=json"
        b"&method=OPT_IN&phone_number=919000000011&channel=WHATSAPP"
    )


def test_an_opt_out_names_the_phone_and_the_channel() -> None:
    assert OptOut(PHONE).form() == {
        "method": "OPT_OUT",
        "phone_number": PHONE,
        "channel": "WHATSAPP",
    }


def test_plain_session_text_goes_without_an_encoding() -> None:
    assert SessionText(**IDS, text="Hello").form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "TEXT",
        "isHSM": "false",
        "msg": "Hello",
    }


def test_session_text_beyond_ascii_says_that_it_is_unicode() -> None:
    assert SessionText(**IDS, text="नमस्ते").form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "TEXT",
        "isHSM": "false",
        "msg": "नमस्ते",
        "data_encoding": "Unicode_text",
    }


def test_a_plain_template_goes_by_its_id_with_its_values_numbered() -> None:
    request = TextTemplate(**IDS, template_id="100200300", variables=("Asha", "20 %"))
    assert request.form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "HSM",
        "isHSM": "true",
        "isTemplate": "false",
        "whatsAppTemplateId": "100200300",
        "var1": "Asha",
        "var2": "20 %",
    }


def test_a_template_with_everything_names_everything() -> None:
    request = TextTemplate(
        **IDS,
        template_id="100200300",
        variables=("Asha",),
        header_variables=("Sale",),
        button_url_param="tea/7",
        components_json='{"components":[]}',
        has_parts=True,
        track_links=True,
    )
    assert request.form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "HSM",
        "isHSM": "true",
        "isTemplate": "true",
        "whatsAppTemplateId": "100200300",
        "var1": "Asha",
        "hvar1": "Sale",
        "buttonUrlParam": "tea/7",
        "wa_template_json": '{"components":[]}',
        "linkTrackingEnabled": "True",
    }


def test_a_rendered_template_carries_its_text_header_and_footer() -> None:
    request = RenderedTemplate(
        **IDS, text="Hello Asha", header="Sale", footer="Tea shop", has_parts=True
    )
    assert request.form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "HSM",
        "isHSM": "true",
        "isTemplate": "true",
        "msg": "Hello Asha",
        "header": "Sale",
        "footer": "Tea shop",
    }


def test_a_media_template_is_a_media_message_with_a_template_id() -> None:
    request = MediaTemplate(
        **IDS,
        template_id="100200300",
        kind=MediaKind.DOCUMENT,
        media_url="https://files.example/a.pdf",
        filename="a.pdf",
        variables=("Asha",),
        has_parts=True,
    )
    assert request.form() == SENT | {
        "method": "SENDMEDIAMESSAGE",
        "msg_type": "DOCUMENT",
        "isHSM": "true",
        "isTemplate": "true",
        "whatsAppTemplateId": "100200300",
        "media_url": "https://files.example/a.pdf",
        "filename": "a.pdf",
        "var1": "Asha",
    }


def test_a_location_travels_as_json() -> None:
    request = LocationTemplate(
        **IDS, template_id="100200300", longitude="77.5946", latitude="12.9716", name="Tea shop"
    )
    assert request.form() == SENT | {
        "method": "SENDMESSAGE",
        "msg_type": "LOCATION",
        "isHSM": "true",
        "isTemplate": "true",
        "whatsAppTemplateId": "100200300",
        "location": (
            '{"longitude": "77.5946", "latitude": "12.9716", "name": "Tea shop", "address": ""}'
        ),
    }


def test_a_page_of_templates_is_asked_for_by_limit_and_offset() -> None:
    assert ListTemplates(limit=50, offset=100).form() == {
        "method": "get_whatsapp_hsm",
        "limit": "50",
        "offset": "100",
        "fields": '["buttons","previouscategory"]',
    }


def test_text_is_encoded_once_with_a_blank_as_percent_twenty() -> None:
    assert encode_form({"msg": "50% + 1 & more"}) == "msg=50%25%20%2B%201%20%26%20more"


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert encode_form({"msg": "a\ud800b"}) == "msg=a%3Fb"


@given(st.dictionaries(st.sampled_from(["msg", "var1", "extra"]), st.text(), min_size=1))
def test_every_text_arrives_as_it_was_written(form: dict[str, str]) -> None:
    read = dict(parse_qsl(encode_form(form), keep_blank_values=True))
    assert read == {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}


def test_neither_login_nor_person_shows_in_a_repr() -> None:
    request = TextTemplate(**IDS, template_id="1", variables=("Asha",))
    shown = f"{LOGIN!r} {request!r} {OptIn(PHONE)!r} {SessionText(**IDS, text='secret')!r}"
    hidden = ("2000000001", "p@ss", PHONE, "Asha", "secret")
    assert [word for word in hidden if word in shown] == []
