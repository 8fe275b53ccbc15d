"""The exceptions that Zhangju raises on purpose.

    ZhangjuError
    ├── DocumentError     a source cannot be read: missing, empty, binary, no loader for it
    ├── ModelError        an embedding model cannot be had, or is not what the index was built with
    ├── StoreError        an index directory is missing, damaged, newer than this program, or not writable
    ├── QuestionError     a question, or a file of questions, cannot be used
    ├── UnknownPlaceError a citation or passage id names nothing in the index
    ├── AccessError       the page would be open to strangers, or its file of names and passwords cannot be used
    └── InstallationError a file that belongs to the installed package is missing or malformed

Every message says what was found, what was wanted and what to do about it, in one line; the command line prints it
as it is and exits with 1.
"""


class ZhangjuError(Exception):
    """Something that the reader of the message can understand and mend."""


class DocumentError(ZhangjuError):
    """A source document cannot be read."""


class ModelError(ZhangjuError):
    """An embedding model cannot be loaded, or is not the one an index was built with."""


class StoreError(ZhangjuError):
    """An index directory cannot be opened or written.

    ``problem`` is the message without the remedy, for those who know a better one.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem


class QuestionError(ZhangjuError):
    """A question, or a file of questions, cannot be used."""


class UnknownPlaceError(ZhangjuError):
    """A citation or passage id names nothing in the index."""


class AccessError(ZhangjuError):
    """The page would be open to strangers, or its file of names and passwords cannot be used."""


class InstallationError(ZhangjuError):
    """A file that belongs to the installed package is missing or malformed."""
