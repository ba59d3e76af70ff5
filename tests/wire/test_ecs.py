"""ECS over boto3's core."""

from conftest import pages, refused, until

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
CONTAINER = {"name": "c", "image": "shell", "entryPoint": ["/bin/sh", "-c"], "command": ["exec sleep 600"], "essential": True}
FARGATE = dict(requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512")


def test_clusters_and_definitions(aws):
    ecs = aws.ecs
    made = ecs.create_cluster(clusterName="wire", capacityProviders=["FARGATE", "FARGATE_SPOT"])["cluster"]
    assert made["status"] == "ACTIVE"
    refused("InvalidParameterException", ecs.create_cluster, clusterName="a b")
    told = ecs.describe_clusters(clusters=["wire", "none"])
    assert told["clusters"][0]["clusterArn"] == made["clusterArn"] and told["failures"][0]["reason"] == "MISSING"
    refused("InvalidParameterException", ecs.describe_clusters, clusters=["x"] * 101)
    for number in range(3):
        ecs.create_cluster(clusterName=f"paged-{number}")
    listed, count = pages(ecs, "list_clusters", "clusterArns", 2)
    assert len(listed) == 4 and count == 2
    refused("InvalidParameterException", ecs.list_clusters, nextToken="nobody's")
    refused("InvalidParameterException", ecs.list_clusters, maxResults=101)
    define = dict(family="wire", containerDefinitions=[CONTAINER], **FARGATE)
    arn = ecs.register_task_definition(**define)["taskDefinition"]["taskDefinitionArn"]
    assert arn.endswith(":task-definition/wire:1")
    refused("ClientException", ecs.register_task_definition, **{**define, "family": "a b"})
    refused("ClientException", ecs.register_task_definition, **{**define, "containerDefinitions": []})
    refused("ClientException", ecs.register_task_definition, **{**define, "cpu": "300"})
    told = ecs.describe_task_definition(taskDefinition="wire")
    assert told["taskDefinition"]["revision"] == 1
    refused("ClientException", ecs.describe_task_definition, taskDefinition="none")
    for _ in range(4):
        ecs.register_task_definition(**{**define, "family": "paged"})
    listed, count = pages(ecs, "list_task_definitions", "taskDefinitionArns", 2, familyPrefix="paged")
    assert [one.rsplit(":")[-1] for one in listed] == ["1", "2", "3", "4"] and count == 2
    refused("InvalidParameterException", ecs.list_task_definitions, nextToken="nobody's")


def test_tasks(aws):
    ecs = aws.ecs
    ecs.create_cluster(clusterName="tasks")
    ecs.register_task_definition(family="tasks", containerDefinitions=[CONTAINER], **FARGATE)
    run = dict(cluster="tasks", taskDefinition="tasks", launchType="FARGATE", networkConfiguration=NETWORK)
    refused("ClusterNotFoundException", ecs.run_task, **{**run, "cluster": "none"})
    refused("ClientException", ecs.run_task, **{**run, "taskDefinition": "none"})
    refused("InvalidParameterException", ecs.run_task, **{**run, "networkConfiguration": {}})
    refused("InvalidParameterException", ecs.run_task, **{**run, "count": 11})
    started = ecs.run_task(**run, count=3, startedBy="wire", clientToken="once", overrides={"cpu": "512", "memory": "1024"})
    assert len(started["tasks"]) == 3 and started["failures"] == []
    arns = sorted(task["taskArn"] for task in started["tasks"])
    again = ecs.run_task(**run, count=3, startedBy="wire", clientToken="once", overrides={"cpu": "512", "memory": "1024"})
    assert sorted(task["taskArn"] for task in again["tasks"]) == arns
    refused("ConflictException", ecs.run_task, **run, count=2, clientToken="once")
    until("all run", lambda: all(task["lastStatus"] == "RUNNING" for task in ecs.describe_tasks(cluster="tasks", tasks=arns)["tasks"]))
    told = ecs.describe_tasks(cluster="tasks", tasks=[arns[0], arns[0][:-1] + "x"])
    assert told["tasks"][0]["startedAt"] and told["failures"][0]["reason"] == "MISSING"
    refused("ClusterNotFoundException", ecs.describe_tasks, cluster="none", tasks=arns)
    refused("InvalidParameterException", ecs.describe_tasks, cluster="tasks", tasks=[])
    refused("InvalidParameterException", ecs.describe_tasks, cluster="tasks", tasks=arns * 40)
    listed, count = pages(ecs, "list_tasks", "taskArns", 2, cluster="tasks", startedBy="wire")
    assert sorted(listed) == arns and count == 2
    refused("ClusterNotFoundException", ecs.list_tasks, cluster="none")
    refused("InvalidParameterException", ecs.list_tasks, cluster="tasks", nextToken="nobody's")
    refused("InvalidParameterException", ecs.list_tasks, cluster="tasks", desiredStatus="LOST")
    for arn in arns:
        assert ecs.stop_task(cluster="tasks", task=arn, reason="enough")["task"]["desiredStatus"] == "STOPPED"
    refused("ClusterNotFoundException", ecs.stop_task, cluster="none", task=arns[0])
    refused("InvalidParameterException", ecs.stop_task, cluster="tasks", task="0" * 32)
    until("all are over", lambda: all(task["lastStatus"] == "STOPPED" for task in ecs.describe_tasks(cluster="tasks", tasks=arns)["tasks"]))
    over = ecs.describe_tasks(cluster="tasks", tasks=arns, include=["TAGS"])["tasks"][0]
    assert over["stopCode"] == "UserInitiated" and over["stoppedReason"] == "enough" and over["stoppedAt"] > over["createdAt"]
