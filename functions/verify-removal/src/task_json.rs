//! A task as `ecs:runTask.sync` gives it: PascalCase JSON, as the state's result
//! or as the cause of `States.TaskFailed`.

use chrono::{DateTime, Utc};
use domain::steps::Usage;
use serde::Deserialize;
use serde_json::Value;

use crate::end::{CONTAINER, TaskEnd};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    task_arn: String,
    #[serde(default)]
    stop_code: Option<String>,
    #[serde(default)]
    stopped_reason: Option<String>,
    #[serde(default)]
    stopped_at: Value,
    #[serde(default)]
    capacity_provider_name: Option<String>,
    #[serde(default)]
    launch_type: Option<String>,
    #[serde(default)]
    cpu: Value,
    #[serde(default)]
    memory: Value,
    #[serde(default)]
    ephemeral_storage: Value,
    #[serde(default)]
    pull_started_at: Value,
    #[serde(default)]
    attributes: Value,
    #[serde(default)]
    containers: Vec<Container>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    exit_code: Option<i32>,
    #[serde(default)]
    reason: Option<String>,
}

/// The task in `text`; `None` where it is anything else.
pub(crate) fn parse(text: &str) -> Option<TaskEnd> {
    let task: Task = serde_json::from_str(text).ok()?;
    let ours = task
        .containers
        .iter()
        .position(|container| container.name.as_deref() == Some(CONTAINER));
    let container = task.containers.get(ours.unwrap_or(0));
    Some(TaskEnd {
        usage: usage(&task),
        exit_code: container.and_then(|container| container.exit_code),
        container_reason: container
            .and_then(|container| container.reason.clone())
            .unwrap_or_default(),
        stopped_at: time(&task.stopped_at),
        spot: task.capacity_provider_name.as_deref() == Some("FARGATE_SPOT"),
        arn: task.task_arn,
        stop_code: task.stop_code.unwrap_or_default(),
        stopped_reason: task.stopped_reason.unwrap_or_default(),
    })
}

/// Read leniently: a figure of another form than ECS's counts as absent, it never
/// hides how the task ended.
fn usage(task: &Task) -> Usage {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Usage {
        cpu: number(&task.cpu),
        memory_mib: number(&task.memory),
        storage_gib: number(&task.ephemeral_storage["SizeInGiB"]),
        architecture: Usage::architecture_of(attribute(&task.attributes, "ecs.cpu-architecture")),
        capacity: Usage::capacity_of(
            &text(&task.capacity_provider_name),
            &text(&task.launch_type),
        ),
        billed_seconds: Usage::billed(time(&task.pull_started_at), time(&task.stopped_at)),
        ..Usage::default()
    }
}

fn attribute<'a>(attributes: &'a Value, name: &str) -> &'a str {
    let all = attributes.as_array().map_or(&[][..], Vec::as_slice);
    all.iter()
        .find(|attribute| attribute["Name"] == name)
        .and_then(|attribute| attribute["Value"].as_str())
        .unwrap_or_default()
}

/// ECS writes a task's CPU and memory as text.
fn number(value: &Value) -> u32 {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
    .unwrap_or(0)
}

/// Epoch milliseconds as the integration writes them; epoch seconds and RFC 3339
/// are read as well.
fn time(value: &Value) -> Option<DateTime<Utc>> {
    /// As seconds this is the year 5138, as milliseconds 1973.
    const MILLISECONDS_FROM: f64 = 1e11;
    match value {
        Value::Number(number) => {
            let number = number.as_f64()?;
            let millis = if number >= MILLISECONDS_FROM {
                number
            } else {
                number * 1000.0
            };
            DateTime::from_timestamp_millis(millis as i64)
        }
        Value::String(text) => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|at| at.with_timezone(&Utc)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_task_is_none() {
        for text in [
            "",
            "no JSON",
            "{}",
            "[]",
            "null",
            r#"{"errorMessage":"x"}"#,
            r#"{"TaskArn":7}"#,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_task_that_never_started_has_no_exit_code() {
        let task = parse(
            r#"{"TaskArn":"arn:t","StopCode":"TaskFailedToStart","StoppedReason":"CannotPull",
                "Containers":[{"Name":"runner","LastStatus":"STOPPED"}]}"#,
        )
        .unwrap();
        assert_eq!(task.exit_code, None);
        assert_eq!(task.stop_code, "TaskFailedToStart");
        assert_eq!(task.stopped_at, None);
    }

    #[test]
    fn our_container_counts_not_the_first() {
        let task = parse(
            r#"{"TaskArn":"arn:t","StoppedAt":1700000000123,"CapacityProviderName":"FARGATE_SPOT",
                "Containers":[{"Name":"sidecar","ExitCode":0},{"Name":"runner","ExitCode":82,"Reason":"r"}]}"#,
        )
        .unwrap();
        assert_eq!(task.exit_code, Some(82));
        assert_eq!(task.container_reason, "r");
        assert!(task.spot);
        assert_eq!(
            task.stopped_at.unwrap().timestamp_millis(),
            1_700_000_000_123
        );
    }

    #[test]
    fn a_stopped_task_says_what_it_used() {
        let task = parse(
            r#"{"TaskArn":"arn:t","Cpu":"1024","Memory":"4096","EphemeralStorage":{"SizeInGiB":30},
                "Attributes":[{"Name":"x","Value":"y"},{"Name":"ecs.cpu-architecture","Value":"arm64"}],
                "PullStartedAt":1700000000000,"StoppedAt":1700000090500,"LaunchType":"FARGATE"}"#,
        )
        .unwrap();
        let expected = Usage {
            cpu: 1024,
            memory_mib: 4096,
            storage_gib: 30,
            architecture: "ARM64".to_owned(),
            capacity: "on_demand".to_owned(),
            billed_seconds: 91,
            github_calls: 0,
        };
        assert_eq!(task.usage, expected);
    }

    #[test]
    fn figures_of_another_form_hide_no_end() {
        let task = parse(
            r#"{"TaskArn":"arn:t","Cpu":{},"Memory":"much","EphemeralStorage":7,"Attributes":"none",
                "PullStartedAt":[],"StoppedAt":1700000000000,"Containers":[{"Name":"runner","ExitCode":0}]}"#,
        )
        .unwrap();
        assert_eq!(task.exit_code, Some(0));
        assert_eq!(task.usage, Usage::default());
    }

    #[test]
    fn times_are_read_in_three_forms() {
        for text in ["1700000000000", "1700000000.0", "\"2023-11-14T22:13:20Z\""] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(time(&value).unwrap().timestamp(), 1_700_000_000, "{text}");
        }
    }
}
