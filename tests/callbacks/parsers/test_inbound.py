import json

import pytest

from callbacks.parsers import Location, Media, Referral
from callbacks.parsers.inbound import NOBODY
from tests.callbacks.parsers.parsing import ARRIVED, message, parsed

PHOTO = {
    "mime_type": "image/jpeg",
    "url": "https://media.example.com/ab12",
    "signature": "?sig=1",
    "caption": "my roof",
}


@pytest.mark.parametrize("type_", ["image", "video", "audio", "voice", "document", "sticker"])
@pytest.mark.parametrize("written", [dict, json.dumps], ids=["object", "text"])
def test_the_download_address_of_media_is_url_and_signature_joined(
    type_: str, written: type
) -> None:
    found = message(type=type_, **{type_: written(PHOTO)})
    assert found.media == Media(
        type=type_,
        url="https://media.example.com/ab12?sig=1",
        mime_type="image/jpeg",
        caption="my roof",
        filename=None,
    )
    assert (found.type, found.text, found.payload) == (type_, None, None)


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        ({"mime_type": "audio/ogg; codecs=opus"}, "audio/ogg; codecs=opus"),
        ({"contentType": "image/png"}, "image/png"),
        ({"mime_type": None, "contentType": "image/png"}, "image/png"),
        ({}, None),
    ],
)
def test_the_media_type_has_two_names(content: dict[str, object], mime_type: str | None) -> None:
    found = message(type="image", image={"url": "https://media.example.com/1", **content})
    assert found.media == Media("image", "https://media.example.com/1", mime_type, None, None)


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        ({"caption": "rent.pdf"}, "rent.pdf"),
        ({"caption": "rent.pdf", "filename": "contract.pdf"}, "contract.pdf"),
        ({"caption": "Please see page 3."}, None),
        ({"caption": "two\nlines.pdf"}, None),
        ({"fileName": "contract.pdf"}, "contract.pdf"),
        ({}, None),
    ],
)
def test_a_documents_caption_may_be_its_file_name(
    content: dict[str, object], filename: str | None
) -> None:
    found = message(type="document", document={"url": "https://media.example.com/1", **content})
    assert found.media is not None
    assert (found.media.filename, found.media.caption) == (filename, content.get("caption"))


@pytest.mark.parametrize(
    "content",
    [
        '{"id":"9f1c","mime_type":"image/jpeg"}',
        '{"url":"' + "x" * 4_090 + '","signature":"' + "y" * 10 + '"}',
    ],
)
def test_media_without_a_usable_address_keep_their_raw_content(content: str) -> None:
    found = message(type="image", image=content)
    assert found.media is not None
    assert (found.media.url, found.payload) == (None, content)


@pytest.mark.parametrize(
    ("type_", "content", "text", "payload"),
    [
        ("button", {"payload": "stop_7", "text": "Stop"}, "Stop", "stop_7"),
        ("button", {"text": "Stop"}, "Stop", None),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "2", "title": "B"}}, "B", "2"),
        ("interactive", {"button_reply": {"id": "q", "title": "Go on"}}, "Go on", "q"),
        ("interactive", {"type": "nfm_reply"}, None, '{"type":"nfm_reply"}'),
        ("contacts", [{"name": "Ravi"}], None, '[{"name":"Ravi"}]'),
        ("reaction", {"emoji": "👍"}, None, '{"emoji":"👍"}'),
        ("reaction", '{ "emoji": "x" }', None, '{ "emoji": "x" }'),
        ("location", {"latitude": 91, "longitude": 0}, None, '{"latitude":91,"longitude":0}'),
        ("location", "somewhere", None, "somewhere"),
        ("NewType", {"x": 1}, None, '{"x":1}'),
        ("OPT_IN", None, None, None),
    ],
)
def test_what_was_chosen_is_payload_and_text_and_the_rest_is_kept_raw(
    type_: str, content: object, text: str | None, payload: str | None
) -> None:
    found = message(type=type_, **{type_: content})
    assert (found.type, found.text, found.payload) == (type_, text, payload)
    assert (found.media, found.location) == (None, None)


@pytest.mark.parametrize(
    ("content", "location"),
    [
        ({"longitude": "77.5946", "latitude": "12.9716"}, Location(12.9716, 77.5946, None, None)),
        ({"longitude": -180, "latitude": 90, "name": "A"}, Location(90.0, -180.0, "A", None)),
        ({"longitude": 0, "latitude": 0, "address": "B"}, Location(0.0, 0.0, None, "B")),
        ({"longitude": "NaN", "latitude": 0}, None),
        ({"longitude": 0}, None),
        ({"longitude": True, "latitude": 0}, None),
    ],
)
def test_a_location_is_a_point_that_exists(
    content: dict[str, object], location: Location | None
) -> None:
    assert message(type="location", location=content).location == location


@pytest.mark.parametrize(
    ("fields", "reply_to"),
    [
        ({"replyId": "572", "messageId": "71-1"}, "572-71-1"),
        ({"replyId": 572, "messageId": 71}, "572-71"),
        ({"messageId": "71-1", "context": {"id": "u"}}, "71-1"),
        ({"replyId": "572", "messageId": "null"}, "572"),
        ({"replyId": "", "messageId": None, "context": '{"from":"9","id":"u"}'}, "u"),
        ({"context": {"id": "u"}}, "u"),
        ({"context": "null"}, None),
        ({}, None),
    ],
)
def test_a_reply_names_the_message_it_answers(
    fields: dict[str, object], reply_to: str | None
) -> None:
    assert message(type="text", text="Yes", **fields).reply_to == reply_to


def test_known_types_are_read_in_any_case() -> None:
    found = message(type="IMAGE", image=PHOTO)
    assert (found.type, found.media is not None) == ("image", True)


@pytest.mark.parametrize(
    ("fields", "type_"),
    [({"text": "hi"}, "text"), ({"text": None, "image": PHOTO}, "image")],
)
def test_a_missing_type_is_told_by_the_content(fields: dict[str, object], type_: str) -> None:
    assert message(**fields).type == type_


def test_a_message_without_a_phone_is_one_where_whatsapp_names_the_person() -> None:
    found = message(type="text", text="hi", mobile="IN.134912086553027")
    assert (found.phone, found.text, found.at) == (None, "hi", ARRIVED)


@pytest.mark.parametrize(
    "mobile",
    [None, "", "0", "+0", "0000", "Asha", "I", "IN.", "IN." + "x" * 129, "9" * 20, [], True],
)
def test_a_message_from_nobody_is_rejected(mobile: object) -> None:
    found = parsed({"waNumber": "919000000001", "mobile": mobile, "type": "text", "text": "hi"})
    assert (found.kind, found.facts) == ("inbound", ())
    assert found.rejected[0].reason == NOBODY


@pytest.mark.parametrize("written", [dict, json.dumps], ids=["object", "text"])
@pytest.mark.parametrize("inside", ["referral", "context"])
def test_the_ad_that_somebody_came_from_is_kept(written: type, inside: str) -> None:
    ad = {"source_type": "ad", "source_url": "https://fb.example/1", "headline": "Lamps"}
    given = {"referral": written(ad)} if inside == "referral" else {"context": {"referral": ad}}
    found = message(type="text", text="hi", **given)
    assert found.referral == Referral("ad", None, "https://fb.example/1", "Lamps", None, None)


@pytest.mark.parametrize("referral", [None, "", "null", "x", "{}", [], {"source_type": None}])
def test_who_came_by_themselves_has_no_referral(referral: object) -> None:
    assert message(type="text", text="hi", referral=referral).referral is None


@pytest.mark.parametrize(
    ("text", "words", "payload"),
    [({"body": "hi"}, "hi", None), ({"text": "hi"}, None, '{"text":"hi"}')],
)
def test_a_text_may_come_in_metas_shape(
    text: object, words: str | None, payload: str | None
) -> None:
    found = message(type="text", text=text)
    assert (found.text, found.payload) == (words, payload)


def test_a_place_keeps_its_link() -> None:
    place = {"latitude": 12.9, "longitude": 77.5, "url": "https://maps.example/1"}
    found = message(type="location", location=place)
    assert found.location == Location(12.9, 77.5, None, None, "https://maps.example/1")


def test_a_message_with_nothing_in_it_is_rejected() -> None:
    found = parsed({"waNumber": "919000000001", "mobile": "919000011122"})
    assert (found.kind, found.facts) == ("inbound", ())
    assert found.rejected[0].reason == (
        "type is missing or empty: an inbound message needs type, and waNumber or mobile"
    )


def test_the_customers_blanks_and_line_ends_stay() -> None:
    assert message(type="text", text=" a\n b ").text == " a\n b "


def test_a_message_whose_response_field_holds_no_report_is_still_a_message() -> None:
    assert message(type="text", text="hi", response='{"status":"ok"}').text == "hi"
