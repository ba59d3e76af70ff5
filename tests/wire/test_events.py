"""EventBridge over boto3's core."""

import datetime
import json

from conftest import ROLE, pages, refused, until

PATTERN = '{"source": ["s"]}'
EVENT = {"id": "1", "account": "2", "source": "s", "time": "2026-11-28T10:00:00Z", "region": "us-east-1", "resources": [], "detail-type": "d", "detail": {"a": 1}}
QUEUE = "arn:aws:sqs:us-east-1:123456789012:letters"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:{}"


def test_buses_and_rules(aws):
    events = aws.events
    arn = events.create_event_bus(Name="rules")["EventBusArn"]
    refused("ResourceAlreadyExistsException", events.create_event_bus, Name="rules")
    refused("ValidationException", events.create_event_bus, "regular expression", Name="a b")
    refused("ResourceNotFoundException", events.create_event_bus, Name="aws.partner/none/none", EventSourceName="aws.partner/none/none")
    assert events.describe_event_bus(Name="rules")["Arn"] == arn
    refused("ResourceNotFoundException", events.describe_event_bus, Name="none")
    for number in range(3):
        events.create_event_bus(Name=f"paged-{number}")
    listed = events.list_event_buses(NamePrefix="paged", Limit=2)
    rest = events.list_event_buses(NamePrefix="paged", Limit=2, NextToken=listed["NextToken"])
    assert [bus["Name"] for bus in listed["EventBuses"] + rest["EventBuses"]] == ["paged-0", "paged-1", "paged-2"]
    refused("ValidationException", events.list_event_buses, NextToken="nobody's")
    rule = dict(Name="r", EventBusName="rules", EventPattern=PATTERN)
    assert events.put_rule(**rule, Description="mine")["RuleArn"].endswith(":rule/rules/r")
    refused("InvalidEventPatternException", events.put_rule, "Reason: ", **{**rule, "EventPattern": '{"source": "s"}'})
    refused("ResourceNotFoundException", events.put_rule, **{**rule, "EventBusName": "none"})
    refused("ValidationException", events.put_rule, "at 'name'", **{**rule, "Name": "x" * 65})
    refused("ValidationException", events.put_rule, Name="neither")
    refused("ValidationException", events.put_rule, "enum value set", **rule, State="LOST")
    assert events.describe_rule(Name="r", EventBusName="rules")["Description"] == "mine"
    refused("ResourceNotFoundException", events.describe_rule, Name="none")
    events.disable_rule(Name="r", EventBusName="rules")
    assert events.describe_rule(Name="r", EventBusName="rules")["State"] == "DISABLED"
    events.enable_rule(Name="r", EventBusName=arn)
    refused("ResourceNotFoundException", events.disable_rule, Name="none")
    refused("ResourceNotFoundException", events.enable_rule, Name="none")
    for number in range(4):
        events.put_rule(**{**rule, "Name": f"paged-{number}"})
    listed, count = pages(events, "list_rules", "Rules", 2, EventBusName="rules", NamePrefix="paged")
    assert [one["Name"] for one in listed] == [f"paged-{number}" for number in range(4)] and count == 2
    refused("ResourceNotFoundException", events.list_rules, EventBusName="none")
    refused("ValidationException", events.list_rules, EventBusName="rules", NextToken="nobody's")
    events.delete_rule(Name="paged-0", EventBusName="rules")
    refused("ResourceNotFoundException", events.delete_rule, Name="r", EventBusName="none")


def test_targets(aws):
    events = aws.events
    events.create_event_bus(Name="targets")
    rule = dict(Rule="r", EventBusName="targets")
    events.put_rule(Name="r", EventBusName="targets", EventPattern=PATTERN)
    ids = [f"t-{number}" for number in range(5)]
    targets = [{"Id": one, "Arn": MACHINE.format("none"), "RoleArn": ROLE} for one in ids]
    assert events.put_targets(**rule, Targets=targets)["FailedEntryCount"] == 0
    refused("ResourceNotFoundException", events.put_targets, Rule="none", Targets=targets)
    refused("ValidationException", events.put_targets, "targets.1.member.id", **rule, Targets=[{"Arn": "a"}])
    refused("ValidationException", events.put_targets, "length less than or equal to 100", **rule, Targets=targets * 21)
    listed, count = pages(events, "list_targets_by_rule", "Targets", 2, **rule)
    assert [one["Id"] for one in listed] == ids and count == 3
    refused("ResourceNotFoundException", events.list_targets_by_rule, Rule="none")
    refused("ValidationException", events.list_targets_by_rule, **rule, NextToken="nobody's")
    refused("ValidationException", events.delete_rule, "targets", Name="r", EventBusName="targets")
    gone = events.remove_targets(**rule, Ids=[*ids, "none"])
    assert gone["FailedEntryCount"] == 1 and gone["FailedEntries"][0]["TargetId"] == "none"
    refused("ResourceNotFoundException", events.remove_targets, Rule="none", Ids=ids)
    events.delete_rule(Name="r", EventBusName="targets")


def test_an_event_reaches_its_target_as_the_transformer_made_it(aws):
    sfn, events = aws.stepfunctions, aws.events
    states = {"QueryLanguage": "JSONata", "StartAt": "D", "States": {"D": {"Type": "Succeed"}}}
    arn = sfn.create_state_machine(name="transformed", roleArn=ROLE, definition=json.dumps(states))["stateMachineArn"]
    events.create_event_bus(Name="transformed")
    rule = events.put_rule(Name="r", EventBusName="transformed", EventPattern=PATTERN)["RuleArn"]
    target = lambda name, **more: {"Id": name, "Arn": arn, "RoleArn": ROLE, **more}
    template = '{"rule": "<aws.events.rule-name>", "of": <aws.events.rule-arn>, "n": <n>, "text": "n is <n>", "at": "<aws.events.event.ingestion-time>", "none": <none>, "said": "<detail>", "event": <aws.events.event>, "all": <aws.events.event.json>}'
    events.put_targets(Rule="r", EventBusName="transformed", Targets=[
        target("whole"), target("path", InputPath="$.detail"), target("constant", Input='{"c": 1}'),
        target("made", InputTransformer={"InputPathsMap": {"n": "$.detail.n", "detail": "$.detail", "none": "$.detail.none"}, "InputTemplate": template}),
    ])
    at = datetime.datetime(2026, 11, 28, 10, 0, tzinfo=datetime.timezone.utc)
    put = events.put_events(Entries=[
        {"Source": "s", "DetailType": "d", "Detail": '{"n": 7}', "EventBusName": "transformed", "Time": at, "Resources": ["x"]},
        {"Source": "s", "DetailType": "d", "Detail": "no JSON", "EventBusName": "transformed"},
        {"Source": "aws.mine", "DetailType": "d", "Detail": "{}"},
        {"DetailType": "d", "Detail": "{}"},
    ])
    assert put["FailedEntryCount"] == 3
    assert [entry.get("ErrorCode") for entry in put["Entries"]] == [None, "MalformedDetail", "NotAuthorizedForSourceException", "InvalidArgument"]

    def inputs():
        listed = sfn.list_executions(stateMachineArn=arn)["executions"]
        found = [json.loads(sfn.describe_execution(executionArn=one["executionArn"])["input"]) for one in listed]
        return len(found) == 4 and found

    found = until("all four targets have it", inputs)
    envelope = next(one for one in found if one.get("source"))
    assert envelope["time"] == "2026-11-28T10:00:00Z" and envelope["resources"] == ["x"] and envelope["version"] == "0"
    assert {"n": 7} in found and {"c": 1} in found
    made = next(one for one in found if one.get("rule"))
    assert made.pop("at").endswith("Z") and made.pop("all") == envelope
    assert made.pop("event") == {name: value for name, value in envelope.items() if name != "detail"}
    assert made == {"rule": "r", "of": rule, "n": 7, "text": "n is 7", "none": "", "said": "{n:7}"}
    refused("ValidationException", events.put_targets, "Only one of", Rule="r", EventBusName="transformed", Targets=[target("x", Input="{}", InputPath="$")])
    refused("ValidationException", events.put_targets, "InputTemplate", Rule="r", EventBusName="transformed", Targets=[target("x", InputTransformer={"InputTemplate": "<unknown>"})])
    refused("ValidationException", events.put_events, Entries=[])
    refused("ValidationException", events.put_events, Entries=[{"Source": "s"}] * 11)
    refused("ValidationException", events.put_events, "size", Entries=[{"Source": "s", "DetailType": "d", "Detail": json.dumps({"a": "x" * 1100000})}])


def test_patterns_can_be_tried(aws):
    test = aws.events.test_event_pattern
    assert test(EventPattern='{"detail": {"a": [{"numeric": [">", 0]}]}}', Event=json.dumps(EVENT))["Result"] is True
    assert test(EventPattern='{"detail": {"a": [2]}}', Event=json.dumps(EVENT))["Result"] is False
    refused("InvalidEventPatternException", test, EventPattern="{", Event=json.dumps(EVENT))
    refused("ValidationException", test, EventPattern=PATTERN, Event="{}")
