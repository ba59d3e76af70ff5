//! Where GitHub answers other than its description says, by name and with the
//! reason: statuses that are not listed, and what does not fit where they are.

use crate::stage::Why;

/// Every answer can come everywhere: a status, why it comes, the reason that it is
/// answered although nothing is listed.
pub(crate) const EVERYWHERE: &[(u16, Why, &str)] = &[
    (
        304,
        Why::Itself,
        "Best practices: every GET can be conditional",
    ),
    (
        400,
        Why::Itself,
        "Troubleshooting: problems parsing JSON; body should be a JSON object",
    ),
    (400, Why::Gate, "Troubleshooting: not a supported version"),
    (
        401,
        Why::Itself,
        "Authenticating: bad credentials, or a JWT that is none",
    ),
    (401, Why::Fault, "the same, ordered"),
    (
        403,
        Why::Itself,
        "Troubleshooting: resource not accessible; a suspended installation",
    ),
    (
        403,
        Why::Gate,
        "Rate limits; Troubleshooting: user agent required",
    ),
    (403, Why::Fault, "the same, ordered"),
    (404, Why::Itself, "Troubleshooting: not found, or hidden"),
    (404, Why::Fault, "the same, ordered"),
    (
        409,
        Why::Fault,
        "ordered where GitHub never conflicts, for clients that must not mind",
    ),
    (415, Why::Gate, "Getting started: the Accept header"),
    (
        422,
        Why::Itself,
        "Troubleshooting: invalid request; validation failed",
    ),
    (422, Why::Fault, "the same, ordered"),
    (429, Why::Gate, "Rate limits: 403 or 429"),
    (429, Why::Fault, "the same, ordered"),
    (
        500,
        Why::Fault,
        "Troubleshooting: timeouts end in a Server Error",
    ),
    (502, Why::Fault, "a load balancer without a server"),
    (503, Why::Fault, "no server is available"),
    (504, Why::Fault, "a load balancer that waited for nothing"),
];

/// Operations that alone answer a status which is not listed.
pub(crate) const ALONE: &[(&str, u16, &str)] = &[(
    "DELETE /repos/{owner}/{repo}/actions/runs/{run_id}",
    403,
    "a run that is not over cannot be deleted",
)];

/// What does not fit: a part of the problem's sentence, and the reason.
pub(crate) const EXCUSED: &[(&str, &str)] = &[
    (
        "400: / must NOT have additional properties errors",
        "seen at api.github.com: the text about a version that is not supported",
    ),
    (
        "PATCH /app/hook/config 422: / must NOT have additional properties errors",
        "Troubleshooting: validation failed says why in `errors`",
    ),
    (
        "422: / must NOT have additional properties status",
        "every error has its status; the schemas of validation errors are older",
    ),
    (
        "DELETE /repos/{owner}/{repo}/git/refs/{ref} 422: a body of application/json",
        "the description lists the status without what comes with it",
    ),
    (
        "PUT /repos/{owner}/{repo}/contents/{path} 409: / must match exactly one schema",
        "the description's two errors require nothing, so that any error is both",
    ),
    (
        "GET /app/installations 200: /0/account",
        "the description wants a user that is an enterprise, too; that of one installation does not",
    ),
];
