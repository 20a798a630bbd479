from dataclasses import replace

from templates_app.keeping.comparing import Change, Difference, Piece, differences
from templates_app.wording.components import Card, Offer, Text, Wording
from tests.templates_app.contents import CALL, IMAGE, YES, text_header, wording


def test_a_changed_word_stands_out_alone() -> None:
    before, after = wording("Come today, we open."), wording("Come tomorrow, we open.")

    assert differences(before, after) == [
        Difference(
            label="Message",
            pieces=(
                Piece(Change.SAME, "Come "),
                Piece(Change.REMOVED, "today"),
                Piece(Change.ADDED, "tomorrow"),
                Piece(Change.SAME, ", we open."),
            ),
        )
    ]


def test_parts_that_came_and_went_are_named() -> None:
    before = wording(header=text_header("Sale"), buttons=[YES, CALL])
    after = wording(header=IMAGE, footer="Reply STOP", buttons=[YES])

    told = [
        (part.label, "".join(piece.text for piece in part.pieces if piece.change is change))
        for part in differences(before, after)
        for change in (Change.REMOVED, Change.ADDED)
    ]

    assert told == [
        ("Header", "Sale"),
        ("Header", "Image https://a.b/c.jpg"),
        ("Footer", ""),
        ("Footer", "Reply STOP"),
        ("Button 2", "phone number · Call us · +919000000001"),
        ("Button 2", ""),
    ]


def test_the_same_wording_has_no_difference() -> None:
    assert differences(wording(), wording()) == []
    assert differences(Wording(), Wording()) == []


def test_offers_and_cards_are_compared_part_by_part() -> None:
    card = Card(body=Text(text="Tea"), buttons=())
    before = Wording(offer=Offer(text="Sale", has_expiration=True), cards=(card, card))
    after = Wording(offer=Offer(text="Sale"), cards=(card, replace(card, body=Text(text="Coffee"))))

    assert [part.label for part in differences(before, after)] == ["Offer", "Card 2: Message"]
