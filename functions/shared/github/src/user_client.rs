//! Calls in a person's name, by a token of theirs: a throw-away branch with one
//! file, and the workflow runs of it. For tools; functions act as an App.
//!
//! Source: docs.github.com, REST API, "Git database", "Repository contents",
//! "Workflow runs" and "Workflow jobs".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::Method;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::parse;
use crate::error::GitHubError;
use crate::http_call::{Http, Server, Text};
use crate::path;

/// One person's calls to one server.
#[derive(Debug)]
pub struct UserClient {
    http: Http,
    token: SecretString,
}

/// `GET /repos/{owner}/{repo}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RepositoryInfo {
    /// GitHub's id.
    pub id: u64,
    /// `owner/name`, as it is written at GitHub.
    pub full_name: String,
    /// Whether only members see it.
    pub private: bool,
    /// Whether nothing can be pushed any more.
    #[serde(default)]
    pub archived: bool,
}

/// One of `GET …/actions/runs`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RunInfo {
    /// GitHub's id.
    pub id: u64,
    /// `queued`, `in_progress`, `completed`, …
    pub status: String,
    /// Its page.
    #[serde(default)]
    pub html_url: String,
}

/// One of `GET …/actions/runs/{id}/jobs`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct JobInfo {
    /// GitHub's id.
    pub id: u64,
    /// Which attempt of the run, from 1.
    pub run_attempt: u32,
    /// Its name, as GitHub shows it.
    pub name: String,
    /// `queued`, `in_progress`, `completed`, …
    pub status: String,
    /// Once completed.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// Its `runs-on`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// The runner that has it, or had it.
    #[serde(default)]
    pub runner_name: Option<String>,
}

#[derive(Deserialize)]
struct Sha {
    sha: String,
}

#[derive(Deserialize)]
struct Pushed {
    commit: Sha,
}

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<RunInfo>,
}

#[derive(Deserialize)]
struct Jobs {
    jobs: Vec<JobInfo>,
}

impl UserClient {
    /// Calls with this token.
    pub fn new(http: Http, token: SecretString) -> Self {
        Self { http, token }
    }

    /// One repository, given as `owner/name`.
    pub async fn repository(&self, repository: &str) -> Result<RepositoryInfo, GitHubError> {
        let path = path::repository(repository)?;
        self.call(Method::GET, &path, None::<&()>).await
    }

    /// Creates a branch without a past, whose only file is this one: nothing
    /// of the repository's own is on it, no workflow either.
    pub async fn create_bare_branch(
        &self,
        repository: &str,
        branch: &str,
        (file, text): (&str, &str),
    ) -> Result<(), GitHubError> {
        let base = path::repository(repository)?;
        let tree = json!({"tree": [
            {"path": file, "mode": "100644", "type": "blob", "content": text}
        ]});
        let tree: Sha = self
            .call(Method::POST, &format!("{base}/git/trees"), Some(&tree))
            .await?;
        let commit = json!({"message": text.trim(), "tree": tree.sha, "parents": []});
        let commit: Sha = self
            .call(Method::POST, &format!("{base}/git/commits"), Some(&commit))
            .await?;
        let reference = json!({"ref": format!("refs/heads/{branch}"), "sha": commit.sha});
        let _: serde_json::Value = self
            .call(Method::POST, &format!("{base}/git/refs"), Some(&reference))
            .await?;
        Ok(())
    }

    /// Commits a new file to a branch, which is a push; the commit's SHA.
    pub async fn create_file(
        &self,
        repository: &str,
        branch: &str,
        (file, text): (&str, &str),
        message: &str,
    ) -> Result<String, GitHubError> {
        let base = path::repository(repository)?;
        let body = json!({
            "message": message, "branch": branch, "content": STANDARD.encode(text),
        });
        let pushed: Pushed = self
            .call(Method::PUT, &format!("{base}/contents/{file}"), Some(&body))
            .await?;
        Ok(pushed.commit.sha)
    }

    /// Deletes a branch; one that is not there counts as deleted.
    pub async fn delete_branch(&self, repository: &str, branch: &str) -> Result<(), GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/git/refs/heads/{branch}");
        match self.send(Method::DELETE, &path, None::<&()>).await {
            Err(GitHubError::Refused {
                status: 404 | 422, ..
            }) => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// The workflow runs of a branch, newest first, at most 100.
    pub async fn runs_of_branch(
        &self,
        repository: &str,
        branch: &str,
    ) -> Result<Vec<RunInfo>, GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/actions/runs?branch={branch}&per_page=100");
        let runs: Runs = self.call(Method::GET, &path, None::<&()>).await?;
        Ok(runs.workflow_runs)
    }

    /// The jobs of a run's last attempt, at most 100.
    pub async fn jobs_of_run(
        &self,
        repository: &str,
        run: u64,
    ) -> Result<Vec<JobInfo>, GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/actions/runs/{run}/jobs?per_page=100");
        let jobs: Jobs = self.call(Method::GET, &path, None::<&()>).await?;
        Ok(jobs.jobs)
    }

    /// The log of a job that is over; GitHub keeps it elsewhere.
    pub async fn job_log(&self, repository: &str, job: u64) -> Result<String, GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/actions/jobs/{job}/logs");
        match self.http.text(&path, Some(&self.token)).await? {
            Text::Here(text) => Ok(text),
            Text::At(address) => self.elsewhere(&path, &address).await,
        }
    }

    /// Reads what GitHub keeps on another host, without our token.
    async fn elsewhere(&self, path: &str, address: &str) -> Result<String, GitHubError> {
        let unusable = |reason: String| GitHubError::Unavailable {
            call: format!("GET {path}"),
            reason,
        };
        let end = address
            .find("://")
            .and_then(|at| address[at + 3..].find('/').map(|slash| at + 3 + slash));
        let (origin, rest) = match end {
            Some(end) => address.split_at(end),
            None => return Err(unusable("it leads to no address".to_owned())),
        };
        let server = Server::new(origin).map_err(unusable)?;
        let http = Http::new(&server, self.http.clock().clone())?;
        match http.text(rest, None).await? {
            Text::Here(text) => Ok(text),
            Text::At(_) => Err(unusable("it leads from one place to the next".to_owned())),
        }
    }

    /// Cancels a run; one that is over stays as it is.
    pub async fn cancel_run(&self, repository: &str, run: u64) -> Result<(), GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/actions/runs/{run}/cancel");
        match self.send(Method::POST, &path, None::<&()>).await {
            Err(GitHubError::Conflict { .. }) => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// Deletes a run that is over, with its logs.
    pub async fn delete_run(&self, repository: &str, run: u64) -> Result<(), GitHubError> {
        let base = path::repository(repository)?;
        let path = format!("{base}/actions/runs/{run}");
        match self.send(Method::DELETE, &path, None::<&()>).await {
            Err(error) if error.is_not_found() => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, GitHubError> {
        let effect = method == Method::POST;
        let name = method.to_string();
        let answer = self.send(method, path, body).await?;
        parse(&answer, &name, path, effect)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<crate::http_call::Answer, GitHubError> {
        self.http.call(method, path, body, &self.token).await
    }
}
