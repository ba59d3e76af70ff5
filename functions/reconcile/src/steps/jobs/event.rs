//! The event of a queued job as the webhook would have put it on the bus, from
//! what the API says. Its delivery id tells where it comes from.

use domain::event::{Trimmed, trim};
use github::{OpenJob, OpenRun};
use serde_json::{Value, json};

/// The event; none where GitHub's answer lacks what an event needs.
pub(super) fn of(run: &OpenRun, job: &OpenJob, now: i64) -> Option<Trimmed> {
    let repository = &run.repository;
    let owner = &repository["owner"];
    let organization = match owner["type"].as_str() {
        Some("Organization") => json!({"login": owner["login"]}),
        _ => Value::Null,
    };
    let payload = json!({
        "action": "queued",
        "workflow_job": job.whole,
        "repository": repository,
        "organization": organization,
    });
    let delivery = format!("reconcile-{}-{}-{now}", job.id, job.run_attempt);
    let event = trim(&payload, &delivery);
    if let Err(error) = &event {
        tracing::warn!(job_id = job.id.0, %error, "GitHub's answer makes no event");
    }
    event.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::ids::{JobId, RunId};

    fn run() -> OpenRun {
        OpenRun {
            id: RunId(3),
            repository: json!({"id": 9, "name": "r", "full_name": "acme/r", "private": true,
                "owner": {"login": "acme", "type": "Organization", "id": 1}, "html_url": "x"}),
        }
    }

    fn job() -> OpenJob {
        OpenJob {
            id: JobId(7),
            run_attempt: 2,
            status: "queued".into(),
            labels: vec!["self-hosted".into()],
            created_at: DateTime::from_timestamp(0, 0),
            whole: json!({"id": 7, "run_id": 3, "run_attempt": 2, "status": "queued",
                "labels": ["self-hosted"], "created_at": "1970-01-01T00:00:00Z", "name": "build",
                "steps": [], "runner_id": null}),
        }
    }

    #[test]
    fn it_has_the_shape_of_a_delivery() {
        let event = of(&run(), &job(), 42).unwrap();
        let mut delivered = json!({"action": "queued", "workflow_job": job().whole,
            "repository": run().repository, "organization": {"login": "acme"},
            "sender": {"login": "octocat"}});
        let mut delivered = trim(&delivered.take(), "reconcile-7-2-42").unwrap();
        // Nobody caused it.
        delivered.sender = None;
        assert_eq!(event, delivered);
    }

    #[test]
    fn a_user_s_repository_has_no_organisation() {
        let mut run = run();
        run.repository["owner"]["type"] = "User".into();
        assert_eq!(of(&run, &job(), 1).unwrap().organization, None);
    }

    #[test]
    fn an_answer_without_a_repository_makes_no_event() {
        let mut run = run();
        run.repository = Value::Null;
        assert_eq!(of(&run, &job(), 1), None);
    }
}
