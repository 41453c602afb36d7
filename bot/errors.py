"""The errors Amends raises on purpose. A docstring is the default message."""


class AmendsError(Exception):
    """Something went wrong in Amends."""

    code = ""  # which refusal it is, for whoever says it in another language; empty where nobody does

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class MailFailed(AmendsError):
    """A letter did not go out. `is_final`: trying again is of no use."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final


class NotReached(AmendsError):
    """The provider was not reached: it got nothing."""


class NoAnswer(AmendsError):
    """The provider gave no usable answer: whether it got the act is not known."""


class Refused(AmendsError):
    """A request at a channel's door is not its provider's, or cannot be read. `status`: the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class SendFailed(AmendsError):
    """A channel's provider did not do what was asked."""

    def __init__(
        self,
        why: str,
        *,
        is_final: bool = False,  # trying again is of no use
        is_unknown: bool = False,  # it may have been done all the same
        wait_s: float | None = None,  # the provider says when to come back
        closes_window: bool = False,  # only the approved template may be sent now
        stops: bool = False,  # this customer wants nothing here, or cannot be reached here any more
    ) -> None:
        super().__init__(why)
        self.is_final, self.is_unknown, self.wait_s = is_final, is_unknown, wait_s
        self.closes_window, self.stops = closes_window, stops


class BadSetting(AmendsError):
    """A setting has a value that cannot be used."""


class BadPolicy(AmendsError):
    """A policy file cannot be used."""


class BadWording(AmendsError):
    """A response file cannot be used, or a sentence lacks a value it needs."""


class BadImport(AmendsError):
    """The file to import has lines that cannot be used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class BadInput(AmendsError):
    """What was sent cannot be used."""


class FileNotKept(BadInput):
    """A customer's file is not kept. `code` is the name of the response that says why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class NotFound(AmendsError):
    """There is no such record."""


class Conflict(AmendsError):
    """Somebody else changed this record first."""


class StoreUnavailable(AmendsError):
    """The database cannot be opened."""


class NotAllowed(AmendsError):
    """This is not yours to see or change."""


class AssistantNotReady(AmendsError):
    """The assistant is not up: nothing was asked of it."""


class AssistantFailed(AmendsError):
    """The assistant was asked and gave no usable answer."""


class ReportFailed(AmendsError):
    """The process that works a report out did not."""


class FileRefused(AmendsError):
    """A file cannot be kept. `why` is one of REFUSALS in `bot.cases.attachment`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
