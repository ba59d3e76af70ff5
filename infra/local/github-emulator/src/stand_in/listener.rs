//! The listener: session, one job, farewell; its lines and its exit code.

use std::io::Write;

use axum::http::StatusCode;
use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};

use super::client::{CallError, Client};
use super::config::{self, Config};
use super::stop::{Stop, Stopper};
use super::{VERSION, exit_code, job};
use crate::jobs::Conclusion;

/// What the listener is told.
pub struct Options {
    /// The `encoded_jit_config`.
    pub jit_config: SecretString,
    /// Whether a refused version has an exit code of its own.
    pub version_exit_code: bool,
}

const DELETED: &str = "Failed to create a session. The runner registration has been deleted from the \
    server, please re-configure. Runner registrations are automatically deleted for runners that \
    have not connected to the service recently.";

/// Takes one job. Gives the exit code of the process.
pub async fn run(options: &Options) -> u8 {
    let config = match config::decode(options.jit_config.expose_secret()) {
        Ok(config) => config,
        Err(error) => {
            say(&error.to_string());
            return exit_code::TERMINATED;
        }
    };
    let stopper = Stopper::new();
    if let Err(error) = stopper.on_signals() {
        say(&format!("An error occurred: {error}"));
        return exit_code::TERMINATED;
    }
    let client = match connect(&config, options).await {
        Ok(client) => client,
        Err(code) => return code,
    };
    match listen(&client, &config, &stopper).await {
        Ok(()) => {
            say("√ Removed .credentials");
            say("√ Removed .runner");
            exit_code::OK
        }
        Err(code) => code,
    }
}

async fn connect(config: &Config, options: &Options) -> Result<Client, u8> {
    let error = match Client::open(config).await {
        Ok(client) => {
            say("");
            say("√ Connected to GitHub");
            say("");
            say(&format!("Current runner version: '{VERSION}'"));
            return Ok(client);
        }
        Err(error) => error,
    };
    let (line, code) = refusal(&error, options.version_exit_code);
    say(&line);
    Err(code)
}

/// What a listener says of a session that it did not get, and its exit code.
pub(super) fn refusal(error: &CallError, version_exit_code: bool) -> (String, u8) {
    match error {
        CallError::Unreachable => (
            "An error occurred: GitHub cannot be reached.".to_owned(),
            exit_code::RETRYABLE,
        ),
        error if error.is(StatusCode::NOT_FOUND) => (DELETED.to_owned(), exit_code::TERMINATED),
        error if error.is(StatusCode::CONFLICT) => (
            "A session for this runner already exists.".to_owned(),
            exit_code::SESSION_CONFLICT,
        ),
        error if error.is(StatusCode::UPGRADE_REQUIRED) => (
            format!(
                "An error occurred: Runner version v{VERSION} is deprecated and cannot receive messages."
            ),
            match version_exit_code {
                true => exit_code::VERSION_DEPRECATED,
                false => exit_code::TERMINATED,
            },
        ),
        error => (
            format!("An error occurred: {error}."),
            match error {
                CallError::Refused(status) if status.is_server_error() => exit_code::RETRYABLE,
                _ => exit_code::TERMINATED,
            },
        ),
    }
}

async fn listen(client: &Client, config: &Config, stopper: &Stopper) -> Result<(), u8> {
    say(&format!("{}: Listening for Jobs", stamp()));
    loop {
        let offer = tokio::select! {
            offer = client.message() => offer,
            _ = stopper.stopped() => {
                say("Exiting...");
                client.close().await;
                return Err(exit_code::OK);
            }
        };
        let job = match offer {
            Ok(None) => continue,
            Ok(Some(offer)) => client.acquire(offer.job_id).await,
            Err(error) => Err(error),
        };
        match job {
            Ok(job) => {
                say(&format!("{}: Running job: {}", stamp(), job.name));
                let end = job::run(client, config, &job, stopper).await;
                return farewell(&job.name, end, stopper);
            }
            // The job was cancelled or went to another one: listen on.
            Err(error) if error.is(StatusCode::GONE) => {}
            Err(error) => return Err(lost(&error)),
        }
    }
}

fn lost(error: &CallError) -> u8 {
    if error.is(StatusCode::UNAUTHORIZED) {
        say(DELETED);
        return exit_code::TERMINATED;
    }
    say(&format!("An error occurred: {error}."));
    exit_code::RETRYABLE
}

fn farewell(name: &str, end: Result<Conclusion, CallError>, stopper: &Stopper) -> Result<(), u8> {
    let result = match &end {
        Ok(Conclusion::Success | Conclusion::Skipped) => "Succeeded",
        Ok(Conclusion::Cancelled) => "Canceled",
        Ok(Conclusion::Failure) | Err(_) => "Failed",
    };
    say(&format!(
        "{}: Job {name} completed with result: {result}",
        stamp()
    ));
    if stopper.reason() == Some(Stop::Shutdown) {
        say("Exiting...");
    }
    match end {
        Ok(_) => Ok(()),
        // GitHub has ended the job meanwhile, as after a forced cancellation.
        Err(error) if error.is(StatusCode::GONE) || error.is(StatusCode::UNAUTHORIZED) => Ok(()),
        Err(error) => Err(lost(&error)),
    }
}

fn stamp() -> String {
    Utc::now().format("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A line for whoever reads the container's log; at once, since that is piped.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell that nobody listens.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
