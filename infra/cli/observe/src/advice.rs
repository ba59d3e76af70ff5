//! What to do about a failure: one line for each name that an execution can
//! end with, and what its cause says in sentences.
//!
//! docs/operations.md says more of each; a test compares them.

use domain::names::failure;
use serde_json::Value;

/// What to do next for each error name of our own.
pub const ALL: &[(&str, &str)] = &[
    (
        failure::JOB_REJECTED,
        "Change the job's labels as the message says, or the policy and deploy it; then redrive.",
    ),
    (
        failure::TRIES_EXHAUSTED,
        "Look at the outcomes of its VerifyRemoval steps and the tasks' logs, mend what they name, then redrive.",
    ),
    (
        failure::CONFIGURATION_REFUSED,
        "Mend what the message names (role, network, image, task definition; `jit-runners doctor` looks at them), then redrive.",
    ),
    (
        failure::RUNNER_VERSION_REFUSED,
        "Build the runner's image again with the newest runner, then redrive.",
    ),
    (
        failure::GITHUB_REFUSED,
        "Mend the App's permissions, installation or runner group (`jit-runners doctor` looks at them), then redrive.",
    ),
    (
        failure::SETTINGS_INVALID,
        "Mend the function's settings or secrets (`jit-runners doctor` looks at them), then redrive.",
    ),
    (
        failure::STEP_FAILED,
        "Read the cause inside the message, mend it where it is not a passing one, then redrive.",
    ),
];

/// What to do next about an execution that ended like this; nothing where it
/// runs or succeeded.
#[must_use]
pub fn next(status: &str, error: Option<&str>) -> Option<&'static str> {
    match status {
        "RUNNING" | "SUCCEEDED" => None,
        "ABORTED" => Some("Find out who stopped it (CloudTrail), then redrive."),
        "TIMED_OUT" => Some("Look at the last state, then redrive."),
        _ => Some(
            ALL.iter()
                .find(|(name, _)| Some(*name) == error)
                .map_or("Look at its last state, then redrive.", |(_, advice)| {
                    advice
                }),
        ),
    }
}

/// How deep documents inside documents are followed.
const DEEPEST: usize = 8;

/// What a cause says: error documents inside it, however deep and wherever in
/// the text, give way to their sentences.
#[must_use]
pub fn unfold(cause: &str) -> String {
    inner(cause, DEEPEST)
}

/// The reason behind an error: the original cause, where `escalate` wrote it into
/// its message, unfolded, and without the error's own name before it.
#[must_use]
pub fn reason(error: &str, message: &str) -> String {
    let cause = message
        .split_once(ORIGINAL)
        .map_or(message, |(_, cause)| cause);
    let said = unfold(cause);
    let said = said.strip_prefix(error).map_or(&*said, |rest| {
        rest.strip_prefix(':').map_or(&*said, str::trim_start)
    });
    said.to_owned()
}

/// What stands before the cause in a message of `escalate`.
const ORIGINAL: &str = "\nOriginal cause: ";

fn inner(text: &str, deep: usize) -> String {
    let text = text.trim();
    if deep == 0 {
        return text.to_owned();
    }
    for (at, _) in text.match_indices('{') {
        let mut documents = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        let Some(Ok(document)) = documents.next() else {
            continue;
        };
        let Some(said) = sentence(&document, deep) else {
            continue;
        };
        let before = &text[..at];
        let after = inner(&text[at + documents.byte_offset()..], deep - 1);
        return format!("{before}{said}{after}");
    }
    text.to_owned()
}

/// The sentence of an error document: of a function, of our own, of ECS.
fn sentence(document: &Value, deep: usize) -> Option<String> {
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| document[*name].as_str())
            .filter(|text| !text.is_empty())
    };
    let said = text(&[
        "errorMessage",
        "message",
        "Message",
        "Cause",
        "cause",
        "StoppedReason",
        "stoppedReason",
    ]);
    // ECS's answer without a task, and its description of one that stopped.
    let said = said
        .or_else(|| document["Failures"][0]["Reason"].as_str())
        .or_else(|| document["Tasks"][0]["StoppedReason"].as_str())?;
    let said = inner(said, deep - 1);
    Some(match text(&["errorType", "Error", "error"]) {
        Some(name) if !said.starts_with(name) => format!("{name}: {said}"),
        _ => said,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_advice() {
        let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, failure::ALL);
        for name in failure::ALL {
            assert!(next("FAILED", Some(name)).is_some(), "{name}");
        }
        assert_eq!(next("RUNNING", None), None);
        assert_eq!(next("SUCCEEDED", None), None);
        assert!(next("ABORTED", None).is_some());
        assert!(next("FAILED", Some("Other")).is_some());
    }

    #[test]
    fn documents_inside_causes_become_sentences() {
        for (cause, said) in [
            ("", ""),
            ("a {b} c", "a {b} c"),
            (
                r#"{"errorType":"X","errorMessage":"It broke."}"#,
                "X: It broke.",
            ),
            (
                r#"Mint failed: {"errorType":"X","errorMessage":"{\"Error\":\"Y\",\"Cause\":\"no\"}"}!"#,
                "Mint failed: X: Y: no!",
            ),
            (
                r#"{"StoppedReason":"CannotPullContainerError"}"#,
                "CannotPullContainerError",
            ),
            (
                r#"AmazonECS.Unknown: {"Tasks":[],"Failures":[{"Reason":"No room."}]}"#,
                "AmazonECS.Unknown: No room.",
            ),
            (r#"{"other":1}"#, r#"{"other":1}"#),
            (r#"{"errorMessage":"cut"#, r#"{"errorMessage":"cut"#),
        ] {
            assert_eq!(unfold(cause), said, "{cause}");
        }
    }

    #[test]
    fn the_reason_is_the_original_cause() {
        let message = "Advice. Job: x\nOriginal error: X\nOriginal cause: {\"errorType\":\"X\",\"errorMessage\":\"It broke.\"}";
        assert_eq!(reason("X", message), "It broke.");
        assert_eq!(reason("Y", message), "X: It broke.");
        assert_eq!(reason("X", "It broke."), "It broke.");
    }

    #[test]
    fn a_cause_without_an_end_of_nesting_ends() {
        let mut cause = "the end".to_owned();
        for _ in 0..20 {
            cause = serde_json::json!({ "errorMessage": cause }).to_string();
        }
        assert!(unfold(&cause).contains("the end"));
    }
}
