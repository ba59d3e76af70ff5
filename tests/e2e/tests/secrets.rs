//! No secret occurs where it must not: a whole run is searched for all of them.

use github_emulator::SecretKind;
use secrecy::ExposeSecret as _;
use serde_json::json;
use support::{World, workflows};

/// Everything that people or programs can read after a run, each with a name.
async fn everything_readable(world: &World) -> Vec<(String, String)> {
    let stage = &world.stage;
    let mut texts = Vec::new();
    for execution in world.executions().await {
        let call = |operation: &str| {
            stage
                .place
                .step_functions()
                .call(
                    operation,
                    json!({"executionArn": execution.arn, "maxResults": 1000, "includeExecutionData": true}),
                )
                .expect("the place answers")
                .to_string()
        };
        texts.push((
            format!("history of {}", execution.arn),
            call("GetExecutionHistory"),
        ));
        let described = stage
            .place
            .step_functions()
            .call("DescribeExecution", json!({"executionArn": execution.arn}))
            .expect("the place answers");
        texts.push((
            format!("execution {}", execution.arn),
            described.to_string(),
        ));
    }
    for task in world.tasks() {
        texts.push((format!("task {}", task["taskArn"]), task.to_string()));
    }
    for (group, stream) in stage.place.logs().streams() {
        let lines: Vec<String> = stage
            .place
            .logs()
            .lines(&group, &stream)
            .into_iter()
            .map(|(_, line)| line)
            .collect();
        texts.push((format!("log {group} {stream}"), lines.join("\n")));
    }
    for delivery in stage.github.deliveries() {
        texts.push((format!("delivery {}", delivery.id), format!("{delivery:?}")));
    }
    for job in stage.github.jobs() {
        texts.push((
            format!("log of {}", job.name),
            stage.github.job_log(job.id).unwrap_or_default(),
        ));
    }
    for table in [jit_runners::fleet::CLAIMS, jit_runners::fleet::HANDOVER] {
        texts.push((
            format!("table {table}"),
            format!("{:?}", world.items(table)),
        ));
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_readable_after_a_whole_run() {
    let world = World::start().await;
    // The steps print their whole environment: a job sees no secret of ours either.
    world.commit(&workflows::jobs(&["1", "2", "large"], "env"));
    world.all_jobs_are_over().await;

    let mut secrets: Vec<(String, String)> = world
        .stage
        .github
        .issued_secrets()
        .iter()
        .map(|secret| {
            (
                format!("{:?}", secret.kind),
                secret.value.expose_secret().to_owned(),
            )
        })
        .collect();
    let jit_configs = secrets
        .iter()
        .filter(|(kind, _)| *kind == format!("{:?}", SecretKind::JitConfig));
    assert_eq!(jit_configs.count(), 3, "the run minted three runners");
    secrets.push((
        "webhook secret".to_owned(),
        world.stage.webhook_secret.expose_secret().to_owned(),
    ));
    // A PEM is looked for by its lines, since line breaks can be lost on the way.
    for line in world.stage.github.app_private_key_pem().lines() {
        if !line.starts_with('-') && line.len() > 20 {
            secrets.push(("line of the App key".to_owned(), line.to_owned()));
        }
    }
    assert!(secrets.len() > 10);

    let texts = everything_readable(&world).await;
    assert!(texts.len() > 10, "the search looked somewhere");
    for (place, text) in &texts {
        for (kind, secret) in &secrets {
            assert!(!secret.is_empty());
            assert!(!text.contains(secret.as_str()), "{kind} is in {place}");
        }
    }
    // The search finds what is there: the run's own runner is in a history.
    let runner = world.evidence().await[0].runner_name.clone().unwrap();
    assert!(texts.iter().any(|(_, text)| text.contains(&runner)));
    world.nothing_is_left().await;
}
