"""What the simulator is made of, without the socket: one set of accounts, one book, one courier."""

from providers.simulator.accounts import Accounts
from providers.simulator.book import Book
from providers.simulator.chats import Chats
from providers.simulator.courier import Courier
from providers.simulator.deciding import Decider
from providers.simulator.idle import IdleConnections
from providers.simulator.options import Options
from providers.simulator.people import People
from providers.simulator.shopping import Shopping


class Parts:
    def __init__(self, options: Options) -> None:
        self._first_options = options
        self.accounts = Accounts()
        self.book = Book()
        self.chats = Chats()
        self.courier = Courier(options)
        self.shopping = Shopping()
        self.people = People(self.courier, self.chats, self.shopping)
        self.idle = IdleConnections(options)
        self.decider = Decider(
            accounts=self.accounts, book=self.book, people=self.people, options=options
        )

    @property
    def options(self) -> Options:
        return self.decider.options

    @options.setter
    def options(self, options: Options) -> None:
        self.decider.options = self.courier.options = self.idle.options = options

    def forget(self) -> None:
        """As after a start, but for the accounts, which stay registered."""
        self.options = self._first_options
        self.book.clear()
        self.chats.clear()
        self.people.forget()
        self.shopping.forget()
        self.courier.forget()
        self.decider.forget()
        for account in self.accounts.by_name.values():
            account.forget_people()
