//! Dead letters: events that no target took go on the bus once more, and are
//! deleted once it has them.
//!
//! An event that comes back each time carries `replays`, and waits longer each
//! time. What cannot be read stays for a person, and so does what came back too
//! often: the alarm on the queue says so.

use aws::dead_letters::{DeadLetter, DeadLetters};
use domain::event::{DETAIL_TYPE, SOURCE};
use domain::reconcile::ReconcileStep;
use serde::Deserialize;
use serde_json::Value;

use crate::log::Repair;
use crate::pause;
use crate::period::Period;
use crate::stop::Stop;

/// Batches of ten that one period takes.
const BATCHES: usize = 10;

/// The event as the rule matched it.
#[derive(Debug, Deserialize)]
struct Envelope {
    source: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Value,
}

/// An event that may go on the bus again.
#[derive(Debug, PartialEq, Eq)]
struct Replay {
    /// How often it did.
    replays: u64,
    /// The detail to put.
    detail: String,
    job: Option<u64>,
}

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    let Some(queue) = period.state.dead_letters() else {
        return Ok(());
    };
    for _ in 0..BATCHES {
        period.time()?;
        let letters = queue.receive().await?;
        if letters.is_empty() {
            break;
        }
        for letter in &letters {
            let done = one(period, queue, letter).await;
            period.go_on(ReconcileStep::DeadLetters, &letter.id, done)?;
        }
    }
    Ok(())
}

async fn one(
    period: &mut Period<'_>,
    queue: &DeadLetters,
    letter: &DeadLetter,
) -> Result<(), Stop> {
    let Some(replay) = read(&letter.body) else {
        tracing::warn!(message_id = letter.id, "a dead letter is no event of ours");
        period.done.left += 1;
        return Ok(());
    };
    if replay.replays >= pause::TRIES {
        tracing::warn!(
            message_id = letter.id,
            job_id = replay.job,
            "a dead letter came back too often"
        );
        period.done.left += 1;
        return Ok(());
    }
    let base = period.state.limits().pause;
    if !pause::is_over(base, replay.replays, letter.sent_at, period.now()) {
        return Ok(());
    }
    let events = period.state.events();
    events.put(SOURCE, DETAIL_TYPE, replay.detail).await?;
    queue.delete(letter).await?;
    period.done.replayed += 1;
    Repair {
        kind: "replayed",
        subject: &letter.id,
        job_id: replay.job,
        ..Repair::default()
    }
    .log();
    Ok(())
}

/// The event to put; none where the message is something else.
fn read(body: &str) -> Option<Replay> {
    let Envelope {
        source,
        detail_type,
        mut detail,
    } = serde_json::from_str(body).ok()?;
    if source != SOURCE || detail_type != DETAIL_TYPE {
        return None;
    }
    let replays = detail["replays"].as_u64().unwrap_or(0);
    detail
        .as_object_mut()?
        .insert("replays".to_owned(), Value::from(replays.saturating_add(1)));
    Some(Replay {
        replays,
        job: detail["workflow_job"]["id"].as_u64(),
        detail: detail.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn letter(detail: &Value) -> String {
        json!({"version": "0", "id": "e", "source": "github.com", "detail-type": "workflow_job",
            "account": "123456789012", "detail": detail})
        .to_string()
    }

    #[test]
    fn an_event_counts_its_replays() {
        let detail = json!({"action": "queued", "workflow_job": {"id": 7}});
        let first = read(&letter(&detail)).unwrap();
        assert_eq!((first.replays, first.job), (0, Some(7)));
        let again: Value = serde_json::from_str(&first.detail).unwrap();
        assert_eq!(again["replays"], 1);
        assert_eq!(again["action"], "queued");
        assert_eq!(read(&letter(&again)).unwrap().replays, 1);
    }

    #[test]
    fn what_is_no_event_of_ours_stays() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"source":"aws.ecs","detail-type":"workflow_job","detail":{}}"#,
            r#"{"source":"github.com","detail-type":"push","detail":{}}"#,
            r#"{"source":"github.com","detail-type":"workflow_job","detail":[]}"#,
        ] {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
