//! A workflow run as the API shows it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::webhooks::payload::time;
use crate::webhooks::repository;
use crate::world::{Run, World};

/// One id is enough: the emulator keeps no workflows apart.
const WORKFLOW: u64 = 1;

/// The run with its repository; nothing where that is unknown.
pub(super) fn shown(world: &World, run: &Run) -> Option<Value> {
    let id = run.id;
    let in_repository = world.repository(&run.repository)?;
    let (status, conclusion) = world.run_standing(run);
    let full = format!("{}/{}", world.settings.organization, run.repository);
    let api = format!("{}/repos/{full}", world.base_url);
    let url = format!("{api}/actions/runs/{id}");
    let listed = repository::listed(world, in_repository);
    let actor = repository::account(world, "User");
    Some(json!({
        "id": id, "name": run.workflow.name, "display_title": run.workflow.name,
        "node_id": format!("WFR_kwLO{id}"), "head_branch": run.branch, "head_sha": run.head_sha,
        "path": run.workflow.path, "run_number": run.number, "run_attempt": run.attempt,
        "event": "push", "status": status, "conclusion": conclusion, "workflow_id": WORKFLOW,
        "url": url, "html_url": format!("{}/{full}/actions/runs/{id}", world.base_url),
        "created_at": time(run.created_at), "updated_at": time(updated_at(world, run)),
        "run_started_at": time(run.created_at), "jobs_url": format!("{url}/jobs"),
        "logs_url": format!("{url}/logs"), "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"), "artifacts_url": format!("{url}/artifacts"),
        "check_suite_url": format!("{api}/check-suites/{id}"), "check_suite_id": id,
        "check_suite_node_id": format!("CS_kwDO{id}"),
        "workflow_url": format!("{api}/actions/workflows/{WORKFLOW}"),
        "previous_attempt_url": previous(run, &url), "pull_requests": [],
        "referenced_workflows": [], "actor": actor, "triggering_actor": actor,
        "head_commit": head_commit(run), "repository": listed, "head_repository": listed,
    }))
}

fn previous(run: &Run, url: &str) -> Option<String> {
    (run.attempt > 1).then(|| format!("{url}/attempts/{}", run.attempt - 1))
}

/// When a job of it changed last.
fn updated_at(world: &World, run: &Run) -> DateTime<Utc> {
    let jobs = world.jobs.values().filter(|job| job.facts.run_id == run.id);
    let changes = jobs.filter_map(|job| job.facts.transitions.last());
    let last = changes.map(|change| change.at).max();
    last.unwrap_or(run.created_at)
}

fn head_commit(run: &Run) -> Value {
    let person = json!({"name": "Pusher", "email": "pusher@example.com"});
    json!({
        "id": run.head_sha, "tree_id": run.head_sha, "message": format!("Add {}", run.workflow.path),
        "timestamp": time(run.created_at), "author": person, "committer": person,
    })
}
