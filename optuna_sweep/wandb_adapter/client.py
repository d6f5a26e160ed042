"""Requests to W&B through wandb's own client, with its failures in our words.

Every request of the scheduler goes through ``Client``, so this is where it is decided
what a failure means: ask again (``Unavailable``) or give up (``Refused``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from requests import RequestException
from wandb.apis.public.service_api import ServiceApi
from wandb.errors import AuthenticationError, CommError, Error
from wandb.sdk.launch.api import LaunchApi
from wandb.sdk.launch.errors import LaunchError
from wandb.sdk.lib.service.service_connection import WandbApiFailedError

from optuna_sweep.errors import OptunaSweepError, Refused, TrialError, Unavailable

T = TypeVar("T")

_PAUSES = (1.0, 4.0, 15.0, 40.0)
"""Seconds between attempts to connect; wandb's client has tried for a while in each."""

_NOT_IN_TIME = 60.0
"""Seconds that wandb-core waits before it repeats a request, where it is to be given up before."""

_FOREVER = {401: "the API key is not valid", 403: "the API key may not do this"}
# graphql-core's, gqlgen's and graphql-go's words for a document that the server cannot run.
_UNKNOWN_TO_SERVER = ("Cannot query field", "Unknown argument", "Unknown field")
# The id of a deleted run stays taken (wandb/wandb#1192).
_GONE = "previously created and deleted"
_DENIED = ("permission denied", "not authorized", "unauthorized")


def connect(wait: Callable[[float], None] = time.sleep) -> LaunchApi:
    """Wandb's client for W&B, which verifies the API key at once.

    Raises:
        Refused: The key is not valid.
        Unavailable: W&B has not answered in all of a minute.
    """
    for pause in _PAUSES:
        try:
            with translated():
                return LaunchApi()
        except Unavailable:
            wait(pause)
    with translated():
        return LaunchApi()


class Client:
    """One conversation with W&B.

    wandb-core, which carries the requests, repeats 5xx, 429 and dropped connections by
    itself, so a failure that arrives here has already been tried for a while. It cannot be told
    not to, but to wait before it does.
    """

    def __init__(self, api: LaunchApi) -> None:
        self.api = api
        self.requests = 0
        self._unrepeated: ServiceApi | None = None

    def ask(
        self, document: str, variables: Mapping[str, Any], *, once: float | None = None
    ) -> dict[str, Any]:
        """Execute a GraphQL document and return its ``data``.

        Args:
            document: The document.
            variables: Its variables.
            once: Seconds to wait for the answer of a request that must not be repeated; None where it may
                be. One that W&B turned away with a time to come back is sent again then.

        Raises:
            Unavailable: It failed in a way that may pass.
            Refused: It failed in a way that will not.
            TrialError: The run that it is about was deleted.
        """
        way = self.api._service_api if once is None else self._once()
        answer: dict[str, Any] = self.call(lambda: way.execute_graphql(document, dict(variables), once))
        return answer

    def call(self, request: Callable[[], T]) -> T:
        """Run one of wandb's own calls under the same rules as ``ask``."""
        self.requests += 1
        with translated():
            return request()

    def _once(self) -> ServiceApi:
        if self._unrepeated is None:
            settings = self.api._service_api._settings.model_copy()
            settings.x_graphql_retry_wait_min_seconds = _NOT_IN_TIME
            settings.x_graphql_retry_wait_max_seconds = _NOT_IN_TIME
            self._unrepeated = ServiceApi(settings=settings)
        return self._unrepeated


@contextmanager
def translated() -> Iterator[None]:
    """Turn wandb's exceptions into ours."""
    try:
        yield
    except OptunaSweepError:
        raise
    except (WandbApiFailedError, Error, LaunchError, RequestException) as error:
        raise _meaning(error) from error


def _meaning(error: Exception) -> OptunaSweepError:
    if isinstance(error, AuthenticationError) and _unheard(error.__cause__):
        return Unavailable(str(error))
    cause = error.exc if isinstance(error, CommError) and isinstance(error.exc, Exception) else error
    response = getattr(cause, "response", None)
    status = getattr(response, "http_status", None) or getattr(response, "status_code", None)
    # wandb-core puts "input:" before what the server said, and a line end after it.
    text = str(error).strip().removeprefix("input: ") or type(error).__name__
    if status in _FOREVER:
        return Refused(f"W&B refused the request (HTTP {status}): {_FOREVER[status]}: {text}")
    if any(words in text for words in _UNKNOWN_TO_SERVER):
        return Refused(f"This W&B server does not know a request of the scheduler: {text}")
    if type(cause) is ValueError:
        # wandb's own verdict on an answer, such as a sweep that is not there. What cannot be parsed is
        # a subclass of it, and says nothing for good.
        return Refused(text)
    if _GONE in text:
        return TrialError(f"W&B does not make a deleted run again: {text}")
    if isinstance(error, AuthenticationError) or any(words in text.lower() for words in _DENIED):
        return Refused(f"W&B refused the request: {text}")
    return Unavailable(text)


def _unheard(cause: BaseException | None) -> bool:
    """Whether a key could not be verified because nobody answered: wandb tells the two alike."""
    if not isinstance(cause, WandbApiFailedError):
        return False
    status = 0 if cause.response is None else cause.response.http_status or 0
    return cause.response is None or status == 429 or status >= 500
