//! The fleet's own side broken, one thing at a time.

use super::{Told, end, settings, stage, stage_with, told};
use jit_runners::fleet::{BUS, CLAIMS, CLUSTER, HANDOVER, RULE};
use jit_runners::stage::Stage;
use local::FunctionSettings;
use serde_json::{Value, json};

const APP_KEY: &str = "jit-runners/github-app-key";
const WEBHOOK_SECRET: &str = "jit-runners/github-webhook-secret";

/// Deploys a function again, with other variables; an empty value takes one away.
fn redeploy(stage: &Stage, handler: &str, before: &Value, change: &[(&str, &str)]) {
    let name = format!("jit-runners-{handler}");
    let mut settings = FunctionSettings::new(name, handler, support::binaries().join("bootstrap"));
    let variables = before["Environment"]["Variables"].as_object().unwrap();
    for (name, value) in variables {
        let value = value.as_str().unwrap().to_owned();
        settings.environment.insert(name.clone(), value);
    }
    for (name, value) in change {
        settings
            .environment
            .insert((*name).to_owned(), (*value).to_owned());
        if value.is_empty() {
            settings.environment.remove(*name);
        }
    }
    stage.place.create_function(settings).unwrap();
}

async fn configuration(stage: &Stage, handler: &str) -> Value {
    let path = format!("/2015-03-31/functions/jit-runners-{handler}/configuration");
    let url = format!("{}{path}", stage.place.endpoint());
    let answer = reqwest::Client::new().get(url).send().await.unwrap();
    answer.json().await.unwrap()
}

/// A stage whose functions `handlers` have other variables.
async fn with(handlers: &[&str], change: &[(&str, &str)]) -> (Stage, Told) {
    let stage = stage().await;
    for handler in handlers {
        let before = configuration(&stage, handler).await;
        redeploy(&stage, handler, &before, change);
    }
    let told = told(&stage).await;
    (stage, told)
}

/// A stage whose definition reads `to` in the place of `from`.
async fn with_definition(from: &str, to: &str) -> (Stage, Told) {
    let stage = stage().await;
    let machines = stage.place.step_functions();
    let arn = json!({"stateMachineArn": stage.fleet.state_machine});
    let machine = machines.call("DescribeStateMachine", arn.clone()).unwrap();
    let definition = machine["definition"].as_str().unwrap().replace(from, to);
    assert_ne!(definition, machine["definition"]);
    let mut input = arn;
    input["definition"] = definition.into();
    machines.call("UpdateStateMachine", input).unwrap();
    let told = told(&stage).await;
    (stage, told)
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named() {
    let name = "jit-runners/nobody-made-it";
    let all = ["mint", "verify-removal", "release", "reconcile"];
    let (stage, told) = with(&all, &[("GITHUB_APP_KEY_SECRET", name)]).await;
    told.assert_wrong("secrets.app-key", "no such secret");
    assert_eq!(told.with("wrong")[0]["resource"], name);
    assert!(told.ids("unknown").contains(&"github.app"));
    end(stage, &[&told.text]).await;

    let (stage, told) = with(&["mint", "webhook"], &[("GITHUB_WEBHOOK_SECRET", name)]).await;
    told.assert_wrong("secrets.webhook", "no such secret");
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn a_key_that_is_no_pem_is_said_without_being_shown() {
    let stage = stage().await;
    let value =
        "-----BEGIN RSA PRIVATE KEY-----\nTm9uc2Vuc2UhTm9uc2Vuc2Uh\n-----END RSA PRIVATE KEY-----";
    stage.place.put_secret(APP_KEY, value);
    let told = told(&stage).await;
    told.assert_wrong("secrets.app-key", "not a private RSA key in PEM");
    assert!(!told.text.contains("Tm9uc2Vuc2Uh"));
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn a_webhook_secret_that_is_empty_or_short_is_said() {
    let stage = stage().await;
    stage.place.put_secret(WEBHOOK_SECRET, " ");
    told(&stage).await.assert_wrong("secrets.webhook", "empty");
    stage.place.put_secret(WEBHOOK_SECRET, "hunter2");
    let told = told(&stage).await;
    told.assert_warning("secrets.webhook", "fewer than 16");
    assert!(!told.text.contains("hunter2"));
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn a_table_that_is_missing_is_named() {
    for (table, id) in [(CLAIMS, "tables.claims"), (HANDOVER, "tables.handover")] {
        let stage = stage().await;
        let input = json!({"TableName": table});
        stage.place.dynamodb().call("DeleteTable", input).unwrap();
        let told = told(&stage).await;
        told.assert_wrong(id, "no such table");
        assert_eq!(told.with("wrong")[0]["resource"], table);
        end(stage, &[&told.text]).await;
    }
}

#[tokio::test]
async fn a_table_with_another_key_is_said() {
    let stage = stage().await;
    let tables = stage.place.dynamodb();
    tables
        .call("DeleteTable", json!({"TableName": CLAIMS}))
        .unwrap();
    let other = json!({
        "TableName": CLAIMS, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    tables.call("CreateTable", other).unwrap();
    told(&stage)
        .await
        .assert_wrong("tables.claims", "its key is");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_rule_that_is_disabled_missing_or_blind_is_said() {
    let rule = json!({"Name": RULE, "EventBusName": BUS});
    let stage = stage().await;
    let events = stage.place.events();
    events.call("DisableRule", rule.clone()).unwrap();
    told(&stage).await.assert_wrong("events.rule", "DISABLED");
    events.call("EnableRule", rule.clone()).unwrap();

    let mut blind = rule.clone();
    blind["EventPattern"] = r#"{"source":["github.com"],"detail":{"action":["completed"]}}"#.into();
    events.call("PutRule", blind).unwrap();
    told(&stage)
        .await
        .assert_wrong("events.pattern", "does not match");

    let targets = json!({"Rule": RULE, "EventBusName": BUS});
    let all = events.call("ListTargetsByRule", targets.clone()).unwrap();
    let mut remove = targets;
    remove["Ids"] = json!([all["Targets"][0]["Id"]]);
    events.call("RemoveTargets", remove).unwrap();
    let bare = json!({
        "Name": RULE, "EventBusName": BUS,
        "EventPattern": r#"{"source":["github.com"],"detail-type":["workflow_job"]}"#,
    });
    events.call("PutRule", bare).unwrap();
    told(&stage)
        .await
        .assert_wrong("events.target", "no target");

    events.call("DeleteRule", rule).unwrap();
    told(&stage)
        .await
        .assert_wrong("events.rule", "no such rule");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_target_that_is_another_machine_is_said() {
    let stage = stage().await;
    let all = json!({"Rule": RULE, "EventBusName": BUS});
    let before = stage.place.events().call("ListTargetsByRule", all).unwrap();
    let other = stage.fleet.state_machine.replace(":jit-runners", ":other");
    let input = json!({
        "Rule": RULE, "EventBusName": BUS,
        "Targets": [{"Id": before["Targets"][0]["Id"], "Arn": other}],
    });
    stage.place.events().call("PutTargets", input).unwrap();
    told(&stage).await.assert_wrong("events.target", ":other");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_state_machine_that_is_missing_is_said() {
    let stage = stage().await;
    let input = json!({"stateMachineArn": stage.fleet.state_machine});
    let machines = stage.place.step_functions();
    machines.call("DeleteStateMachine", input).unwrap();
    let told = told(&stage).await;
    told.assert_wrong("state-machine.deployed", "no such state machine");
    assert!(told.ids("unknown").contains(&"tasks.definition"));
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_definition_that_means_other_parts_is_said() {
    let (stage, told) = with_definition("jit-runners-mint", "jit-runners-mnit").await;
    told.assert_wrong(
        "state-machine.functions",
        "jit-runners-mnit:1 does not exist",
    );
    end(stage, &[]).await;

    let (stage, told) = with_definition(CLAIMS, "other-claims").await;
    told.assert_wrong("state-machine.tables", "it keeps claims in other-claims");
    end(stage, &[]).await;

    let (stage, told) = with_definition(&format!("cluster/{CLUSTER}"), "cluster/other").await;
    told.assert_wrong("state-machine.tables", "the cluster other");
    end(stage, &[]).await;

    let (stage, told) =
        with_definition("task-definition/jit-runners:1", "task-definition/none:9").await;
    told.assert_wrong("tasks.definition", "no such task definition");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_cluster_that_is_missing_is_named() {
    let stage = stage().await;
    for handler in [
        "mint",
        "verify-removal",
        "webhook",
        "size",
        "escalate",
        "release",
        "reconcile",
    ] {
        let before = configuration(&stage, handler).await;
        redeploy(&stage, handler, &before, &[("CLUSTER", "other")]);
    }
    let told = told(&stage).await;
    let wrong = told.ids("wrong");
    assert_eq!(
        wrong,
        ["state-machine.tables", "tasks.cluster"],
        "{}",
        told.text
    );
    assert_eq!(told.with("wrong")[1]["resource"], "other");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_policy_that_cannot_be_used_is_said_with_its_key() {
    let (stage, told) = with(&["size"], &[("POLICY", "maximumm = 1")]).await;
    told.assert_wrong("functions.policy", "maximumm");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_variable_that_is_missing_or_differs_is_named() {
    for (change, observed) in [
        (("CLAIMS_TABLE", ""), "CLAIMS_TABLE is not set"),
        (
            ("RUNNER_SCOPE", "enterprise"),
            "RUNNER_SCOPE is \"enterprise\"",
        ),
        (
            ("GITHUB_INSTALLATION_ID", "7"),
            "GITHUB_INSTALLATION_ID differs",
        ),
    ] {
        let (stage, told) = with(&["verify-removal"], &[change]).await;
        told.assert_wrong("functions.settings", observed);
        assert_eq!(
            told.with("wrong")[0]["resource"],
            "jit-runners-verify-removal"
        );
        end(stage, &[]).await;
    }
}

#[tokio::test]
async fn an_app_that_is_another_is_said() {
    let all = ["mint", "verify-removal", "release", "reconcile"];
    let (stage, told) = with(&all, &[("GITHUB_APP_ID", "1")]).await;
    told.assert_wrong("github.app", "404");
    end(stage, &[]).await;

    let (stage, told) = with(&all, &[("GITHUB_INSTALLATION_ID", "1")]).await;
    told.assert_wrong("github.installation", "no such installation");
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_task_that_is_killed_too_early_is_said() {
    let stage = stage().await;
    let ecs = stage.place.ecs();
    let input = json!({"taskDefinition": "jit-runners:1"});
    let before = ecs.call("DescribeTaskDefinition", input).unwrap();
    let before = &before["taskDefinition"];
    let mut container = before["containerDefinitions"][0].clone();
    container["stopTimeout"] = 20.into();
    let next = json!({
        "family": "jit-runners", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": before["cpu"], "memory": before["memory"], "containerDefinitions": [container],
    });
    ecs.call("RegisterTaskDefinition", next).unwrap();
    let machines = stage.place.step_functions();
    let arn = json!({"stateMachineArn": stage.fleet.state_machine});
    let machine = machines.call("DescribeStateMachine", arn.clone()).unwrap();
    let definition = machine["definition"].as_str().unwrap();
    let mut input = arn;
    input["definition"] = definition
        .replace("/jit-runners:1", "/jit-runners:2")
        .into();
    machines.call("UpdateStateMachine", input).unwrap();
    told(&stage)
        .await
        .assert_wrong("tasks.stop-timeout", "stopTimeout 20 s");
    end(stage, &[]).await;
}

#[tokio::test]
async fn runners_at_repositories_need_another_permission_and_no_group() {
    let mut settings = settings();
    settings.scope = "repository";
    let stage = stage_with(settings).await;
    assert_eq!(told(&stage).await.code, 0);
    stage.github.set_permission("administration", None);
    let told = told(&stage).await;
    told.assert_wrong("github.permissions", "administration: write");
    let skipped = told.with("skipped");
    assert!(skipped.iter().any(|one| one["id"] == "github.runner-group"));
    end(stage, &[]).await;
}

#[tokio::test]
async fn a_key_in_kms_signs_for_doctor_too_and_must_be_there() {
    let mut settings = settings();
    settings.app_key_in_kms = true;
    let stage = stage_with(settings).await;
    let right = told(&stage).await;
    assert_eq!(right.code, 0, "{}", right.text);
    assert!(
        right.ids("ok").contains(&"secrets.app-key"),
        "{}",
        right.text
    );
    assert!(right.ids("ok").contains(&"github.app"), "{}", right.text);
    for handler in ["mint", "verify-removal", "release", "reconcile"] {
        let before = configuration(&stage, handler).await;
        redeploy(
            &stage,
            handler,
            &before,
            &[("GITHUB_APP_KEY_KMS", "alias/none")],
        );
    }
    let wrong = told(&stage).await;
    wrong.assert_wrong("secrets.app-key", "no such KMS key");
    end(stage, &[&right.text, &wrong.text]).await;
}
