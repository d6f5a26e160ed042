"""What each failure of wandb's client means: ask again, or give up."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from wandb.errors import AuthenticationError, CommError, Error
from wandb.sdk.launch.api import LaunchApi
from wandb.sdk.launch.errors import LaunchError
from wandb.sdk.lib.service.service_connection import WandbApiFailedError

from optuna_sweep.errors import ConfigError, OptunaSweepError, Problem, Refused, TrialError, Unavailable
from optuna_sweep.wandb_adapter import client
from optuna_sweep.wandb_adapter.client import Client, translated


def api_error(text: str, status: int | None = None) -> WandbApiFailedError:
    error = WandbApiFailedError(text)
    error.response = SimpleNamespace(http_status=status)  # type: ignore[assignment]
    return error


def http_error(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(f"{status} Client Error", response=response)


def unverified(cause: WandbApiFailedError) -> AuthenticationError:
    """What wandb raises of a key that it could not verify."""
    error = AuthenticationError(f"Failed to verify credentials: {cause}")
    error.__cause__ = cause
    return error


def meaning(error: Exception) -> OptunaSweepError:
    with pytest.raises(OptunaSweepError) as caught, translated():
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        api_error("HTTP 500", 500),
        api_error("HTTP 502 Bad Gateway", 502),
        api_error("HTTP 429 too many requests", 429),
        api_error("the service process is busy and did not respond in time."),
        api_error("invalid character 'I' looking for beginning of value"),
        CommError("the database is busy"),
        CommError("wrapped", api_error("HTTP 503", 503)),
        Error("something of wandb's"),
        LaunchError("queue not readable"),
        requests.ConnectionError("connection reset"),
        requests.Timeout("read timed out"),
        http_error(404),
    ],
    ids=str,
)
def test_what_may_pass_is_unavailable(error: Exception) -> None:
    found = meaning(error)
    assert isinstance(found, Unavailable)
    assert str(found) == str(error)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("wrap", [lambda error: error, lambda error: CommError(str(error), error)])
def test_a_key_that_is_not_accepted_is_refused(status: int, wrap: Any) -> None:
    for error in (api_error("no", status), http_error(status)):
        found = meaning(wrap(error))
        assert isinstance(found, Refused)
        assert str(found).startswith(f"W&B refused the request (HTTP {status}): the API key ")


@pytest.mark.parametrize(
    "text",
    [
        'Cannot query field "runQueueItem" on type "RunQueue".',
        'Unknown argument "missingOk" on field "Project.run".',
        'Unknown field "sweep" on input "UpsertBucketInput"',
    ],
)
def test_a_request_that_the_server_does_not_know_is_refused(text: str) -> None:
    found = meaning(CommError(text))
    assert isinstance(found, Refused)
    assert str(found) == f"This W&B server does not know a request of the scheduler: {text}"


def test_credentials_that_wandb_could_not_verify_are_refused() -> None:
    assert isinstance(meaning(AuthenticationError("Failed to verify credentials")), Refused)


@pytest.mark.parametrize("status", [0, 400])
def test_credentials_that_the_server_does_not_know_are_refused(status: int) -> None:
    assert isinstance(meaning(unverified(api_error("invalid credentials", status))), Refused)


@pytest.mark.parametrize(
    "cause",
    [WandbApiFailedError("did not respond in time."), api_error("busy", 429), api_error("HTTP 502", 502)],
    ids=str,
)
def test_credentials_that_nobody_answered_for_are_asked_for_again(cause: WandbApiFailedError) -> None:
    assert isinstance(meaning(unverified(cause)), Unavailable)


def test_a_connection_is_tried_again_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    def fail() -> None:
        if len(pauses) < 3:
            raise unverified(WandbApiFailedError("did not respond in time."))

    monkeypatch.setattr(client, "LaunchApi", fail)
    assert client.connect(pauses.append) is None
    assert pauses == [1.0, 4.0, 15.0]


@pytest.mark.parametrize("text", ["permission denied", "Not authorized to access project", "Unauthorized"])
def test_a_permission_that_is_missing_is_refused(text: str) -> None:
    assert isinstance(meaning(CommError(text)), Refused)


def test_what_wandb_itself_says_of_an_answer_is_refused() -> None:
    found = meaning(CommError("Sweep e/p/s not found", ValueError("Sweep e/p/s not found")))
    assert isinstance(found, Refused) and str(found) == "Sweep e/p/s not found"


def test_an_answer_that_cannot_be_parsed_is_unavailable() -> None:
    broken = json.JSONDecodeError("Expecting value", "<html>", 0)
    assert isinstance(meaning(CommError(str(broken), broken)), Unavailable)


def test_the_run_of_a_deleted_id_is_given_up_alone() -> None:
    text = "run e/p/s-0001 was previously created and deleted; try a new run name"
    found = meaning(CommError(text))
    assert isinstance(found, TrialError)
    assert text in str(found)


def test_what_the_server_said_is_told_without_what_wandb_puts_around_it() -> None:
    assert str(meaning(api_error("input: the database is busy\n"))) == "the database is busy"


def test_our_own_errors_pass_as_they_are() -> None:
    mine = ConfigError([Problem("a", "b", "c", "d")])
    with pytest.raises(ConfigError) as caught, translated():
        raise mine
    assert caught.value is mine


def test_a_mistake_in_the_program_is_no_failure_of_wandb() -> None:
    with pytest.raises(KeyError), translated():
        raise KeyError("a bug")


def test_the_client_asks_with_the_document_and_a_copy_of_the_variables() -> None:
    asked = []

    def execute(document: str, variables: dict[str, Any], *_timeout: float) -> dict[str, Any]:
        asked.append((document, variables))
        return {"project": None}

    api = LaunchApi.__new__(LaunchApi)
    api._service_api = SimpleNamespace(execute_graphql=execute)  # type: ignore[assignment]
    variables = {"a": 1}
    assert Client(api).ask("query Q { x }", variables) == {"project": None}
    assert asked == [("query Q { x }", variables)]
    assert asked[0][1] is not variables
