"""Why something is not done: words for whoever asked for it, a code for programs.

Every refusal of every app inherits from here, so that a page, a command and an API each say it in
their own way without knowing which act refused. Codes never change and are used once.
"""


class Refusal(Exception):  # noqa: N818 -- an ordinary outcome, not an error
    """`code` is the class's own, unless this one refusal says more exactly what is the matter."""

    code = "refused"

    def __init__(self, words: str = "", *, code: str = "") -> None:
        super().__init__(words)
        self.code = code or type(self).code
