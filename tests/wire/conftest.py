"""A place under test, given by `JIT_RUNNERS_PLACE` (its address), and clients whose every
raw answer is checked against botocore's model. At the end, every operation that the place
serves must have been answered, and every error that its model has and the place can give.

tests/contract/tests/wire_botocore.rs starts the place and this."""

import collections
import functools
import json
import os
import pathlib
import re
import time

import botocore.config
import botocore.session
import pytest
from botocore.exceptions import ClientError

import strict
import unreached

ENDPOINT = os.environ["JIT_RUNNERS_PLACE"]
MODEL = json.loads((pathlib.Path(__file__).parents[2] / "infra/local/src/server/model/model.json").read_text())
ROLE = "arn:aws:iam::123456789012:role/test"

#: Service and operation to the errors that were seen; None is an answer without one.
SEEN = collections.defaultdict(set)

#: Service and operation to the tests in which it was answered without an error.
ANSWERED = collections.defaultdict(set)

#: The test that runs.
RUNNING = ""


def pytest_runtest_setup(item):
    global RUNNING
    RUNNING = f"{item.path.name}::{item.name}"


def _check(response_dict, operation_model, **_):
    body = response_dict["body"]
    code = strict.answer(operation_model, response_dict["status_code"], response_dict["headers"], body)
    about = operation_model.service_model.service_name, operation_model.name
    SEEN[about].add(code)
    if code is None:
        ANSWERED[about].add(RUNNING)


class Aws:
    """Clients by name: `aws.sqs`, `aws.client("lambda")`."""

    def __init__(self):
        self.session = botocore.session.get_session()
        self.clients = {}

    def client(self, name):
        if name not in self.clients:
            config = botocore.config.Config(retries={"total_max_attempts": 1}, parameter_validation=False)
            client = self.session.create_client(
                name, endpoint_url=ENDPOINT, region_name="us-east-1", config=config,
                aws_access_key_id="local", aws_secret_access_key="local",
            )
            client.meta.events.register("before-parse", _check)
            self.clients[name] = client
        return self.clients[name]

    __getattr__ = client


@pytest.fixture(scope="session")
def aws():
    return Aws()


def refused(code, call, *words, **arguments):
    """Calls and wants this error; gives its message."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    told = error.value.response["Error"]
    # SQS has two names for each.
    assert code in (told["Code"], told.get("QueryErrorCode")), told
    for word in words:
        assert word in told["Message"], told
    return told["Message"]


def until(what, look, patience=60):
    """Looks until there is something."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"not in time: {what}")


def pages(client, operation, items, size, **arguments):
    """All items by botocore's own paginator, and how many pages they came in."""
    paginator = client.get_paginator(operation)
    found = list(paginator.paginate(PaginationConfig={"PageSize": size}, **arguments))
    return [item for page in found for item in page[items]], len(found)


@functools.cache
def _page():
    """docs/fidelity.md: service and operation to the tests of its row."""
    rows, service = {}, None
    for line in (pathlib.Path(__file__).parents[2] / "docs/fidelity.md").read_text().splitlines():
        if line.startswith("## "):
            named = re.search(r"\(`(.+)`\)", line)
            service = named and named[1]
        elif service and line.startswith("| "):
            cells = line.strip("|").split(" | ")
            rows[service, cells[0].strip()] = re.findall(r"`([^`]+::[^`]+)`", cells[-1])
    return rows


def pytest_sessionfinish(session, exitstatus):
    """What was not covered fails the run."""
    if exitstatus or "JIT_RUNNERS_WIRE_ALL" not in os.environ:
        return
    missing = []
    for service, about in MODEL["services"].items():
        for operation, model in about["operations"].items():
            seen = SEEN[service, operation]
            if (service, operation) in unreached.ELSEWHERE:
                claimed = unreached.ELSEWHERE[service, operation]
                if claimed not in _page()[service, operation]:
                    missing.append(f"{service}.{operation}: docs/fidelity.md does not name {claimed}")
            elif None not in seen:
                missing.append(f"{service}.{operation} was never answered")
            elif not ANSWERED[service, operation].intersection(_page()[service, operation]):
                missing.append(f"{service}.{operation} was not answered by a test that docs/fidelity.md names for it")
            for error in model["errors"]:
                excused = unreached.EVERYWHERE.get(error) or unreached.ONE.get((service, operation, error))
                if error in seen and excused:
                    missing.append(f"{service}.{operation}: {error} is answered: take it out of unreached.py")
                elif error not in seen and not excused:
                    missing.append(f"{service}.{operation}: {error} was never answered")
    if missing:
        session.exitstatus = 1
        print("\n\nnot covered:\n  " + "\n  ".join(missing))
    else:
        covered = sum(len(about["operations"]) for about in MODEL["services"].values())
        print(f"\n\nall {covered} operations, {sum(len(seen - {None}) for seen in SEEN.values())} errors")
