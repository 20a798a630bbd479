"""What is known of somebody by yes or no: of the person, or of their phone. Whether they can be
sent to is another question: see reachable.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.audience.segments.conditions.values import value_words
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement

NOT_SET = "not_set"


@dataclass(frozen=True, slots=True)
class Flag:
    """`sql` of p and b is NULL only where nothing is known, which `not_set` then has words for."""

    sql: str
    label: str
    yes: str
    no: str
    not_set: str = ""
    of_phone: bool = False

    @property
    def answers(self) -> list[str]:
        return ["yes", "no", *([NOT_SET] if self.not_set else [])]


FLAGS: Mapping[str, Flag] = {
    "opted_in": Flag(
        "p.subscribed",
        "Agreed to messages (MSG-whatsapp)",
        "they agreed to messages",
        "they said no to messages",
        "it is not known whether they agreed to messages",
    ),
    "opted_out": Flag(
        "COALESCE(b.blocked AND b.own_word, false)",
        "Opted out by their own STOP",
        "they opted out by their own STOP",
        "they did not opt out by a STOP",
        of_phone=True,
    ),
    "blocked": Flag(
        "COALESCE(b.blocked, false)",
        "Phone blocked (MSG-dndWhatsApp)",
        "their phone is blocked",
        "their phone is not blocked",
        of_phone=True,
    ),
    "no_marketing": Flag(
        "COALESCE(b.marketing_stopped, false)",
        "Stopped marketing in WhatsApp",
        "they stopped marketing in WhatsApp",
        "they did not stop marketing in WhatsApp",
        of_phone=True,
    ),
    "phone": Flag(
        "(p.match_key IS NOT NULL)",
        "Has a phone number",
        "they have a phone number",
        "they have no phone number",
    ),
    "test": Flag(
        "p.is_test",
        "Is a test profile",
        "they are a test profile",
        "they are no test profile",
    ),
}


@dataclass(frozen=True, slots=True)
class Flagged(Condition):
    name: str
    answer: str

    def sql(self, statement: Statement) -> str:
        flag = FLAGS[self.name]
        statement.needs_block = statement.needs_block or flag.of_phone
        if self.answer == NOT_SET:
            return f"{flag.sql} IS NULL"
        return f"{flag.sql} IS {'TRUE' if self.answer == 'yes' else 'FALSE'}"

    def holds(self, person: Person) -> bool:
        wanted = {"yes": True, "no": False, NOT_SET: None}[self.answer]
        return person.flags.get(self.name) is wanted

    def words(self) -> str:
        return str(getattr(FLAGS[self.name], self.answer))

    def seen(self, person: Person) -> str:
        flag = FLAGS[self.name]
        return f"MSG-whatsapp: {value_words(person.flags.get(self.name))}" if flag.not_set else ""


def read(given: Given) -> Condition:
    name = given.choice("what", FLAGS)
    return Flagged(name, given.choice("is", FLAGS[name].answers))
