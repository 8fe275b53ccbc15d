"""All exceptions that Zhangju raises deliberately.

    ZhangjuError
    ├── DocumentError     a source cannot be read: missing, empty, binary, unsupported format
    ├── ModelError        an embedding model cannot be loaded, or differs from the index's model
    ├── StoreError        an index directory is missing, unreadable, newer than this program, or not writable
    │   └── DamageError   an index file is not the one that was written
    ├── QuestionError     a question, or a file of questions, cannot be used
    ├── UnknownPlaceError a citation or passage id refers to nothing in the index
    ├── TimeLimitError    a computation took longer than its request may take
    ├── AccessError       the page would be public without a password, or its password file cannot be used
    └── InstallationError a file that belongs to the installed package is missing or malformed

Every message states in one line what was found, what was expected and the remedy; the command line prints it
unchanged and exits with 1.
"""


class ZhangjuError(Exception):
    """Base class: a problem that the user can understand and correct."""


class DocumentError(ZhangjuError):
    """A source document cannot be read."""


class ModelError(ZhangjuError):
    """An embedding model cannot be loaded, or is not the one that the index was built with."""


class StoreError(ZhangjuError):
    """An index directory cannot be opened or written.

    ``problem`` is the message without the ``remedy``, for callers that offer a better one.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class DamageError(StoreError):
    """An index file is missing or differs from its digest; what merely cannot be read may be intact."""


class QuestionError(ZhangjuError):
    """A question, or a file of questions, cannot be used."""


class UnknownPlaceError(ZhangjuError):
    """A citation or passage id refers to nothing in the index."""


class TimeLimitError(ZhangjuError):
    """A computation took longer than its request may take."""

    def __init__(self) -> None:
        super().__init__("this took too long and was stopped; ask for less at a time, or use the command line")


class AccessError(ZhangjuError):
    """The page would be public without a password, or its password file cannot be used."""


class InstallationError(ZhangjuError):
    """A file that belongs to the installed package is missing or malformed."""
