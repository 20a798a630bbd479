"""Why a whole file is refused."""

from providers.refusals import Refusal


class FileError(Refusal):
    """Why a file can't be read at all, with the way out, in words for who uploaded it."""

    code = "import.unreadable_file"
