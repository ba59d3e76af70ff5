"""What the local place knows of AWS's service models: the inputs and errors of the
operations that it serves, taken from botocore without its texts.

    python model.py          compares the file with the installed botocore
    python model.py --write  writes it anew

The file is embedded in the place (infra/local/src/server/model), which checks every
request against it and serves no operation that is not in it.
"""

import json
import pathlib
import sys

import botocore
import botocore.session

FILE = pathlib.Path(__file__).parents[2] / "infra/local/src/server/model/model.json"

#: The operations by botocore's name of the service.
SERVED = {
    "dynamodb": """CreateTable DescribeTable DescribeContinuousBackups ListTables DeleteTable PutItem GetItem
        UpdateItem DeleteItem Query Scan""",
    "ecs": """CreateCluster DescribeClusters ListClusters RegisterTaskDefinition DescribeTaskDefinition
        ListTaskDefinitions RunTask StopTask DescribeTasks ListTasks""",
    "events": """PutEvents CreateEventBus ListEventBuses DescribeEventBus PutRule DescribeRule ListRules DeleteRule
        EnableRule DisableRule PutTargets RemoveTargets ListTargetsByRule TestEventPattern""",
    "kms": """CreateKey DescribeKey DisableKey EnableKey GetPublicKey GetParametersForImport ImportKeyMaterial Sign
        CreateAlias UpdateAlias DeleteAlias ListAliases""",
    "lambda": """Invoke GetFunction GetFunctionConfiguration GetFunctionUrlConfig ListFunctions PublishVersion
        ListVersionsByFunction CreateAlias ListAliases GetAlias UpdateAlias DeleteAlias""",
    "logs": "DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents",
    "scheduler": "CreateSchedule GetSchedule UpdateSchedule DeleteSchedule ListSchedules",
    "secretsmanager": "CreateSecret PutSecretValue GetSecretValue DescribeSecret ListSecrets",
    "sqs": """CreateQueue GetQueueUrl GetQueueAttributes ListQueues PurgeQueue DeleteQueue SendMessage ReceiveMessage
        DeleteMessage ChangeMessageVisibility""",
    "stepfunctions": """CreateStateMachine DescribeStateMachine DescribeStateMachineForExecution ListStateMachines
        UpdateStateMachine DeleteStateMachine ValidateStateMachineDefinition PublishStateMachineVersion
        ListStateMachineVersions DeleteStateMachineVersion CreateStateMachineAlias UpdateStateMachineAlias
        DescribeStateMachineAlias DeleteStateMachineAlias ListStateMachineAliases StartExecution StopExecution
        DescribeExecution ListExecutions GetExecutionHistory RedriveExecution CreateActivity DescribeActivity
        ListActivities DeleteActivity GetActivityTask SendTaskSuccess SendTaskFailure SendTaskHeartbeat""",
    "sts": "GetCallerIdentity",
}

KEPT = ("type", "min", "max", "pattern", "enum", "sensitive", "required", "payload", "box")


def shape(given):
    """A shape without its texts; members are the names of their shapes."""
    kept = {key: given[key] for key in KEPT if key in given and given[key] != []}
    kept.pop("box", None)
    if "members" in given and given["type"] == "structure":
        kept["members"] = {name: member["shape"] for name, member in given["members"].items()}
        places = {
            name: [member["location"], member.get("locationName", name)]
            for name, member in given["members"].items()
            if "location" in member
        }
        if places:
            kept["locations"] = places
    for part in ("member", "key", "value"):
        if part in given:
            kept[part] = given[part]["shape"]
    return kept


def service(loader, name):
    """One service: the operations that are served and the shapes of their inputs."""
    model = loader.load_service_model(name, "service-2")
    operations, wanted = {}, []
    for operation in SERVED[name].split():
        given = model["operations"][operation]
        operations[operation] = {"errors": sorted(error["shape"] for error in given.get("errors", []))}
        if "input" in given:
            operations[operation]["input"] = given["input"]["shape"]
            wanted.append(given["input"]["shape"])
        if model["metadata"]["protocol"].startswith("rest"):
            operations[operation]["http"] = [given["http"]["method"], given["http"]["requestUri"]]
    shapes = {}
    while wanted:
        one = wanted.pop()
        if one not in shapes:
            shapes[one] = shape(model["shapes"][one])
            wanted += shapes[one].get("members", {}).values()
            wanted += [shapes[one][part] for part in ("member", "key", "value") if part in shapes[one]]
    about = {"prefix": model["metadata"].get("targetPrefix", ""), "operations": operations}
    return about, dict(sorted(shapes.items()))


def text():
    """The file, one shape a line."""
    loader = botocore.session.get_session().get_component("data_loader")
    parts = []
    for name in sorted(SERVED):
        about, shapes = service(loader, name)
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in shapes.items())
        operations = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in about["operations"].items())
        parts.append(
            f'{json.dumps(name)}: {{"prefix": {json.dumps(about["prefix"])}, "operations": {{\n{operations}\n }}, "shapes": {{\n{lines}\n }}}}'
        )
    return f'{{"botocore": "{botocore.__version__}",\n"services": {{\n' + ",\n".join(parts) + "\n}}\n"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        FILE.write_text(text())
    elif FILE.read_text() != text():
        sys.exit(f"{FILE.name} is not what botocore {botocore.__version__} says: run python tests/wire/model.py --write")
