import pytest

from campaigns.feedback.matching import Trace, attempt_of, find, foreign
from campaigns.models import Message
from tests.factories import GatewayIdFactory, MessageFactory, ProjectFactory

STRANGE = "4687162516402008133-497817541934555810"


@pytest.fixture
def message(db: None) -> Message:
    return MessageFactory.create()


def trace(message: Message, **fields: str | None) -> Trace:
    named = {name: value and value.format(id=message.pk) for name, value in fields.items()}
    return Trace(project_id=message.project_id, **named)


def test_an_extra_wins_over_the_ids(message: Message) -> None:
    other = MessageFactory.create(run=message.run)
    both = trace(message, extra="0|2|3|{id}|0", external_id=f"1-{other.pk}-1")

    assert find([both]) == [message.pk]


def test_what_an_extra_names_wrongly_is_found_by_the_ids(message: Message) -> None:
    assert find(
        [
            trace(message, extra="1|2|3|999999|0", msg_id="{id}-2"),
            trace(message, extra="order-77", external_id="19-{id}-2"),
        ]
    ) == [message.pk, message.pk]


def test_an_id_of_gupshups_own_is_found_where_a_send_has_recorded_it(message: Message) -> None:
    GatewayIdFactory.create(message=message, external_id=STRANGE)

    assert find([trace(message, external_id=STRANGE), trace(message, external_id="1-2")]) == [
        message.pk,
        None,
    ]


def test_nothing_is_found_in_another_project(message: Message) -> None:
    GatewayIdFactory.create(message=message, external_id=STRANGE)
    stranger = ProjectFactory.create().pk
    names = {"extra": f"0|2|3|{message.pk}|0"}, {"msg_id": f"{message.pk}-1"}
    traces = [Trace(project_id=stranger, **name) for name in names]

    assert find([*traces, Trace(project_id=stranger, external_id=STRANGE)]) == [None] * 3


def test_facts_about_no_message_keep_their_places(message: Message) -> None:
    assert find([None, trace(message, extra="0|2|3|{id}"), None]) == [None, message.pk, None]


def test_only_a_msg_id_names_the_attempt(message: Message) -> None:
    traces = [
        trace(message, extra="0|2|3|{id}|0"),
        trace(message, extra="0|2|3|{id}|0", msg_id="{id}-3"),
        trace(message, extra="0|2|3|{id}|0", external_id="19-{id}-4"),
        trace(message, extra="0|2|3|{id}|0", msg_id="77-5"),
    ]

    assert [attempt_of(message.pk, one) for one in traces] == [None, 3, 4, None]


@pytest.mark.parametrize(
    ("fields", "is_foreign"),
    [
        ({"extra": "order-77", "external_id": STRANGE}, True),
        ({"extra": "order-77", "msg_id": "12-1"}, False),
        ({"extra": "1|2|3|4|5"}, False),
        ({"external_id": STRANGE}, False),
    ],
)
@pytest.mark.django_db
def test_a_strange_extra_with_a_strange_id_is_another_systems(
    fields: dict[str, str], is_foreign: bool
) -> None:
    assert foreign([Trace(project_id=1, **fields)]) == [is_foreign]


def test_an_extra_of_our_form_with_another_campaign_is_another_systems(message: Message) -> None:
    own = trace(message, extra=f"{message.campaign_id}|2|3|{{id}}|0")
    strange = trace(message, extra=f"{(message.campaign_id or 0) + 1}|2|3|{{id}}|0")
    elsewhere = Trace(project_id=ProjectFactory.create().pk, extra=strange.extra)

    assert find([own, strange, elsewhere]) == [message.pk, None, None]
    assert foreign([strange, elsewhere]) == [True, False]


def test_an_id_of_ours_wins_over_the_campaign_in_an_extra(message: Message) -> None:
    named = trace(message, extra=f"{(message.campaign_id or 0) + 1}|2|3|{{id}}|0", msg_id="{id}-1")

    assert find([named]) == [message.pk]
