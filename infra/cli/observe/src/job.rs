//! The job that an execution is for, as its input names it.

use serde::Serialize;
use serde_json::Value;

/// A GitHub job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Job {
    /// GitHub's id.
    pub id: u64,
    /// The workflow run it belongs to.
    pub run_id: u64,
    /// Which attempt of that run.
    pub run_attempt: u32,
    /// `owner/name`.
    pub repository: String,
    /// Its name, as GitHub shows it.
    pub name: String,
    /// Its workflow's name.
    pub workflow: String,
    /// The branch.
    pub branch: String,
    /// Its `runs-on`.
    pub labels: Vec<String>,
    /// Its page at GitHub.
    pub url: String,
    /// When it was created: RFC 3339.
    pub created_at: String,
    /// Who set it off.
    pub sender: String,
}

impl Job {
    /// Reads an execution's input: the whole event of the bus. Nothing where it
    /// is no event of a job.
    #[must_use]
    pub fn of_input(input: &str) -> Option<Self> {
        let input: Value = serde_json::from_str(input).ok()?;
        let detail = &input["detail"];
        let job = &detail["workflow_job"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Self {
            id: job["id"].as_u64()?,
            run_id: job["run_id"].as_u64().unwrap_or(0),
            run_attempt: job["run_attempt"]
                .as_u64()
                .and_then(|attempt| u32::try_from(attempt).ok())
                .unwrap_or(1),
            repository: text(&detail["repository"]["full_name"]),
            name: text(&job["name"]),
            workflow: text(&job["workflow_name"]),
            branch: text(&job["head_branch"]),
            labels: job["labels"]
                .as_array()
                .map(|labels| labels.iter().map(text).collect())
                .unwrap_or_default(),
            url: web_address(&text(&job["html_url"])),
            created_at: text(&job["created_at"]),
            sender: text(&detail["sender"]["login"]),
        })
    }
}

/// An address that a page may link to; nothing of another scheme.
fn web_address(url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && !url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        url.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_that_is_no_job_is_none() {
        for input in ["", "{}", "[]", r#"{"detail":{"workflow_job":{"id":"7"}}}"#] {
            assert_eq!(Job::of_input(input), None, "{input}");
        }
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web_address("javascript:alert(1)"), "");
        assert_eq!(web_address("https://a b"), "");
        assert_eq!(
            web_address("https://github.com/o/r"),
            "https://github.com/o/r"
        );
    }
}
