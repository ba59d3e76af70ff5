//! DescribeTasks, ListTasks.

use serde_json::{Value, json};

use super::Ecs;
use super::input::{invalid, paging, text, texts};
use super::references::last_part;
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
        let launch_type = text(input, "launchType")?;
        if launch_type.is_some_and(|kind| !["EC2", "FARGATE", "EXTERNAL"].contains(&kind)) {
            return Err(invalid("launchType must be EC2, FARGATE or EXTERNAL."));
        }
        let family = text(input, "family")?;
        let started_by = text(input, "startedBy")?;
        let state = self.state();
        let cluster = state.cluster(input)?;
        if text(input, "serviceName")?.is_some() {
            let message = "Service not found.";
            return Err(AwsError::new("ServiceNotFoundException", message));
        }
        if text(input, "containerInstance")?.is_some() {
            return Err(invalid("Referenced container instance not found."));
        }
        let mut listed = state
            .tasks
            .from(start as u64)
            .filter(|(_, task)| task.cluster_arn == cluster.arn)
            .filter(|(_, task)| task.desired_status == desired)
            .filter(|(_, task)| family.is_none_or(|family| task.family == family))
            .filter(|(_, task)| started_by.is_none_or(|by| task.started_by.as_deref() == Some(by)))
            .filter(|(_, task)| launch_type.is_none_or(|kind| task.launch_type() == kind));
        let page = listed.by_ref().take(limit);
        let arns: Vec<Value> = page.map(|(_, task)| json!(task.arn)).collect();
        let mut answer = json!({ "taskArns": arns });
        if let Some((next, _)) = listed.next() {
            answer["nextToken"] = json!(next.to_string());
        }
        Ok(answer)
    }
}
