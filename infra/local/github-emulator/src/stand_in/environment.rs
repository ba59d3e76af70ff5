//! The variables that every step finds, by GitHub's names.

use std::path::PathBuf;

use serde_json::Value;

use crate::protocol::wire::JobMessage;

/// Where a job works.
pub(super) struct Folders {
    pub(super) workspace: PathBuf,
    pub(super) temp: PathBuf,
    pub(super) tools: PathBuf,
}

impl Folders {
    /// Below the work folder: `repo/repo`, `_temp`, `_tool`.
    pub(super) async fn create(work: &str, repository: &str) -> std::io::Result<Self> {
        let root = std::path::absolute(work)?;
        let name = repository.rsplit('/').next().unwrap_or(repository);
        let folders = Self {
            workspace: root.join(name).join(name),
            temp: root.join("_temp"),
            tools: root.join("_tool"),
        };
        for folder in [&folders.workspace, &folders.temp, &folders.tools] {
            tokio::fs::create_dir_all(folder).await?;
        }
        Ok(folders)
    }
}

/// `GITHUB_…`, `RUNNER_…` and `CI`.
pub(super) fn variables(
    job: &JobMessage,
    runner: &str,
    folders: &Folders,
) -> Vec<(String, String)> {
    let github = &job.contexts["github"];
    let text = |name: &str| match &github[name] {
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    let mut all: Vec<(String, String)> = [
        "actor",
        "api_url",
        "base_ref",
        "event_name",
        "graphql_url",
        "head_ref",
        "ref",
        "ref_name",
        "ref_type",
        "repository",
        "repository_owner",
        "run_attempt",
        "run_id",
        "run_number",
        "server_url",
        "sha",
        "triggering_actor",
        "workflow",
    ]
    .iter()
    .map(|name| (format!("GITHUB_{}", name.to_uppercase()), text(name)))
    .collect();
    let path = |path: &PathBuf| path.display().to_string();
    for (name, value) in [
        ("CI", "true".to_owned()),
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("GITHUB_JOB", text("job")),
        ("GITHUB_WORKSPACE", path(&folders.workspace)),
        ("RUNNER_NAME", runner.to_owned()),
        ("RUNNER_OS", "Linux".to_owned()),
        ("RUNNER_ARCH", architecture().to_owned()),
        ("RUNNER_ENVIRONMENT", "self-hosted".to_owned()),
        ("RUNNER_TEMP", path(&folders.temp)),
        ("RUNNER_TOOL_CACHE", path(&folders.tools)),
        (
            "RUNNER_WORKSPACE",
            folders
                .workspace
                .parent()
                .map_or_else(String::new, |parent| parent.display().to_string()),
        ),
    ] {
        all.push((name.to_owned(), value));
    }
    all
}

/// GitHub's name of the machine's architecture.
pub(super) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "ARM64",
        _ => "X64",
    }
}
