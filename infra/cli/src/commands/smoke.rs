//! `jit-runners smoke`: the test plan against a real deployment.

use crate::smoke::{self, By, Options, Synthetic, Workflow};
use crate::target::Target;
use anyhow::{Result, bail};
use clap::{ArgGroup, Args, ValueEnum};
use secrecy::SecretString;
use std::process::ExitCode;
use std::time::Duration;

/// Where a person's token may be, as GitHub's own command takes it.
const TOKENS: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("event").args(["webhook_url", "event_bus"]).requires("synthetic"))]
pub(super) struct Smoke {
    #[command(flatten)]
    target: Target,
    /// The repository: a throw-away workflow runs in it, with a token from GITHUB_TOKEN or GH_TOKEN
    #[arg(long, value_name = "OWNER/NAME")]
    repository: String,
    /// Send a synthetic event about no job instead: starts no task, needs no token
    #[arg(long)]
    synthetic: bool,
    /// Send it to this address instead of the webhook's function URL
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Put it straight on the event bus, without the webhook
    #[arg(long)]
    event_bus: bool,
    /// The label that the jobs ask for, beside self-hosted
    #[arg(long, default_value = "vcpu-256-mem-512", value_name = "LABEL")]
    label: String,
    /// Leave the branch and its run behind
    #[arg(long, conflicts_with = "synthetic")]
    keep: bool,
    /// How the result is printed on standard output; progress goes to standard error
    #[arg(long, value_enum, default_value = "text")]
    output: Output,
    /// Give up after so many seconds
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    timeout: u64,
    /// Look at all sides every so many seconds
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    poll: f64,
}

impl Smoke {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let poll = Duration::try_from_secs_f64(self.poll).unwrap_or_default();
        if poll < Duration::from_millis(10) {
            bail!("--poll is {}: give at least 0.01 seconds", self.poll);
        }
        if !usable(&self.label) {
            bail!(
                "the label {:?} cannot stand in a workflow: give one of letters, digits, and - _ . / =",
                self.label
            );
        }
        let options = Options {
            target: self.target,
            label: self.label,
            json: self.output == Output::Json,
            timeout: Duration::from_secs(self.timeout),
            poll,
        };
        if self.synthetic {
            let by = match (self.webhook_url, self.event_bus) {
                (_, true) => By::EventBus,
                (Some(url), false) => By::Webhook(url),
                (None, false) => By::FunctionUrl,
            };
            let synthetic = Synthetic {
                by,
                repository: self.repository,
            };
            return smoke::synthetic(&options, &synthetic).await;
        }
        let workflow = Workflow {
            repository: self.repository,
            token: token()?,
            keep: self.keep,
        };
        smoke::workflow(&options, &workflow).await
    }
}

fn token() -> Result<SecretString> {
    for name in TOKENS {
        if let Ok(token) = std::env::var(name)
            && !token.trim().is_empty()
        {
            return Ok(token.trim().to_owned().into());
        }
    }
    bail!(
        "there is no token to push the throw-away workflow with: set GITHUB_TOKEN or GH_TOKEN to one with contents, workflows and actions (read and write), or use --synthetic"
    )
}

/// What needs no quotes in YAML and cannot end its line.
fn usable(label: &str) -> bool {
    !label.is_empty()
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'='))
}
