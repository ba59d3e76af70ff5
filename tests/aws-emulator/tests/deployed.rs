//! From `cdk bootstrap` to `cdk destroy`, with jobs in between.

mod story;

use anyhow::Result;
use aws_emulator::{Deployed, FLEET, Report, Tools, changes};
use std::collections::BTreeMap;

/// What the stack is at least made of.
const PARTS: &[(&str, usize)] = &[
    ("AWS::DynamoDB::Table", 2),
    ("AWS::Events::EventBus", 1),
    ("AWS::Events::Rule", 3),
    ("AWS::Lambda::Function", 6),
    ("AWS::Lambda::Version", 6),
    ("AWS::Lambda::Alias", 6),
    ("AWS::Lambda::Url", 1),
    ("AWS::SQS::Queue", 1),
    ("AWS::StepFunctions::StateMachine", 1),
    ("AWS::ECS::Cluster", 1),
    ("AWS::ECS::TaskDefinition", 1),
    ("AWS::ECR::Repository", 1),
    ("AWS::CodeBuild::Project", 1),
    ("AWS::CloudWatch::Alarm", 10),
    ("AWS::CloudWatch::Dashboard", 1),
    ("AWS::SNS::Topic", 1),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_stack_is_deployed_serves_jobs_and_is_gone_after_destroy() {
    let Some(tools) = Tools::or_skip() else {
        return;
    };
    let report = Report::begin();
    let deployed = Deployed::start(&tools).await.unwrap();
    let told = stories(&deployed, &report).await;
    tell_executions(&deployed, &report).await.unwrap();
    if told.is_err() {
        eprintln!("{}", deployed.log());
    }
    told.unwrap();

    let left = deployed.destroy().await.unwrap();
    assert_eq!(left, [""; 0], "left after cdk destroy");
    report.line("cdk destroy: nothing is left");
    deployed.shutdown().await.unwrap();
}

async fn stories(deployed: &Deployed, report: &Report) -> Result<()> {
    tell_resources(deployed, report);
    the_changes_are_those_that_are_written_down(deployed, report);
    story::a_forged_delivery_starts_nothing(deployed).await?;
    story::a_job_beyond_fargate_fails_visibly(deployed).await?;
    let role = deployed.task_role().await?;
    story::a_job_in_reach_of_its_role_can_do_nothing_with_it(deployed, &role, report).await?;
    story::a_job_is_served(deployed, &role, report).await?;
    story::a_duplicate_nudges_and_a_stopped_task_is_replaced(deployed, &role, report).await?;
    story::smoke_passes_with_a_synthetic_event(deployed, report).await?;
    story::doctor_finds_what_is_amiss_and_nothing_else(deployed, report).await?;
    story::no_secret_is_in_history_or_logs(deployed).await?;
    role.remove().await
}

fn tell_resources(deployed: &Deployed, report: &Report) {
    let mut types = BTreeMap::new();
    report.line(format!(
        "stack {FLEET}: {} resources",
        deployed.resources.len()
    ));
    for resource in &deployed.resources {
        report.line(format!(
            "  {:<64} {:<40} {}",
            resource.logical_id, resource.r#type, resource.physical_id
        ));
        *types.entry(resource.r#type.as_str()).or_insert(0) += 1;
    }
    for (part, count) in PARTS {
        assert!(types.get(part) >= Some(count), "{part} in {types:?}");
    }
}

fn the_changes_are_those_that_are_written_down(deployed: &Deployed, report: &Report) {
    report.line("changed for the emulator, and nothing else:");
    for change in &deployed.changes {
        report.line(format!(
            "  {} ({}): {}, since {}",
            change.resource, change.r#type, change.change, change.why
        ));
    }
    let mut made: Vec<_> = deployed
        .changes
        .iter()
        .map(|change| (change.resource.as_str(), change.change.as_str()))
        .collect();
    let mut expected = changes::EXPECTED.to_vec();
    made.sort_unstable();
    expected.sort_unstable();
    assert_eq!(made, expected, "changes of the template");
}

async fn tell_executions(deployed: &Deployed, report: &Report) -> Result<()> {
    for execution in deployed.executions().await? {
        report.line(format!(
            "execution of job {}: {} {}",
            execution.job_id,
            execution.status,
            execution.outcome.or(execution.error).unwrap_or_default()
        ));
        report.line(format!("  {}", execution.states.join(" → ")));
    }
    Ok(())
}
