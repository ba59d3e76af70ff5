//! The bodies of `workflow_job` and `ping`, and a job as the API shows it: the
//! two have almost the same shape.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::repository;
use crate::ids::JobId;
use crate::world::World;

/// Times as GitHub writes them, in whole seconds.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The body of a `workflow_job` event and the id of its repository.
pub(crate) fn workflow_job(
    world: &World,
    id: JobId,
    action: &str,
    now: DateTime<Utc>,
) -> Option<(Value, u64)> {
    let mut job = job(world, id)?;
    let record = world.jobs.get(&id)?;
    let repository = world.repository(&record.facts.repository)?;
    if record.facts.steps.is_empty() && record.facts.started_at.is_some() {
        job["steps"] = json!([{
            "name": "Set up job", "status": "in_progress", "conclusion": null, "number": 1,
            "started_at": time(now), "completed_at": null,
        }]);
    }
    let installation = world.settings.app.installation_id;
    let payload = json!({
        "action": action,
        "workflow_job": job,
        "repository": repository::of_an_event(world, repository),
        "organization": repository::organization(world),
        "sender": repository::account(world, "User"),
        "installation": {"id": installation, "node_id": format!("MDIzOkludGVncmF0aW9u{installation}")},
    });
    Some((payload, repository.id))
}

/// A job as `GET /repos/{owner}/{repo}/actions/jobs/{id}` shows it.
pub(crate) fn job(world: &World, id: JobId) -> Option<Value> {
    let record = world.jobs.get(&id)?;
    let job = &record.facts;
    let run = world.runs.get(&job.run_id)?;
    let name = format!("{}/{}", world.settings.organization, job.repository);
    let api = format!("{}/repos/{name}", world.base_url);
    let runner = job.runner.as_ref();
    let steps: Vec<Value> = job
        .steps
        .iter()
        .map(|step| {
            json!({
                "name": step.name, "status": step.status, "conclusion": step.conclusion,
                "number": step.number, "started_at": time(step.started_at),
                "completed_at": step.completed_at.map(time),
            })
        })
        .collect();
    Some(json!({
        "id": job.id, "run_id": job.run_id, "workflow_name": job.workflow_name,
        "head_branch": run.branch, "run_url": format!("{api}/actions/runs/{}", job.run_id),
        "run_attempt": job.run_attempt, "node_id": format!("CR_kwDO{}", job.id),
        "head_sha": run.head_sha, "url": format!("{api}/actions/jobs/{id}"),
        "html_url": format!("{}/{name}/actions/runs/{}/job/{id}", world.base_url, job.run_id),
        "status": job.status, "conclusion": job.conclusion, "created_at": time(job.created_at),
        "started_at": time(job.started_at.unwrap_or(job.created_at)),
        "completed_at": job.completed_at.map(time), "name": job.name, "steps": steps,
        "check_run_url": format!("{api}/check-runs/{id}"), "labels": job.labels,
        "runner_id": runner.map(|by| by.id), "runner_name": runner.map(|by| &by.name),
        "runner_group_id": runner.map(|by| by.group_id),
        "runner_group_name": runner.map(|by| &by.group_name),
    }))
}

/// The same for the organisation's webhook, which belongs to no installation.
pub(crate) fn of_the_organization(payload: &Value) -> Value {
    let mut payload = payload.clone();
    if let Value::Object(fields) = &mut payload {
        fields.remove("installation");
    }
    payload
}

/// The body of a `ping` of the App's webhook.
pub(crate) fn ping(world: &World) -> Value {
    let (app, record) = (&world.settings.app, &world.app_record);
    let url = world.webhook.as_ref().map(|webhook| &webhook.url);
    json!({
        "zen": "Anything added dilutes everything else.",
        "hook_id": super::HOOK_ID,
        "hook": {
            "type": "App", "id": super::HOOK_ID, "name": "web", "active": world.hook_active,
            "events": app.events, "app_id": app.id,
            "config": {
                "content_type": world.hook_content_type,
                "insecure_ssl": if world.hook_insecure_ssl { "1" } else { "0" },
                "secret": "********", "url": url,
            },
            "created_at": time(record.created_at), "updated_at": time(record.updated_at),
            "deliveries_url": format!("{}/app/hook/deliveries", world.base_url),
        },
    })
}
