//! Activities: created and deleted by name, and their tasks, which wait in a
//! row until a worker asks for one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asl::Event;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::StepFunctions;
use super::names::{activity_arn, arn_of_activity, check, required};
use super::paging::{self, Order};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// How long a worker's question is kept open.
const POLL: Duration = Duration::from_secs(60);

/// All activities, by ARN.
#[derive(Default)]
pub(super) struct Activities(Mutex<BTreeMap<String, Activity>>);

struct Activity {
    name: String,
    created: DateTime<Utc>,
    /// Tokens and inputs, oldest first. Some may have ended by now.
    waiting: VecDeque<(String, String)>,
    /// Wakes the workers that ask.
    offered: Arc<Notify>,
}

impl Activity {
    fn new(name: String, created: DateTime<Utc>) -> Self {
        Self {
            name,
            created,
            waiting: VecDeque::new(),
            offered: Arc::default(),
        }
    }
}

/// What a worker that asks is answered.
enum Answer {
    Task {
        token: String,
        input: String,
    },
    /// Nothing yet: ask again when this tells of something.
    Wait(Arc<Notify>),
}

impl Activities {
    /// An activity that was kept.
    pub(super) fn restore(&self, arn: String, name: String, created: DateTime<Utc>) {
        self.lock().insert(arn, Activity::new(name, created));
    }

    /// Lines a task up for a worker; false when there is no such activity.
    pub(super) fn offer(&self, arn: &str, token: &str, input: &Value) -> bool {
        let mut activities = self.lock();
        let Some(activity) = activities.get_mut(arn) else {
            return false;
        };
        let offer = (token.to_owned(), input.to_string());
        activity.waiting.push_back(offer);
        activity.offered.notify_one();
        true
    }

    fn take(&self, arn: &str) -> Result<Answer, AwsError> {
        let mut activities = self.lock();
        let activity = activities.get_mut(arn).ok_or_else(|| unknown(arn))?;
        Ok(match activity.waiting.pop_front() {
            Some((token, input)) => {
                // Whoever waits beside this worker looks as well.
                if !activity.waiting.is_empty() {
                    activity.offered.notify_one();
                }
                Answer::Task { token, input }
            }
            None => Answer::Wait(Arc::clone(&activity.offered)),
        })
    }

    /// Entries are whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Activity>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepFunctions {
    /// Answers one call: those that wait for something, too.
    ///
    /// # Errors
    /// AWS's own, as [`StepFunctions::call`].
    pub async fn answer(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        match operation {
            "GetActivityTask" => self.get_activity_task(&input).await,
            other => self.call(other, input),
        }
    }

    pub(super) fn create_activity(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "name")?;
        check(name)?;
        let arn = arn_of_activity(name);
        let now = self.context.clock.now();
        let mut activities = self.context.activities.lock();
        // The same name again is the same activity.
        let activity = activities.entry(arn.clone()).or_insert_with(|| {
            self.keep_activity(&arn, name, now);
            Activity::new(name.to_owned(), now)
        });
        Ok(json!({"activityArn": arn, "creationDate": epoch_seconds(activity.created)}))
    }

    pub(super) fn describe_activity(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = activity_arn(input, "activityArn")?;
        let activities = self.context.activities.lock();
        let activity = activities.get(arn).ok_or_else(|| unknown(arn))?;
        Ok(json!({
            "activityArn": arn,
            "name": activity.name,
            "creationDate": epoch_seconds(activity.created),
        }))
    }

    pub(super) fn list_activities(&self, input: &Value) -> Result<Value, AwsError> {
        let activities = self.context.activities.lock();
        let all: Vec<_> = activities.iter().collect();
        let at = |position: usize| all.get(position);
        let (page, next) = paging::page(input, 100, Order::OldestFirst, all.len(), at)?;
        let items = page.into_iter().map(|(arn, activity)| {
            json!({
                "activityArn": arn,
                "name": activity.name,
                "creationDate": epoch_seconds(activity.created),
            })
        });
        Ok(paging::answer("activities", items.collect(), next))
    }

    pub(super) fn delete_activity(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = activity_arn(input, "activityArn")?;
        let mut activities = self.context.activities.lock();
        if let Some(activity) = activities.remove(arn) {
            self.forget_activity(arn);
            // Those who still ask hear that it is gone.
            activity.offered.notify_waiters();
        }
        Ok(json!({}))
    }

    /// The long poll: a task as soon as there is one, or nothing after a minute.
    async fn get_activity_task(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = activity_arn(input, "activityArn")?;
        let worker = input.get("workerName").and_then(Value::as_str);
        let over = tokio::time::sleep(POLL);
        tokio::pin!(over);
        loop {
            let offered = match self.context.activities.take(arn)? {
                Answer::Task { token, input } => {
                    if self.start_activity_task(&token, worker) {
                        return Ok(json!({"taskToken": token, "input": input}));
                    }
                    continue;
                }
                Answer::Wait(offered) => offered,
            };
            tokio::select! {
                () = offered.notified() => {}
                () = &mut over => return Ok(json!({})),
            }
        }
    }

    /// Tells the task's execution that a worker has it; false when nobody waits for it now.
    fn start_activity_task(&self, token: &str, worker: Option<&str>) -> bool {
        let Some((record, task)) = self.context.tokens.find(token) else {
            return false;
        };
        let worker = worker.map(str::to_owned);
        record.report(task, Event::ActivityStarted { task, worker })
    }
}

fn unknown(arn: &str) -> AwsError {
    let message = format!("Activity Does Not Exist: '{arn}'");
    AwsError::new("ActivityDoesNotExist", message)
}
