"""In a custom list, or not."""

from dataclasses import dataclass

from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement


@dataclass(frozen=True, slots=True)
class Membership(Condition):
    list_id: int
    name: str
    is_in: bool

    def sql(self, statement: Statement) -> str:
        wanted = statement.value(self.list_id)
        return (
            f"{'' if self.is_in else 'NOT '}EXISTS (SELECT 1 FROM campaigns_listmember l"
            f" WHERE l.custom_list_id = {wanted} AND l.profile_id = p.id)"
        )

    def ids(self, statement: Statement) -> str:
        if not self.is_in:
            return Condition.ids(self, statement)
        wanted = statement.value(self.list_id)
        return f"SELECT l.profile_id FROM campaigns_listmember l WHERE l.custom_list_id = {wanted}"

    def holds(self, person: Person) -> bool:
        return (self.list_id in person.lists) == self.is_in

    def words(self) -> str:
        return f"they are {'' if self.is_in else 'not '}in the list “{self.name}”"


def read(given: Given) -> Condition:
    list_id = given.one_of("list", given.known.lists, "list")
    is_in = given.choice("is", ["in", "not_in"]) == "in"
    return Membership(list_id, given.known.lists[list_id], is_in)
