//! Names for the kinds of requests, for ordered faults: `mint-runner`, `show-job`.

/// Every kind, with its method and path. `*` is one part of the path.
const KINDS: [(&str, &str, &str); 22] = [
    ("show-app", "GET", "/app"),
    ("list-installations", "GET", "/app/installations"),
    ("show-installation", "GET", "/app/installations/*"),
    ("access-token", "POST", "/app/installations/*/access_tokens"),
    ("show-hook", "GET", "/app/hook/config"),
    ("update-hook", "PATCH", "/app/hook/config"),
    ("list-deliveries", "GET", "/app/hook/deliveries"),
    ("show-delivery", "GET", "/app/hook/deliveries/*"),
    ("redeliver", "POST", "/app/hook/deliveries/*/attempts"),
    ("list-runners", "GET", "/orgs/*/actions/runners"),
    (
        "mint-runner",
        "POST",
        "/orgs/*/actions/runners/generate-jitconfig",
    ),
    ("show-runner", "GET", "/orgs/*/actions/runners/*"),
    ("delete-runner", "DELETE", "/orgs/*/actions/runners/*"),
    ("list-groups", "GET", "/orgs/*/actions/runner-groups"),
    ("show-job", "GET", "/repos/*/*/actions/jobs/*"),
    ("show-log", "GET", "/repos/*/*/actions/jobs/*/logs"),
    ("rerun-job", "POST", "/repos/*/*/actions/jobs/*/rerun"),
    ("show-repository", "GET", "/repos/*/*"),
    ("list-runs", "GET", "/repos/*/*/actions/runs"),
    ("show-run", "GET", "/repos/*/*/actions/runs/*"),
    ("list-jobs", "GET", "/repos/*/*/actions/runs/*/jobs"),
    ("cancel-run", "POST", "/repos/*/*/actions/runs/*/cancel"),
];

/// The names of the kinds of requests that a fault's `on` can say.
#[must_use]
pub fn request_kinds() -> Vec<&'static str> {
    KINDS.iter().map(|(name, ..)| *name).collect()
}

/// Parts of a repository's API that an organisation has as well.
const REPOSITORY: &str = "/repos/*/*/actions/runners";

/// The kind of a request to the REST API; `other` for one without a name of its own,
/// nothing for what is no API: the runners' protocol and pages.
pub(crate) fn kind(method: &str, path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/api/v3").unwrap_or(path);
    let named = KINDS.iter().find(|(_, of, pattern)| {
        let for_repositories = pattern
            .strip_prefix("/orgs/*/actions/runners")
            .map(|rest| format!("{REPOSITORY}{rest}"));
        *of == method
            && (is_like(pattern, path)
                || for_repositories.is_some_and(|pattern| is_like(&pattern, path)))
    });
    if let Some((name, ..)) = named {
        return Some(name);
    }
    let of_the_api = ["/app/", "/app-manifests/", "/orgs/", "/repos/"];
    let is_api = ["/app", "/rate_limit"].contains(&path)
        || of_the_api.iter().any(|start| path.starts_with(start));
    is_api.then_some("other")
}

fn is_like(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == "*" || wanted == given => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_request_has_the_name_of_what_it_does() {
        let table = [
            (
                "POST",
                "/orgs/acme/actions/runners/generate-jitconfig",
                Some("mint-runner"),
            ),
            (
                "POST",
                "/repos/acme/x/actions/runners/generate-jitconfig",
                Some("mint-runner"),
            ),
            (
                "DELETE",
                "/api/v3/orgs/acme/actions/runners/7",
                Some("delete-runner"),
            ),
            ("GET", "/repos/acme/x/actions/jobs/7", Some("show-job")),
            (
                "GET",
                "/repos/acme/x/actions/runs/7/jobs",
                Some("list-jobs"),
            ),
            (
                "POST",
                "/app/installations/1/access_tokens",
                Some("access-token"),
            ),
            ("PUT", "/repos/acme/x/contents/a", Some("other")),
            ("POST", "/app-manifests/1a2b/conversions", Some("other")),
            ("GET", "/apps/jit-runners/installations/new", None),
            ("POST", "/_runner/session", None),
            ("GET", "/acme/x/actions/runs/1/job/2", None),
        ];
        for (method, path, wanted) in table {
            assert_eq!(kind(method, path), wanted, "{method} {path}");
        }
    }
}
