//! The calls: create, get, list, update and delete schedules.

use std::sync::Arc;

use serde_json::{Value, json};

use super::schedule::{Schedule, check_group};
use super::timer::Begin;
use super::{Entry, Scheduler};
use crate::server::error::AwsError;

impl Scheduler {
    /// CreateSchedule, whose body lacks the name. Must run inside a tokio runtime.
    ///
    /// # Errors
    /// `ConflictException` for a name that is taken, `ValidationException`.
    pub fn create_schedule(self: &Arc<Self>, name: &str, body: &Value) -> Result<Value, AwsError> {
        let now = self.clock.now();
        let mut state = self.lock();
        if state.schedules.contains_key(name) {
            let message = format!("Schedule {name} already exists.");
            return Err(AwsError::new("ConflictException", message).with_status(409));
        }
        state.made += 1;
        let schedule = Arc::new(Schedule::read(name, body, state.made, now, now)?);
        let arn = schedule.arn();
        self.keep_schedule(&schedule);
        let timer = self.set(&schedule, Begin::New);
        state
            .schedules
            .insert(name.to_owned(), Entry { schedule, timer });
        Ok(json!({"ScheduleArn": arn}))
    }

    /// UpdateSchedule: what is not given has its default again, and a rate begins anew.
    ///
    /// # Errors
    /// `ResourceNotFoundException`, `ValidationException`.
    pub fn update_schedule(self: &Arc<Self>, name: &str, body: &Value) -> Result<Value, AwsError> {
        let now = self.clock.now();
        let mut state = self.lock();
        let created = match state.schedules.get(name) {
            Some(entry) => entry.schedule.created(),
            None => return Err(not_found(name)),
        };
        state.made += 1;
        let schedule = Arc::new(Schedule::read(name, body, state.made, created, now)?);
        let arn = schedule.arn();
        self.keep_schedule(&schedule);
        let timer = self.set(&schedule, Begin::New);
        let entry = Entry { schedule, timer };
        if let Some(before) = state.schedules.insert(name.to_owned(), entry) {
            before.stop();
        }
        Ok(json!({"ScheduleArn": arn}))
    }

    /// GetSchedule.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub fn get_schedule(&self, name: &str, group: Option<&str>) -> Result<Value, AwsError> {
        check_group(group)?;
        let state = self.lock();
        let entry = state.schedules.get(name);
        entry
            .map(|entry| entry.schedule.describe())
            .ok_or_else(|| not_found(name))
    }

    /// DeleteSchedule. What has fired already goes on.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub fn delete_schedule(&self, name: &str, group: Option<&str>) -> Result<Value, AwsError> {
        check_group(group)?;
        let mut state = self.lock();
        match state.schedules.remove(name) {
            Some(entry) => entry.stop(),
            None => return Err(not_found(name)),
        }
        self.forget_schedule(name);
        Ok(json!({}))
    }

    /// ListSchedules: by the beginning of the name and the state, all at once.
    ///
    /// # Errors
    /// `ResourceNotFoundException` for the group.
    pub fn list_schedules(
        &self,
        group: Option<&str>,
        prefix: Option<&str>,
        enabled: Option<bool>,
    ) -> Result<Value, AwsError> {
        check_group(group)?;
        let state = self.lock();
        let schedules: Vec<Value> = state
            .schedules
            .values()
            .map(|entry| &entry.schedule)
            .filter(|schedule| schedule.name.starts_with(prefix.unwrap_or_default()))
            .filter(|schedule| enabled.is_none_or(|enabled| schedule.enabled == enabled))
            .map(|schedule| schedule.summary())
            .collect();
        Ok(json!({"Schedules": schedules}))
    }
}

fn not_found(name: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("Schedule {name} does not exist."),
    )
    .with_status(404)
}
