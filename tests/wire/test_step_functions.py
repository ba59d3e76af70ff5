"""Step Functions over boto3's core."""

import json

from conftest import ROLE, pages, refused, until

DONE = {"D": {"Type": "Succeed"}}
NO_MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:none"
NO_EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:none:none"
NO_ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:none"


def definition(start, states):
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": start, "States": states})


def machine(aws, name, start="D", states=DONE):
    return aws.stepfunctions.create_state_machine(name=name, roleArn=ROLE, definition=definition(start, states))["stateMachineArn"]


def ended(aws, arn):
    def look():
        told = aws.stepfunctions.describe_execution(executionArn=arn)
        return told["status"] != "RUNNING" and told
    return until(f"{arn} has ended", look)


def test_machines(aws):
    sfn = aws.stepfunctions
    create = dict(name="machines", roleArn=ROLE, definition=definition("D", DONE))
    refused("InvalidDefinition", sfn.create_state_machine, **{**create, "definition": "{}"})
    refused("InvalidName", sfn.create_state_machine, **{**create, "name": "a b"})
    refused("InvalidArn", sfn.create_state_machine, **{**create, "roleArn": "role"})
    refused("StateMachineTypeNotSupported", sfn.create_state_machine, **{**create, "type": "EXPRESS"})
    refused("ValidationException", sfn.create_state_machine, "'name'", **{**create, "name": "x" * 81})
    refused("ValidationException", sfn.create_state_machine, "must not be null")
    refused("ConflictException", sfn.publish_state_machine_version, stateMachineArn=machine(aws, "other"), revisionId="none")
    arn = sfn.create_state_machine(**create, publish=True, versionDescription="first")["stateMachineArn"]
    assert sfn.create_state_machine(**create)["stateMachineArn"] == arn
    refused("StateMachineAlreadyExists", sfn.create_state_machine, **{**create, "roleArn": ROLE + "2"})
    told = sfn.describe_state_machine(stateMachineArn=arn)
    assert json.loads(told["definition"])["StartAt"] == "D"
    refused("InvalidArn", sfn.describe_state_machine, stateMachineArn="arn")
    refused("StateMachineDoesNotExist", sfn.describe_state_machine, stateMachineArn=NO_MACHINE)
    assert sfn.update_state_machine(stateMachineArn=arn, roleArn=ROLE + "2")["updateDate"]
    refused("MissingRequiredParameter", sfn.update_state_machine, stateMachineArn=arn)
    refused("InvalidDefinition", sfn.update_state_machine, stateMachineArn=arn, definition="{}")
    refused("InvalidArn", sfn.update_state_machine, stateMachineArn="arn", roleArn=ROLE)
    refused("StateMachineDoesNotExist", sfn.update_state_machine, stateMachineArn=NO_MACHINE, roleArn=ROLE)
    refused("ValidationException", sfn.update_state_machine, stateMachineArn=arn, versionDescription="x" * 257)
    told = sfn.validate_state_machine_definition(definition=definition("D", DONE))
    assert (told["result"], told["diagnostics"]) == ("OK", [])
    assert sfn.validate_state_machine_definition(definition="{}")["result"] == "FAIL"
    refused("ValidationException", sfn.validate_state_machine_definition, definition="")
    for number in range(5):
        machine(aws, f"paged-{number}")
    listed, count = pages(sfn, "list_state_machines", "stateMachines", 2)
    assert len(listed) >= 6 and count >= 3 and len({one["name"] for one in listed}) == len(listed)
    refused("InvalidToken", sfn.list_state_machines, nextToken="nobody's")
    refused("ValidationException", sfn.list_state_machines, "less than or equal to 1000", maxResults=1001)
    gone = machine(aws, "gone")
    sfn.delete_state_machine(stateMachineArn=gone)
    refused("StateMachineDoesNotExist", sfn.describe_state_machine, stateMachineArn=gone)
    refused("InvalidArn", sfn.delete_state_machine, stateMachineArn="arn")
    refused("ValidationException", sfn.delete_state_machine, stateMachineArn="")


def test_versions_and_aliases(aws):
    sfn = aws.stepfunctions
    arn = machine(aws, "versions")
    versions = []
    for number in range(3):
        sfn.update_state_machine(stateMachineArn=arn, definition=definition("D", {"D": {"Type": "Succeed", "Comment": str(number)}}))
        versions.append(sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"])
    refused("InvalidArn", sfn.publish_state_machine_version, stateMachineArn="arn")
    refused("StateMachineDoesNotExist", sfn.publish_state_machine_version, stateMachineArn=NO_MACHINE)
    refused("ValidationException", sfn.publish_state_machine_version, stateMachineArn=arn, description="x" * 257)
    listed = sfn.list_state_machine_versions(stateMachineArn=arn, maxResults=2)
    rest = sfn.list_state_machine_versions(stateMachineArn=arn, nextToken=listed["nextToken"])
    both = listed["stateMachineVersions"] + rest["stateMachineVersions"]
    assert [one["stateMachineVersionArn"] for one in both] == versions[::-1]
    refused("InvalidArn", sfn.list_state_machine_versions, stateMachineArn=NO_MACHINE)
    refused("InvalidToken", sfn.list_state_machine_versions, stateMachineArn=arn, nextToken="nobody's")
    refused("ValidationException", sfn.list_state_machine_versions, stateMachineArn=arn, maxResults=1001)
    route = [{"stateMachineVersionArn": versions[0], "weight": 100}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=route)["stateMachineAliasArn"]
    refused("ConflictException", sfn.create_state_machine_alias, name="live", routingConfiguration=[{"stateMachineVersionArn": versions[1], "weight": 100}])
    refused("ValidationException", sfn.create_state_machine_alias, "regular expression", name="a:b", routingConfiguration=route)
    refused("InvalidArn", sfn.create_state_machine_alias, name="a", routingConfiguration=[{"stateMachineVersionArn": "arn", "weight": 100}])
    refused("ResourceNotFound", sfn.create_state_machine_alias, name="a", routingConfiguration=[{"stateMachineVersionArn": arn + ":9", "weight": 100}])
    refused("ValidationException", sfn.create_state_machine_alias, name="a", routingConfiguration=[{"stateMachineVersionArn": versions[0], "weight": 99}])
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["name"] == "live"
    refused("ResourceNotFound", sfn.describe_state_machine_alias, stateMachineAliasArn=arn + ":none")
    refused("InvalidArn", sfn.describe_state_machine_alias, stateMachineAliasArn="arn")
    refused("ValidationException", sfn.describe_state_machine_alias, stateMachineAliasArn="")
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, description="moved", routingConfiguration=[{"stateMachineVersionArn": versions[1], "weight": 100}])
    refused("ResourceNotFound", sfn.update_state_machine_alias, stateMachineAliasArn=arn + ":none", description="d")
    refused("InvalidArn", sfn.update_state_machine_alias, stateMachineAliasArn="arn", description="d")
    refused("ValidationException", sfn.update_state_machine_alias, stateMachineAliasArn=alias)
    sfn.create_state_machine_alias(name="next", routingConfiguration=route)
    listed = sfn.list_state_machine_aliases(stateMachineArn=arn, maxResults=1)
    rest = sfn.list_state_machine_aliases(stateMachineArn=arn, maxResults=1, nextToken=listed["nextToken"])
    assert {listed["stateMachineAliases"][0]["stateMachineAliasArn"], rest["stateMachineAliases"][0]["stateMachineAliasArn"]} == {alias, arn + ":next"}
    refused("InvalidToken", sfn.list_state_machine_aliases, stateMachineArn=arn, nextToken="nobody's")
    refused("InvalidArn", sfn.list_state_machine_aliases, stateMachineArn="arn")
    refused("StateMachineDoesNotExist", sfn.list_state_machine_aliases, stateMachineArn=NO_MACHINE)
    refused("ConflictException", sfn.delete_state_machine_version, stateMachineVersionArn=versions[0])
    refused("InvalidArn", sfn.delete_state_machine_version, stateMachineVersionArn="arn")
    refused("ValidationException", sfn.delete_state_machine_version, stateMachineVersionArn="")
    started = sfn.start_execution(stateMachineArn=alias)["executionArn"]
    told = ended(aws, started)
    assert told["stateMachineAliasArn"] == alias and told["stateMachineVersionArn"] == versions[1]
    sfn.delete_state_machine_alias(stateMachineAliasArn=arn + ":next")
    refused("ResourceNotFound", sfn.delete_state_machine_alias, stateMachineAliasArn=arn + ":next")
    refused("InvalidArn", sfn.delete_state_machine_alias, stateMachineAliasArn="arn")
    refused("ValidationException", sfn.delete_state_machine_alias, stateMachineAliasArn="")
    sfn.delete_state_machine_version(stateMachineVersionArn=versions[2])


def test_executions(aws):
    sfn = aws.stepfunctions
    states = {
        "C": {"Type": "Choice", "Choices": [{"Condition": "{% $exists($states.input.wait) %}", "Next": "W"}], "Default": "F"},
        "W": {"Type": "Wait", "Seconds": 86400, "End": True},
        "F": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "none"}, "End": True},
    }
    arn = machine(aws, "executions", "C", states)
    start = dict(stateMachineArn=arn, name="one", input='{"wait": 1}')
    one = sfn.start_execution(**start)["executionArn"]
    assert sfn.start_execution(**start)["executionArn"] == one
    refused("ExecutionAlreadyExists", sfn.start_execution, **{**start, "input": "{}"})
    refused("InvalidArn", sfn.start_execution, "Invalid ARN prefix: m", stateMachineArn="m")
    refused("InvalidExecutionInput", sfn.start_execution, stateMachineArn=arn, input="{")
    refused("InvalidName", sfn.start_execution, stateMachineArn=arn, name="a b")
    refused("StateMachineDoesNotExist", sfn.start_execution, stateMachineArn=NO_MACHINE)
    refused("ValidationException", sfn.start_execution, "'input'", "262144 bytes", stateMachineArn=arn, input=json.dumps("x" * 262144))
    failed = [sfn.start_execution(stateMachineArn=arn, name=f"f-{number}")["executionArn"] for number in range(5)]
    told = [ended(aws, one) for one in failed][0]
    assert told["status"] == "FAILED" and told["redriveStatus"] == "REDRIVABLE" and told["inputDetails"] == {"included": True}
    assert "input" not in sfn.describe_execution(executionArn=one, includedData="METADATA_ONLY")
    refused("ExecutionDoesNotExist", sfn.describe_execution, executionArn=NO_EXECUTION)
    refused("InvalidArn", sfn.describe_execution, executionArn=arn)
    of = sfn.describe_state_machine_for_execution(executionArn=one)
    assert of["stateMachineArn"] == arn
    refused("ExecutionDoesNotExist", sfn.describe_state_machine_for_execution, executionArn=NO_EXECUTION)
    refused("InvalidArn", sfn.describe_state_machine_for_execution, executionArn="arn")
    listed, count = pages(sfn, "list_executions", "executions", 2, stateMachineArn=arn, statusFilter="FAILED")
    assert [item["name"] for item in listed] == ["f-4", "f-3", "f-2", "f-1", "f-0"] and count == 3
    refused("InvalidToken", sfn.list_executions, stateMachineArn=arn, nextToken="nobody's")
    refused("InvalidArn", sfn.list_executions, stateMachineArn="m")
    refused("StateMachineDoesNotExist", sfn.list_executions, stateMachineArn=NO_MACHINE)
    refused("StateMachineDoesNotExist", sfn.list_executions, stateMachineArn=arn + ":none")
    refused("ValidationException", sfn.list_executions, "enum value set", stateMachineArn=arn, statusFilter="LOST")
    events, count = pages(sfn, "get_execution_history", "events", 2, executionArn=failed[0])
    assert [event["id"] for event in events] == list(range(1, len(events) + 1)) and count == (len(events) + 1) // 2
    back = sfn.get_execution_history(executionArn=failed[0], reverseOrder=True, includeExecutionData=False)["events"]
    assert back[0]["type"] == "ExecutionFailed" and back[-1]["type"] == "ExecutionStarted"
    assert "input" not in back[-1]["executionStartedEventDetails"]
    refused("InvalidToken", sfn.get_execution_history, executionArn=one, nextToken="nobody's")
    refused("InvalidArn", sfn.get_execution_history, executionArn="arn")
    refused("ExecutionDoesNotExist", sfn.get_execution_history, executionArn=NO_EXECUTION)
    assert sfn.redrive_execution(executionArn=failed[0], clientToken="t")["redriveDate"]
    assert ended(aws, failed[0])["redriveCount"] == 1
    refused("ExecutionNotRedrivable", sfn.redrive_execution, executionArn=one)
    refused("ExecutionDoesNotExist", sfn.redrive_execution, executionArn=NO_EXECUTION)
    refused("InvalidArn", sfn.redrive_execution, executionArn="arn")
    refused("ValidationException", sfn.redrive_execution, executionArn=one, clientToken="x" * 65)
    assert sfn.stop_execution(executionArn=one, error="E", cause="enough")["stopDate"]
    assert ended(aws, one)["cause"] == "enough"
    refused("ExecutionDoesNotExist", sfn.stop_execution, executionArn=NO_EXECUTION)
    refused("InvalidArn", sfn.stop_execution, executionArn="arn")
    refused("ValidationException", sfn.stop_execution, executionArn="")


def test_activities(aws):
    sfn = aws.stepfunctions
    arn = sfn.create_activity(name="work")["activityArn"]
    assert sfn.create_activity(name="work")["activityArn"] == arn
    refused("InvalidName", sfn.create_activity, name="a b")
    assert sfn.describe_activity(activityArn=arn)["name"] == "work"
    refused("ActivityDoesNotExist", sfn.describe_activity, activityArn=NO_ACTIVITY)
    refused("InvalidArn", sfn.describe_activity, activityArn="arn")
    for number in range(4):
        sfn.create_activity(name=f"paged-{number}")
    listed, count = pages(sfn, "list_activities", "activities", 2)
    assert len(listed) == 5 and count == 3
    refused("InvalidToken", sfn.list_activities, nextToken="nobody's")
    states = {"A": {"Type": "Task", "Resource": arn, "TimeoutSeconds": 3600, "End": True}}
    work = machine(aws, "activities", "A", states)

    def token():
        started = sfn.start_execution(stateMachineArn=work, input='{"a": 1}')["executionArn"]
        task = sfn.get_activity_task(activityArn=arn, workerName="w")
        assert json.loads(task["input"]) == {"a": 1}
        return started, task["taskToken"]

    started, task = token()
    sfn.send_task_heartbeat(taskToken=task)
    refused("InvalidOutput", sfn.send_task_success, taskToken=task, output="{")
    sfn.send_task_success(taskToken=task, output='{"b": 2}')
    assert json.loads(ended(aws, started)["output"]) == {"b": 2}
    refused("TaskTimedOut", sfn.send_task_success, taskToken=task, output="{}")
    refused("TaskTimedOut", sfn.send_task_failure, taskToken=task)
    refused("TaskTimedOut", sfn.send_task_heartbeat, taskToken=task)
    started, task = token()
    sfn.send_task_failure(taskToken=task, error="Mine", cause="c")
    assert ended(aws, started)["error"] == "Mine"
    for call, more in [(sfn.send_task_success, {"output": "{}"}), (sfn.send_task_failure, {}), (sfn.send_task_heartbeat, {})]:
        refused("InvalidToken", call, taskToken="nobody's", **more)
    refused("ActivityDoesNotExist", sfn.get_activity_task, activityArn=NO_ACTIVITY)
    refused("InvalidArn", sfn.get_activity_task, activityArn="arn")
    sfn.delete_activity(activityArn=arn)
    refused("InvalidArn", sfn.delete_activity, activityArn="arn")
