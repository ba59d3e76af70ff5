//! What a world has before its first kill: tables, queues, machines, rules, a task.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::place::Client;

const STATES: &str = "arn:aws:states:us-east-1:123456789012";
/// The users of a world.
pub(crate) const USERS: usize = 4;

pub(crate) fn machine(name: &str) -> String {
    format!("{STATES}:stateMachine:{name}")
}

pub(crate) fn execution(machine: &str, name: &str) -> String {
    format!("{STATES}:execution:{machine}:{name}")
}

pub(crate) fn activity() -> String {
    format!("{STATES}:activity:work")
}

/// The address of a queue; its host is of no importance.
pub(crate) fn queue(name: &str) -> String {
    format!("http://place/123456789012/{name}")
}

/// Counts an item up, once.
fn count(key: &str, next: &str) -> Value {
    json!({
        "Type": "Task", "Next": next,
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Arguments": {
            "TableName": "counts",
            "Key": {"pk": {"S": key}},
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        },
    })
}

fn definition(start: &str, states: &Value) -> String {
    json!({"QueryLanguage": "JSONata", "StartAt": start, "States": states}).to_string()
}

/// Counts, waits for a worker where it is asked to, sends, sleeps, counts again.
fn steps() -> String {
    definition(
        "First",
        &json!({
            "First": count("{% $states.context.Execution.Name & '#first' %}", "Choose"),
            "Choose": {"Type": "Choice", "Default": "Send", "Choices": [
                {"Condition": "{% $states.context.Execution.Input.work %}", "Next": "Work"}]},
            "Work": {
                "Type": "Task", "Resource": activity(), "TimeoutSeconds": 3, "Next": "Send",
                "Arguments": {"name": "{% $states.context.Execution.Name %}"},
                "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 99}],
            },
            "Send": {
                "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Sleep",
                "Arguments": {"QueueUrl": queue("sent"), "MessageBody": "{% $states.context.Execution.Name %}"},
            },
            "Sleep": {"Type": "Wait", "Seconds": 1, "Next": "Last"},
            "Last": count("{% $states.context.Execution.Name & '#last' %}", "Done"),
            "Done": {"Type": "Succeed"},
        }),
    )
}

/// Counts once under the name that its input gives.
fn counts() -> String {
    definition(
        "Count",
        &json!({
            "Count": count("{% $states.context.Execution.Input.detail.name %}", "Done"),
            "Done": {"Type": "Succeed"},
        }),
    )
}

/// A condition that never holds.
fn fails() -> String {
    definition(
        "Fail",
        &json!({
            "Fail": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "End": true,
                "Arguments": {"TableName": "none", "Key": {"pk": {"S": "x"}}}},
        }),
    )
}

/// Runs the task and stays with it.
fn task() -> String {
    let mut run = run_task("{% $states.context.Execution.Name %}");
    let fields = run.as_object_mut().unwrap();
    let fields = fields.iter().map(|(name, value)| {
        let name = name[..1].to_uppercase() + &name[1..];
        (name, pascal(value))
    });
    let arguments: Value = Value::Object(fields.collect());
    definition(
        "Run",
        &json!({
            "Run": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
                "Arguments": arguments, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]},
            "Done": {"Type": "Succeed"},
        }),
    )
}

fn pascal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name[..1].to_uppercase() + &name[1..], pascal(value)))
                .collect(),
        ),
        Value::Array(all) => all.iter().map(pascal).collect(),
        other => other.clone(),
    }
}

/// RunTask's input: the task writes its name down.
pub(crate) fn run_task(name: &str) -> Value {
    json!({
        "cluster": "c", "taskDefinition": "writes", "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        "overrides": {"containerOverrides": [
            {"name": "main", "environment": [{"name": "NAME", "value": name}]}]},
    })
}

/// What a secret holds that was never written: it cannot be empty.
pub(crate) const NOTHING: &str = "-";

/// A schedule's body; what fires counts `name`.
pub(crate) fn schedule(expression: &str, state: &str, name: &str, about: &str) -> Value {
    json!({
        "FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": expression,
        "State": state, "Description": about,
        "Target": {
            "Arn": machine("counts"), "RoleArn": "arn:aws:iam::123456789012:role/r",
            "Input": json!({"detail": {"name": name}}).to_string(),
        },
    })
}

/// A definition that says `about`.
pub(crate) fn commented(about: &str) -> String {
    json!({"QueryLanguage": "JSONata", "Comment": about, "StartAt": "Done",
        "States": {"Done": {"Type": "Succeed"}}})
    .to_string()
}

/// Makes all of it. Tasks write into `out`.
pub(crate) async fn world(client: &Client, out: &Path) {
    let call = async |target: &str, input: Value| client.call(target, input).await.unwrap();
    for table in ["counts", "items"] {
        let input = json!({
            "TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        });
        call("DynamoDB_20120810.CreateTable", input).await;
    }
    for queue in ["sent", "letters"] {
        call("AmazonSQS.CreateQueue", json!({"QueueName": queue})).await;
    }
    call("AWSStepFunctions.CreateActivity", json!({"name": "work"})).await;
    let machines = [
        ("steps", steps()),
        ("counts", counts()),
        ("fails", fails()),
        ("task", task()),
    ];
    let own = (0..USERS).map(|user| (format!("own-{user}"), commented("")));
    for (name, definition) in machines
        .map(|(name, text)| (name.to_owned(), text))
        .into_iter()
        .chain(own)
    {
        let input = json!({"name": name, "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/r"});
        call("AWSStepFunctions.CreateStateMachine", input).await;
    }
    let pattern = json!({"source": ["users"]}).to_string();
    call(
        "AWSEvents.PutRule",
        json!({"Name": "counted", "EventPattern": pattern}),
    )
    .await;
    let targets = json!({"Rule": "counted", "Targets": [{"Id": "t", "Arn": machine("counts")}]});
    call("AWSEvents.PutTargets", targets).await;
    call(
        "AmazonEC2ContainerServiceV20141113.CreateCluster",
        json!({"clusterName": "c"}),
    )
    .await;
    let definition = json!({
        "family": "writes", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
        "cpu": "256", "memory": "512",
        "containerDefinitions": [{
            "name": "main", "image": "none",
            "entryPoint": ["/bin/sh", "-c", format!("echo x >> {}/$NAME", out.display())],
        }],
    });
    call(
        "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
        definition,
    )
    .await;
    for user in 0..USERS {
        call(
            "secretsmanager.CreateSecret",
            json!({"Name": format!("own-{user}"), "SecretString": NOTHING}),
        )
        .await;
        let rule = json!({"Name": format!("own-{user}"), "EventPattern": r#"{"source": ["nobody"]}"#, "Description": ""});
        call("AWSEvents.PutRule", rule).await;
        let body = schedule("rate(1 hour)", "DISABLED", "none", "");
        client
            .schedule(Method::POST, &format!("own-{user}"), &body)
            .await
            .unwrap();
    }
}
