//! DescribeTasks, ListTasks.

use serde_json::{Value, json};

use super::Ecs;
use super::input::{invalid, paging, text, texts};
use super::references::last_part;
use super::state::page;
use crate::server::error::AwsError;

impl Ecs {
    pub(super) fn describe_tasks(&self, input: &Value) -> Result<Value, AwsError> {
        let state = self.state();
        let cluster = state.cluster(input)?;
        let wanted = texts(input, "tasks")?;
        if wanted.is_empty() {
            return Err(invalid("Tasks cannot be empty."));
        }
        if wanted.len() > 100 {
            return Err(invalid("Tasks can have at most 100 items."));
        }
        let tags = texts(input, "include")?.contains(&"TAGS");
        let (mut tasks, mut failures) = (Vec::new(), Vec::new());
        for reference in wanted {
            let id = last_part(reference);
            match state
                .task(id)
                .filter(|task| task.cluster_arn == cluster.arn)
            {
                Some(task) => tasks.push(task.to_wire(tags)),
                None => failures.push(json!({
                    "arn": self.settings.arn(&format!("task/{}/{id}", cluster.name)),
                    "reason": "MISSING",
                })),
            }
        }
        Ok(json!({ "tasks": tasks, "failures": failures }))
    }

    pub(super) fn list_tasks(&self, input: &Value) -> Result<Value, AwsError> {
        let (limit, start) = paging(input)?;
        let desired = text(input, "desiredStatus")?.unwrap_or("RUNNING");
        if !["RUNNING", "PENDING", "STOPPED"].contains(&desired) {
            return Err(invalid(
                "desiredStatus must be RUNNING, PENDING or STOPPED.",
            ));
        }
        let family = text(input, "family")?;
        let started_by = text(input, "startedBy")?;
        let launch_type = text(input, "launchType")?;
        let state = self.state();
        let cluster = state.cluster(input)?;
        let arns = state
            .tasks
            .iter()
            .filter(|task| task.cluster_arn == cluster.arn)
            .filter(|task| task.desired_status == desired)
            .filter(|task| family.is_none_or(|family| task.family == family))
            .filter(|task| started_by.is_none_or(|by| task.started_by.as_deref() == Some(by)))
            .filter(|task| launch_type.is_none_or(|kind| task.launch_type() == kind))
            .map(|task| json!(task.arn))
            .collect();
        let (arns, next) = page(arns, start, limit);
        Ok(json!({ "taskArns": arns, "nextToken": next }))
    }
}
