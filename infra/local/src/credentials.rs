//! The container credentials endpoint: `/task-credentials/{task id}`.
//!
//! A task is given an address and a token (`AWS_CONTAINER_CREDENTIALS_FULL_URI`,
//! `AWS_CONTAINER_AUTHORIZATION_TOKEN`); its SDK fetches short-lived keys there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::{Clock, epoch_seconds};
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// The path under which the endpoint lives.
pub const PATH: &str = "/task-credentials";

/// Who may ask for which task's keys.
#[derive(Debug)]
pub struct TaskCredentials {
    clock: Clock,
    tokens: Mutex<HashMap<String, String>>,
}

impl TaskCredentials {
    /// Nobody yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            tokens: Mutex::default(),
        }
    }

    /// Lets a task ask for keys: (path at the place's endpoint, token for the
    /// `Authorization` header).
    #[must_use]
    pub fn issue(&self, task_id: &str) -> (String, String) {
        let token = Uuid::new_v4().simple().to_string();
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(task_id.to_owned(), token.clone());
        (format!("{PATH}/{task_id}"), token)
    }

    /// Ends a task's access, when it has stopped.
    pub fn revoke(&self, task_id: &str) {
        self.tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(task_id);
    }

    /// The keys, if the token is the task's.
    ///
    /// # Errors
    /// 404 for an unknown task, 403 for a wrong or missing token.
    pub fn answer(&self, task_id: &str, authorization: Option<&str>) -> Result<Value, AwsError> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = tokens.get(task_id) else {
            return Err(AwsError::new("NotFound", "No such task.").with_status(404));
        };
        if authorization != Some(token) {
            return Err(AwsError::new(
                "AccessDenied",
                "The authorization token is not this task's.",
            )
            .with_status(403));
        }
        let expiration = self.clock.now() + TimeDelta::hours(6);
        tracing::debug!(
            task_id,
            until = epoch_seconds(expiration),
            region = REGION,
            "keys handed to a task"
        );
        Ok(json!({
            "RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/jit-runners-task"),
            "AccessKeyId": format!("ASIA{}", &task_id.to_uppercase().chars().take(16).collect::<String>()),
            "SecretAccessKey": "local",
            "Token": "local",
            "Expiration": expiration.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }))
    }
}
