"""The `aws` command, unmodified, with nothing but the environment that `jit-runners up` prints."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ENDPOINT = os.environ["JIT_RUNNERS_PLACE"]
AWS = pathlib.Path(sys.executable).parent / "aws"
ROLE = "arn:aws:iam::123456789012:role/test"


@pytest.fixture
def aws(tmp_path):
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL": ENDPOINT, "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
    }

    def run(*words, code=0):
        done = subprocess.run([AWS, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        if code:
            return done.stderr
        return json.loads(done.stdout) if done.stdout[:1] in ("{", "[") else done.stdout.strip()

    run.folder = tmp_path
    return run


def test_executions(aws):
    definition = {"QueryLanguage": "JSONata", "StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.wait %}", "Next": "W"}], "Default": "I"},
        "W": {"Type": "Wait", "Seconds": 86400, "End": True},
        "I": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "none"}, "End": True},
    }}
    sfn = lambda *words, **more: aws("stepfunctions", *words, **more)
    create = ("create-state-machine", "--name", "typed", "--role-arn", ROLE, "--definition")
    machine = sfn(*create, json.dumps(definition), "--query", "stateMachineArn", "--output", "text")
    assert "(InvalidDefinition)" in sfn(*create, "{}", code=254 if V2 else 255)
    start = ("start-execution", "--state-machine-arn", machine, "--query", "executionArn", "--output", "text", "--name")
    waiting = sfn(*start, "w", "--input", '{"wait": true}')
    failing = sfn(*start, "f", "--input", '{"wait": false}')
    assert "(ExecutionAlreadyExists)" in sfn(*start, "w", "--input", "{}", code=254 if V2 else 255)
    describe = ("describe-execution", "--execution-arn")
    for _ in range(50):
        if sfn(*describe, failing, "--query", "status", "--output", "text") == "FAILED":
            break
    assert sfn(*describe, failing)["redriveStatus"] == "REDRIVABLE"
    listed = sfn("list-executions", "--state-machine-arn", machine, "--page-size", "1", "--query", "executions[].name")
    assert listed == ["f", "w"]
    few = sfn("list-executions", "--state-machine-arn", machine, "--max-items", "1")
    assert len(few["executions"]) == 1 and few["NextToken"]
    history = sfn("get-execution-history", "--execution-arn", failing, "--page-size", "2", "--query", "events[].type")
    assert history[0] == "ExecutionStarted" and history[-1] == "ExecutionFailed"
    assert sfn("redrive-execution", "--execution-arn", failing)["redriveDate"]
    assert "(ExecutionNotRedrivable)" in sfn("redrive-execution", "--execution-arn", waiting, code=254 if V2 else 255)
    assert sfn("stop-execution", "--execution-arn", waiting, "--error", "E", "--cause", "enough")["stopDate"]
    assert sfn(*describe, waiting, "--query", "[status, cause]") == ["ABORTED", "enough"]


def test_tasks(aws):
    ecs = lambda *words, **more: aws("ecs", *words, "--cluster", "typed", **more)
    run = ("run-task", "--task-definition", "typed", "--launch-type", "FARGATE", "--network-configuration", "awsvpcConfiguration={subnets=[subnet-1]}")
    assert "(ClusterNotFoundException)" in ecs(*run, code=254 if V2 else 255)
    aws("ecs", "create-cluster", "--cluster-name", "typed")
    container = [{"name": "c", "image": "shell", "entryPoint": ["/bin/sh", "-c"], "command": ["echo the task says; exec sleep 600"],
                  "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/typed", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t"}}}]
    aws("ecs", "register-task-definition", "--family", "typed", "--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc",
        "--cpu", "256", "--memory", "512", "--execution-role-arn", ROLE, "--container-definitions", json.dumps(container))
    arn = ecs(*run, "--query", "tasks[0].taskArn", "--output", "text")
    ecs("wait", "tasks-running", "--tasks", arn)
    assert ecs("list-tasks")["taskArns"] == [arn]
    assert ecs("stop-task", "--task", arn, "--reason", "enough")["task"]["desiredStatus"] == "STOPPED"
    ecs("wait", "tasks-stopped", "--tasks", arn)
    assert ecs("describe-tasks", "--tasks", arn, "--query", "tasks[0].[stopCode, stoppedReason]") == ["UserInitiated", "enough"]
    told = aws("logs", "filter-log-events", "--log-group-name", "/typed", "--filter-pattern", "task", "--query", "events[].message")
    assert told == ["the task says"]


def test_events(aws):
    rule = ("--rule", "typed")
    aws("events", "put-rule", "--name", "typed", "--event-pattern", '{"source": ["typed"]}')
    assert "(InvalidEventPatternException)" in aws("events", "put-rule", "--name", "bad", "--event-pattern", "{", code=254 if V2 else 255)
    target = "Id=t,Arn=arn:aws:lambda:us-east-1:123456789012:function:size"
    assert aws("events", "put-targets", *rule, "--targets", target)["FailedEntryCount"] == 0
    entries = [{"Source": "typed", "DetailType": "d", "Detail": "{}"}, {"Source": "typed", "DetailType": "d", "Detail": "["}]
    put = aws("events", "put-events", "--entries", json.dumps(entries))
    assert put["FailedEntryCount"] == 1 and put["Entries"][1]["ErrorCode"] == "MalformedDetail"
    # The function is a program here, whose lines come once it has been called.
    find = ("logs", "filter-log-events", "--log-group-name", "/aws/lambda/size", "--filter-pattern", "REPORT", "--query", "length(events)")
    for _ in range(50):
        if aws("logs", "describe-log-groups", "--query", "logGroups[?logGroupName=='/aws/lambda/size']") and int(aws(*find)):
            return
    raise AssertionError("the function has no lines")


def test_tables_secrets_and_functions(aws):
    aws("dynamodb", "create-table", "--table-name", "typed", "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=pk,AttributeType=S", "--key-schema", "AttributeName=pk,KeyType=HASH")
    aws("dynamodb", "wait", "table-exists", "--table-name", "typed")
    aws("dynamodb", "put-item", "--table-name", "typed", "--item", '{"pk": {"S": "a"}}')
    refusal = aws("dynamodb", "put-item", "--table-name", "typed", "--item", '{"pk": {"S": "a"}}',
                  "--condition-expression", "attribute_not_exists(pk)", code=254 if V2 else 255)
    assert "(ConditionalCheckFailedException)" in refusal
    assert aws("dynamodb", "scan", "--table-name", "typed", "--query", "Items[].pk.S") == ["a"]
    aws("secretsmanager", "create-secret", "--name", "typed", "--secret-string", "hush")
    assert aws("secretsmanager", "get-secret-value", "--secret-id", "typed", "--query", "SecretString", "--output", "text") == "hush"
    assert "(ResourceNotFoundException)" in aws("secretsmanager", "get-secret-value", "--secret-id", "none", code=254 if V2 else 255)
    payload = ("--cli-binary-format", "raw-in-base64-out") if V2 else ()
    told = aws("lambda", "invoke", "--function-name", "echo", "--payload", '{"a": 1}', *payload, "out.json")
    assert told["StatusCode"] == 200 and json.loads((aws.folder / "out.json").read_text()) == {"a": 1}
    assert "(ResourceNotFoundException)" in aws("lambda", "invoke", "--function-name", "none", "out.json", code=254 if V2 else 255)
    assert aws("sts", "get-caller-identity", "--query", "Account", "--output", "text") == "123456789012"


#: Version 2 of the command ends with 254 where the service refused, version 1 with 255.
V2 = subprocess.run([AWS, "--version"], capture_output=True, text=True, check=True).stdout.startswith("aws-cli/2")
