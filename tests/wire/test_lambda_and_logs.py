"""Lambda and CloudWatch Logs over boto3's core."""

import json

from conftest import pages, refused


def test_functions(aws):
    functions = aws.client("lambda")
    told = functions.invoke(FunctionName="echo", Payload=b'{"a": 1}')
    assert json.loads(told["Payload"].read()) == {"a": 1} and told["ExecutedVersion"] == "$LATEST" and "FunctionError" not in told
    told = functions.invoke(FunctionName="arn:aws:lambda:us-east-1:123456789012:function:fails")
    assert told["FunctionError"] == "Unhandled" and json.loads(told["Payload"].read())["errorType"] == "Mine"
    assert functions.invoke(FunctionName="echo", InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
    assert functions.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"] == 204
    refused("ResourceNotFoundException", functions.invoke, FunctionName="none")
    refused("InvalidRequestContentException", functions.invoke, FunctionName="echo", Payload=b"{")
    refused("RequestTooLargeException", functions.invoke, FunctionName="echo", Payload=json.dumps("x" * 6300000).encode())
    refused("ValidationException", functions.invoke, "enum value set", FunctionName="echo", InvocationType="Lost")
    for call in (functions.get_function, functions.get_function_configuration, functions.get_function_url_config):
        assert call(FunctionName="echo")
        refused("ResourceNotFoundException", call, FunctionName="none")
        refused("ValidationException", call, "regular expression", FunctionName="a b")
    listed, count = pages(functions, "list_functions", "Functions", 1)
    assert [one["FunctionName"] for one in listed] == ["echo", "fails", "size"] and count == 3
    refused("InvalidParameterValueException", functions.list_functions, Marker="nobody's")
    refused("ValidationException", functions.list_functions, "maxItems", MaxItems=10001)


def test_versions_and_aliases(aws):
    functions = aws.client("lambda")
    one = functions.publish_version(FunctionName="echo")["Version"]
    assert functions.publish_version(FunctionName="echo")["Version"] == one == "1"
    refused("ResourceNotFoundException", functions.publish_version, FunctionName="none")
    listed, count = pages(functions, "list_versions_by_function", "Versions", 1, FunctionName="echo")
    assert [version["Version"] for version in listed] == ["$LATEST", "1"] and count == 2
    refused("ResourceNotFoundException", functions.list_versions_by_function, FunctionName="none")
    refused("InvalidParameterValueException", functions.list_versions_by_function, FunctionName="echo", Marker="nobody's")
    alias = dict(FunctionName="echo", Name="live")
    made = functions.create_alias(**alias, FunctionVersion="1", Description="d")
    assert made["AliasArn"].endswith(":function:echo:live")
    refused("ResourceConflictException", functions.create_alias, **alias, FunctionVersion="1")
    refused("ResourceNotFoundException", functions.create_alias, FunctionName="none", Name="live", FunctionVersion="1")
    refused("ValidationException", functions.create_alias, "functionVersion", **alias)
    functions.create_alias(FunctionName="echo", Name="next", FunctionVersion="$LATEST")
    assert functions.get_alias(**alias)["Description"] == "d"
    refused("ResourceNotFoundException", functions.get_alias, FunctionName="echo", Name="none")
    assert functions.update_alias(**alias, Description="e")["Description"] == "e"
    refused("ResourceNotFoundException", functions.update_alias, FunctionName="echo", Name="none")
    listed, count = pages(functions, "list_aliases", "Aliases", 1, FunctionName="echo")
    assert [one["Name"] for one in listed] == ["live", "next"] and count == 2
    refused("ResourceNotFoundException", functions.list_aliases, FunctionName="none")
    refused("InvalidParameterValueException", functions.list_aliases, FunctionName="echo", Marker="nobody's")
    told = functions.invoke(FunctionName="echo", Qualifier="live", Payload=b"{}")
    assert told["ExecutedVersion"] == "1"
    functions.delete_alias(FunctionName="echo", Name="next")
    refused("ResourceNotFoundException", functions.delete_alias, FunctionName="none", Name="next")


def test_logs(aws):
    logs = aws.logs
    groups, count = pages(logs, "describe_log_groups", "logGroups", 1, logGroupNamePrefix="/")
    assert {"/known"} <= {group["logGroupName"] for group in groups} and count == len(groups)
    refused("InvalidParameterException", logs.describe_log_groups, limit=51)
    refused("InvalidParameterException", logs.describe_log_groups, nextToken="nobody's")
    streams, count = pages(logs, "describe_log_streams", "logStreams", 1, logGroupName="/known")
    assert [stream["logStreamName"] for stream in streams] == ["stream/a", "stream/b"] and count == 2
    refused("ResourceNotFoundException", logs.describe_log_streams, logGroupName="/none")
    refused("InvalidParameterException", logs.describe_log_streams, "regular expression", logGroupName="a b")
    read = dict(logGroupName="/known", logStreamName="stream/a", startFromHead=True)
    first = logs.get_log_events(**read, limit=2)
    rest = logs.get_log_events(**read, nextToken=first["nextForwardToken"])
    assert [event["message"] for event in first["events"] + rest["events"]][::2] == ["one", "three"]
    assert 1e12 < first["events"][0]["timestamp"] < 1e13
    refused("ResourceNotFoundException", logs.get_log_events, **{**read, "logStreamName": "none"})
    refused("InvalidParameterException", logs.get_log_events, **read, limit=10001)
    found, count = pages(logs, "filter_log_events", "events", 1, logGroupName="/known")
    assert len(found) == 6 and count >= 6
    found, _ = pages(logs, "filter_log_events", "events", 1, logGroupName="/known", filterPattern='{ $.level = "ERROR" }')
    assert [event["logStreamName"] for event in found] == ["stream/a", "stream/b"]
    refused("ResourceNotFoundException", logs.filter_log_events, logGroupName="/none")
    refused("InvalidParameterException", logs.filter_log_events, logGroupName="/known", filterPattern="{ $.level")
