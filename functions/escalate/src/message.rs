//! What people read at a red execution: a sentence that says what to do, the
//! job, and the original error and cause.

use std::fmt::Write;

use domain::names::failure;
use domain::steps::{Failure, Job};
use domain::text::cut;

/// Step Functions cuts causes at 32 KiB; the error document around the message
/// and its escapes must fit as well.
const MAX_WRITTEN_BYTES: usize = 30 * 1024;
/// What the original error's name may take of it.
const MAX_ERROR_BYTES: usize = 512;

pub(crate) fn compose(name: &str, given: &Failure, job: Option<&Job>) -> String {
    let mut text = sentence(name).to_owned();
    if let Some(job) = job {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            " Job: {} of {} (id {}, attempt {}) {}",
            cut(&job.name, 256),
            cut(&job.repository, 256),
            job.id,
            job.run_attempt,
            cut(&job.html_url, 1024),
        );
    }
    let _ = write!(
        text,
        "\nOriginal error: {}\nOriginal cause: {}",
        or_none(&cut(&given.error, MAX_ERROR_BYTES)),
        or_none(&given.cause),
    );
    cut(&text, MAX_WRITTEN_BYTES)
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}

fn sentence(name: &str) -> &'static str {
    match name {
        failure::JOB_REJECTED => {
            "The job asks for something that the policy does not allow: change its runs-on labels or the policy, then run the job again or redrive this execution."
        }
        failure::TRIES_EXHAUSTED => {
            "The job is still queued, but all tries of this pass are used up: remove what the last error names, then redrive this execution."
        }
        failure::CONFIGURATION_REFUSED => {
            "AWS refuses to run the task as it is configured: correct the task definition, image, network or role that the cause names, then redrive this execution."
        }
        failure::RUNNER_VERSION_REFUSED => {
            "GitHub no longer accepts the version of the runner in the image: rebuild and deploy the image, then redrive this execution."
        }
        failure::GITHUB_REFUSED => {
            "GitHub refuses the App's calls: check the App's permissions, its installation and the runner group, then redrive this execution."
        }
        failure::SETTINGS_INVALID => {
            "A function's settings or secrets are unusable: correct what the cause names, then redrive this execution."
        }
        _ => {
            "A step failed in a way that is not expected: see the original error, then redrive this execution."
        }
    }
}
