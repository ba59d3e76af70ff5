//! What happens when a schedule fires: its target gets its input, with retries, or its
//! dead-letter queue does.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Scheduler;
use super::schedule::Schedule;
use crate::derived;
use crate::retry::GivenUp;
use crate::targets::{Taken, error_code};
use crate::{ACCOUNT, REGION};

/// One time that a schedule fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The schedule's name.
    pub schedule: String,
    /// The time it was to fire at.
    pub scheduled: DateTime<Utc>,
    /// Attempts so far.
    pub attempts: u32,
    /// The execution's ARN or the call's request id, or the last error; nothing while
    /// there are attempts to come.
    pub result: Option<Result<String, String>>,
}

impl Scheduler {
    /// Calls the target, beside the timer: a target that cannot be reached delays no
    /// later time.
    pub(super) fn fire(self: &Arc<Self>, schedule: &Arc<Schedule>, at: DateTime<Utc>) {
        let number = {
            let mut state = self.lock();
            self.forget_old(&mut state);
            let number = state.invocations.next();
            let invocation = Invocation {
                schedule: schedule.name.clone(),
                scheduled: at,
                attempts: 0,
                result: None,
            };
            self.keep_pending(number, &invocation, schedule);
            state.invocations.push(invocation);
            number
        };
        // Nothing is spawned where the place ends.
        let _ = self.spawn(Arc::clone(self).invoke(number, Arc::clone(schedule), at, 0));
    }

    pub(super) async fn invoke(
        self: Arc<Self>,
        number: usize,
        schedule: Arc<Schedule>,
        at: DateTime<Utc>,
        before: u32,
    ) {
        let id = derived::id("schedule", &schedule.name, number as u64).to_string();
        let attempt = |attempt: u32| {
            // What the target took, and that it took it: both or neither.
            let _whole = self.shelf.whole();
            let input = input(&schedule, at, &id, attempt);
            let handed = self.targets.hand_over(&schedule.target_arn, &input);
            self.note(number, |invocation| {
                invocation.attempts = attempt;
                if let Ok(Taken::Execution(taken) | Taken::Call(taken)) = &handed {
                    invocation.result = Some(Ok(taken.clone()));
                }
            });
            handed.map(drop)
        };
        let run = schedule.retry.run(self.timer_speed, before, attempt);
        let Err(given_up) = run.await else { return };
        let _whole = self.shelf.whole();
        if let Some(queue) = &schedule.dead_letters {
            let body = input(&schedule, at, &id, given_up.retries + 1);
            let attributes = attributes(&schedule, at, &id, &given_up);
            self.targets.bury(queue, &body, &attributes);
        }
        let (name, error) = (&schedule.name, &given_up.error);
        tracing::warn!(schedule = name, %error, "a schedule's target could not be called");
        let result = Err(error.to_string());
        self.note(number, |invocation| invocation.result = Some(result));
    }

    fn note(&self, number: usize, change: impl FnOnce(&mut Invocation)) {
        if let Some(invocation) = self.lock().invocations.get_mut(number) {
            change(invocation);
            self.keep_invocation(number, invocation);
        }
    }
}

/// The schedule's own input with its placeholders filled in, or the Scheduler's event.
fn input(schedule: &Schedule, at: DateTime<Utc>, id: &str, attempt: u32) -> String {
    let time = time(at);
    let Some(given) = &schedule.input else {
        return json!({
            "version": "0",
            "id": id,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": time,
            "region": REGION,
            "resources": [schedule.arn()],
            "detail": "{}",
        })
        .to_string();
    };
    given
        .replace("<aws.scheduler.schedule-arn>", &schedule.arn())
        .replace("<aws.scheduler.scheduled-time>", &time)
        .replace("<aws.scheduler.execution-id>", id)
        .replace("<aws.scheduler.attempt-number>", &attempt.to_string())
}

/// What the Scheduler writes on a dead letter.
fn attributes(
    schedule: &Schedule,
    at: DateTime<Utc>,
    id: &str,
    given_up: &GivenUp,
) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::from([
        (
            "ERROR_CODE".to_owned(),
            error_code(&given_up.error).to_owned(),
        ),
        ("ERROR_MESSAGE".to_owned(), given_up.error.message.clone()),
        ("EXECUTION_ID".to_owned(), id.to_owned()),
        ("IS_PAYLOAD_TRUNCATED".to_owned(), "false".to_owned()),
        ("RETRY_ATTEMPTS".to_owned(), given_up.retries.to_string()),
        ("SCHEDULED_TIME".to_owned(), time(at)),
        ("SCHEDULE_ARN".to_owned(), schedule.arn()),
        ("TARGET_ARN".to_owned(), schedule.target_arn.clone()),
    ]);
    if let Some(condition) = given_up.exhausted {
        attributes.insert("EXHAUSTED_RETRY_CONDITION".to_owned(), condition.to_owned());
    }
    attributes
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
