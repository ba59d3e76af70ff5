//! Jobs that are served.

use super::{Who, commit, ended, owner, task};
use anyhow::{Context as _, Result, ensure};
use aws_emulator::{Deployed, FLEET, Report, TaskRole, until};
use github_emulator::{Conclusion, JobId};

/// The states of a job that nothing went wrong with.
const HAPPY: [&str; 11] = [
    "Size",
    "Sized",
    "Claim",
    "Claimed",
    "Mint",
    "Minted",
    "RunRunner",
    "VerifyRemoval",
    "Route",
    "Release",
    "Done",
];

pub(crate) async fn a_job_is_served(
    deployed: &Deployed,
    role: &TaskRole,
    report: &Report,
) -> Result<()> {
    let claims = deployed.claims().await?;
    let job = commit(deployed, "fargate/cpu=1/mem=2")?;
    let task = task(deployed, None).await?;
    let running = owner(deployed, job).await?;
    assert_eq!(running.states, HAPPY[..7]);
    runner_is_registered(deployed, running.runner_name.as_deref())?;
    assert_eq!(deployed.count(&deployed.names.handover_table()).await?, 1);
    the_task_has_the_jobs_size(deployed, &task).await?;
    report.line(format!(
        "job {job}: task {task} runs, runner {:?} is minted",
        running.runner_name
    ));

    let container = deployed.run_container(&task, &role.inside).await?;
    let code = container.ended().await?;
    report.line(format!(
        "job {job}: the packaged entrypoint ended with {code}"
    ));
    assert_eq!(code, 0);
    let execution = ended(deployed, job, Who::Owner).await?;
    assert_eq!(execution.status, "SUCCEEDED");
    assert_eq!(execution.outcome.as_deref(), Some("served"));
    assert_eq!(execution.states, HAPPY);
    nothing_hangs_on(deployed, job, claims).await
}

pub(crate) async fn a_duplicate_nudges_and_a_stopped_task_is_replaced(
    deployed: &Deployed,
    role: &TaskRole,
    report: &Report,
) -> Result<()> {
    let claims = deployed.claims().await?;
    let job = commit(deployed, "1")?;
    let first = task(deployed, None).await?;
    let first_runner = owner(deployed, job).await?.runner_name;

    let delivery = deployed
        .github
        .deliveries()
        .into_iter()
        .find(|delivery| delivery.job_id == Some(job))
        .context("GitHub has sent the job's event")?;
    ensure!(
        deployed.github.redeliver(delivery.id),
        "GitHub sends it once more"
    );
    let duplicate = ended(deployed, job, Who::Duplicate).await?;
    assert_eq!(duplicate.outcome.as_deref(), Some("duplicate"));
    assert_eq!(
        duplicate.states,
        ["Size", "Sized", "Claim", "Nudge", "Duplicate"]
    );

    // Nobody is this container: the task goes away before it has begun.
    let client = &deployed.clients.tasks;
    client
        .stop_task()
        .cluster(FLEET)
        .task(&first)
        .send()
        .await?;
    let second = task(deployed, Some(&first)).await?;
    let running = owner(deployed, job).await?;
    report.line(format!(
        "job {job}: runner {first_runner:?} replaced by {:?}",
        running.runner_name
    ));
    ensure!(
        running.runner_name != first_runner,
        "the second runner has a name of its own"
    );
    runner_is_registered(deployed, running.runner_name.as_deref())?;
    assert_eq!(deployed.count(&deployed.names.handover_table()).await?, 1);

    let container = deployed.run_container(&second, &role.inside).await?;
    assert_eq!(container.ended().await?, 0);
    let execution = ended(deployed, job, Who::Owner).await?;
    assert_eq!(execution.status, "SUCCEEDED");
    let looked_again = [
        "Release", "Claim", "Claimed", "Mint", "Minted", "Release", "Done",
    ];
    ensure!(
        execution.states.ends_with(&looked_again.map(str::to_owned)),
        "nudged, it looks at the job once more: {:?}",
        execution.states
    );
    nothing_hangs_on(deployed, job, claims).await
}

/// This runner and no other.
fn runner_is_registered(deployed: &Deployed, name: Option<&str>) -> Result<()> {
    let names: Vec<_> = deployed
        .github
        .runners()
        .into_iter()
        .map(|it| it.name)
        .collect();
    ensure!(
        names.iter().map(String::as_str).eq(name),
        "{names:?}, not {name:?}"
    );
    Ok(())
}

async fn the_task_has_the_jobs_size(deployed: &Deployed, task: &str) -> Result<()> {
    let client = &deployed.clients.tasks;
    let described = client
        .describe_tasks()
        .cluster(FLEET)
        .tasks(task)
        .send()
        .await?;
    let task = described.tasks().first().context("ECS knows the task")?;
    let overrides = task.overrides().context("the task has overrides")?;
    assert_eq!(overrides.cpu(), Some("1024"));
    assert_eq!(overrides.memory(), Some("2048"));
    assert_eq!(task.launch_type().map(|it| it.as_str()), Some("FARGATE"));
    let definition = task.task_definition_arn().unwrap_or_default();
    ensure!(
        definition.contains(&format!("{FLEET}-x86-64:")),
        "{definition}"
    );
    Ok(())
}

/// The job is done, and of its runner and claim nothing is left.
async fn nothing_hangs_on(deployed: &Deployed, job: JobId, claims: usize) -> Result<()> {
    until("the job is over", || async {
        let job = deployed.github.job(job).context("GitHub knows the job")?;
        Ok(job.conclusion)
    })
    .await
    .map(|conclusion| assert_eq!(conclusion, Conclusion::Success))?;
    runner_is_registered(deployed, None)?;
    assert_eq!(deployed.count(&deployed.names.handover_table()).await?, 0);
    assert_eq!(deployed.claims().await?, claims);
    ensure!(deployed.running_tasks().await?.is_empty(), "a task runs");
    Ok(())
}
