//! What can go wrong with a call to GitHub, told apart by what helps: waiting,
//! another name, another try, or a person.

use domain::clock::Clock;
use domain::names::function_error;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::signer::KeyError;

/// A call to GitHub that failed.
#[derive(Debug, thiserror::Error)]
pub enum GitHubError {
    /// GitHub asks for patience, by a primary or secondary limit.
    #[error("GitHub's rate limit is reached; call again in {seconds} s")]
    RateLimited {
        /// How long to wait, 1 to 3600.
        seconds: u64,
    },
    /// GitHub was not called, since it asked this fleet for patience before.
    #[error("GitHub asked this fleet to wait; call again in {seconds} s")]
    Closed {
        /// How long to wait, at least 1.
        seconds: u64,
    },
    /// GitHub refuses: a permission, an id or a field is wrong.
    #[error("GitHub refused {call} with {status}: {message}")]
    Refused {
        /// Method and path.
        call: String,
        /// 401, 403, 404, 422 or another 3xx or 4xx.
        status: u16,
        /// GitHub's own sentence.
        message: String,
    },
    /// The name is taken (409).
    #[error("GitHub refused {call}: {message}")]
    Conflict {
        /// Method and path.
        call: String,
        /// GitHub's own sentence.
        message: String,
    },
    /// GitHub could not be asked, or failed itself; nothing was changed.
    #[error("GitHub did not answer {call}: {reason}")]
    Unavailable {
        /// Method and path.
        call: String,
        /// What was seen.
        reason: String,
    },
    /// A POST was sent, and nobody knows whether it took effect.
    #[error("GitHub's answer to {call} was lost, it may have taken effect: {reason}")]
    LostAnswer {
        /// Method and path.
        call: String,
        /// What was seen.
        reason: String,
    },
    /// The App's key cannot be had or used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl GitHubError {
    /// The function error that this is, where it is not a rate limit's wait.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refused { .. } | Self::Conflict { .. } => function_error::GITHUB_REFUSED,
            Self::RateLimited { .. }
            | Self::Closed { .. }
            | Self::Unavailable { .. }
            | Self::LostAnswer { .. } => function_error::GITHUB_UNAVAILABLE,
            Self::Key(KeyError::Unavailable(_)) => function_error::STORE_UNAVAILABLE,
            Self::Key(KeyError::Unusable(_)) => function_error::SETTINGS_INVALID,
        }
    }

    /// What a person should check; empty where waiting helps.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Refused { message, .. } if has(message, "suspended") => {
                "The App's installation is suspended: an owner of the organisation unsuspends it in its settings, under GitHub Apps."
            }
            Self::Refused { message, .. } if has(message, "ip allow list") => {
                "Add the functions' addresses to the IP allow list, or let the organisation accept those of its Apps (network kind nat gives them one address)."
            }
            Self::Refused {
                status: 401 | 404,
                call,
                ..
            } if call.ends_with("/access_tokens") => {
                "The App is not installed any more, or GITHUB_APP_ID, GITHUB_INSTALLATION_ID or the private key in GITHUB_APP_KEY_SECRET (GITHUB_APP_KEY_KMS) belongs to another App: compare them with the App's settings; the clock must be right, too."
            }
            Self::Refused {
                status: 404, call, ..
            } if call.ends_with("/generate-jitconfig") => {
                "There is no such runner group (RUNNER_GROUP_ID), or the App is not installed for this organisation and repository (RUNNER_SCOPE, GITHUB_INSTALLATION_ID): compare the id with the group's address in the settings, under Actions, Runner groups."
            }
            Self::Refused { status: 401, .. } => {
                "Check GITHUB_APP_ID, the App's private key in GITHUB_APP_KEY_SECRET and the clock."
            }
            Self::Refused { status: 403, .. } => {
                "Check the App's permissions: organization_self_hosted_runners: write (registration at the organisation) or administration: write (at the repository), and actions: read."
            }
            Self::Refused { status: 404, .. } => {
                "Check that the App is installed for this organisation and repository, GITHUB_INSTALLATION_ID, RUNNER_SCOPE and RUNNER_GROUP_ID."
            }
            Self::Refused { status: 422, .. } => {
                "Check RUNNER_GROUP_ID, RUNNER_NAME_PREFIX and the job's labels."
            }
            Self::Refused { .. } => "Check GITHUB_API_URL and the repository's name.",
            Self::Conflict { .. } => "Check that no other stack uses the same RUNNER_NAME_PREFIX.",
            Self::Key(KeyError::Unusable(_)) => {
                "Check GITHUB_APP_KEY_SECRET or GITHUB_APP_KEY_KMS."
            }
            _ => "",
        }
    }

    /// Whether GitHub said "there is no such thing" (or does not show it to us). Not
    /// where the installation itself was not found.
    pub fn is_not_found(&self) -> bool {
        self.is_refusal(404)
    }

    /// Whether GitHub refused the call itself with `wanted`: a refused token says
    /// nothing about the thing that was asked for.
    pub(crate) fn is_refusal(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, call, .. }
            if *status == wanted && !call.ends_with("/access_tokens"))
    }
}

fn has(message: &str, words: &str) -> bool {
    message.to_ascii_lowercase().contains(words)
}

/// Wait where GitHub gives no hint: its own advice is "at least a minute".
const NO_HINT_SECONDS: u64 = 60;
/// GitHub's primary limits start anew each hour.
const MAX_SECONDS: u64 = 3600;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// Sorts an answer that is not 2xx. `effect`: whether the request, sent twice,
/// might act twice.
pub(crate) fn sort(
    call: &str,
    effect: bool,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    clock: &Clock,
) -> GitHubError {
    let message = message(status, body);
    if let Some(seconds) = rate_limited(status, headers, &message, clock) {
        return GitHubError::RateLimited { seconds };
    }
    let call = call.to_owned();
    if status == StatusCode::CONFLICT {
        return GitHubError::Conflict { call, message };
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        let reason = format!("{}: {message}", status.as_u16());
        return if effect && status != StatusCode::SERVICE_UNAVAILABLE {
            GitHubError::LostAnswer { call, reason }
        } else {
            GitHubError::Unavailable { call, reason }
        };
    }
    GitHubError::Refused {
        call,
        status: status.as_u16(),
        message,
    }
}

/// GitHub's sentence, with its `errors` where they are texts.
fn message(status: StatusCode, body: &[u8]) -> String {
    let reason = status.canonical_reason().unwrap_or("no reason given");
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        return reason.to_owned();
    };
    let mut message = if body.message.is_empty() {
        reason.to_owned()
    } else {
        body.message
    };
    for error in &body.errors {
        let text = error.as_str().or_else(|| error.get("message")?.as_str());
        if let Some(text) = text {
            message.push_str("; ");
            message.push_str(text);
        }
    }
    message
}

/// Seconds to wait, where the answer is a rate limit's.
fn rate_limited(
    status: StatusCode,
    headers: &HeaderMap,
    message: &str,
    clock: &Clock,
) -> Option<u64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let retry_after = number("retry-after");
    let spent = number("x-ratelimit-remaining") == Some(0);
    let limited = match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => {
            let message = message.to_ascii_lowercase();
            retry_after.is_some()
                || spent
                || message.contains("secondary rate limit")
                || message.contains("abuse detection")
        }
        _ => false,
    };
    if !limited {
        return None;
    }
    let until_reset = || {
        let now = u64::try_from(clock.epoch_seconds()).unwrap_or(0);
        spent.then_some(number("x-ratelimit-reset")?.saturating_sub(now))
    };
    let seconds = retry_after.or_else(until_reset).unwrap_or(NO_HINT_SECONDS);
    Some(seconds.clamp(1, MAX_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn sorted(status: u16, headers: &[(&'static str, &str)], body: &str) -> GitHubError {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let clock = Clock::fixed(DateTime::from_timestamp(1_000, 0).unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        sort("POST /x", true, status, &map, body.as_bytes(), &clock)
    }

    fn seconds(error: &GitHubError) -> u64 {
        match error {
            GitHubError::RateLimited { seconds } => *seconds,
            other => panic!("not a rate limit: {other}"),
        }
    }

    #[test]
    fn a_limit_without_a_hint_waits_a_minute() {
        assert_eq!(seconds(&sorted(429, &[], "")), 60);
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(seconds(&sorted(403, &[], secondary)), 60);
    }

    #[test]
    fn a_hint_is_obeyed_within_reason() {
        assert_eq!(seconds(&sorted(403, &[("retry-after", "7")], "")), 7);
        assert_eq!(seconds(&sorted(429, &[("retry-after", "0")], "")), 1);
        assert_eq!(seconds(&sorted(429, &[("retry-after", "99999")], "")), 3600);
        let spent = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1100"),
        ];
        assert_eq!(seconds(&sorted(403, &spent, "")), 100);
    }

    #[test]
    fn a_reset_in_an_answer_with_calls_left_is_no_hint() {
        let left = [
            ("x-ratelimit-remaining", "12"),
            ("x-ratelimit-reset", "3000"),
        ];
        assert_eq!(seconds(&sorted(429, &left, "")), 60);
    }

    #[test]
    fn a_plain_403_is_a_refusal_with_github_s_sentence() {
        let body = r#"{"message":"Resource not accessible by integration"}"#;
        let error = sorted(403, &[("x-ratelimit-remaining", "4000")], body);
        assert_eq!(
            error.to_string(),
            "GitHub refused POST /x with 403: Resource not accessible by integration"
        );
    }

    #[test]
    fn refusals_name_the_thing_and_the_fix() {
        let advice = |call: &str, status: u16, message: &str| {
            GitHubError::Refused {
                call: call.to_owned(),
                status,
                message: message.to_owned(),
            }
            .advice()
        };
        let token = "POST /app/installations/5/access_tokens";
        let mint = "POST /orgs/acme/actions/runners/generate-jitconfig";
        let job = "GET /repos/acme/r/actions/jobs/1";
        for (call, status, message, parts) in [
            (
                token,
                401,
                "A JSON web token could not be decoded",
                ["private key", "clock"],
            ),
            (
                token,
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
                ["private key", "clock"],
            ),
            (
                token,
                404,
                "Integration not found",
                ["GITHUB_APP_ID", "another App"],
            ),
            (
                token,
                404,
                "Not Found",
                ["not installed", "GITHUB_INSTALLATION_ID"],
            ),
            (
                token,
                403,
                "This installation has been suspended",
                ["suspended", "unsuspends"],
            ),
            (
                mint,
                403,
                "Resource not accessible by integration",
                [
                    "organization_self_hosted_runners: write",
                    "administration: write",
                ],
            ),
            (
                mint,
                403,
                "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and 192.0.2.1 is not permitted to access this resource.",
                ["IP allow list", "addresses"],
            ),
            (mint, 404, "Not Found", ["RUNNER_GROUP_ID", "Runner groups"]),
            (
                mint,
                422,
                "Validation Failed",
                ["RUNNER_GROUP_ID", "labels"],
            ),
            (
                job,
                403,
                "Resource not accessible by integration",
                ["actions: read", "permissions"],
            ),
            (job, 401, "Bad credentials", ["GITHUB_APP_ID", "clock"]),
        ] {
            let advice = advice(call, status, message);
            for part in parts {
                assert!(advice.contains(part), "{call} {status} {message}: {advice}");
            }
        }
    }

    #[test]
    fn errors_of_a_422_are_in_the_sentence() {
        let body =
            r#"{"message":"Validation Failed","errors":["labels: too many",{"message":"b"}]}"#;
        let error = sorted(422, &[], body).to_string();
        assert!(
            error.ends_with("Validation Failed; labels: too many; b"),
            "{error}"
        );
    }

    #[test]
    fn a_gateway_s_error_leaves_a_post_unknown() {
        let lost = sorted(502, &[], "<html>");
        assert!(matches!(lost, GitHubError::LostAnswer { .. }), "{lost}");
        let down = sorted(503, &[], "");
        assert!(matches!(down, GitHubError::Unavailable { .. }), "{down}");
    }
}
