//! An operation of GitHub's REST API: method, path, permission, and every
//! status that it answers by itself.
//!
//! Statuses that any operation can answer (a version that does not exist,
//! limits, ordered faults) are not repeated with each.

/// An operation that the emulator serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The method, upper case.
    pub method: &'static str,
    /// GitHub's template of the path: `/orgs/{org}/actions/runners`.
    pub path: &'static str,
    /// As `X-Accepted-GitHub-Permissions` says it: `actions=read`; empty where
    /// the App itself asks, by its JWT, or anybody may.
    pub permission: &'static str,
    /// Every status that the operation answers by itself.
    pub statuses: &'static [u16],
}

/// A parameter of a path that takes slashes, too.
const WITH_SLASHES: [&str; 2] = ["{ref}", "{path}"];

impl Operation {
    pub(super) const fn new(
        method: &'static str,
        path: &'static str,
        permission: &'static str,
        statuses: &'static [u16],
    ) -> Self {
        Self {
            method,
            path,
            permission,
            statuses,
        }
    }

    /// The path as the router writes it.
    pub(super) fn route(&self) -> String {
        WITH_SLASHES
            .iter()
            .fold(self.path.to_owned(), |path, parameter| {
                path.replace(parameter, &parameter.replace('{', "{*"))
            })
    }

    /// Whether it makes content, for which there is a secondary limit of its own.
    /// Runners are not content: GitHub counts their registrations apart.
    pub(super) fn makes_content(&self) -> bool {
        self.method != "GET" && self.permission == "contents=write"
    }

    /// The primary limit that a call counts against (`X-RateLimit-Resource`).
    pub(super) fn resource(&self) -> &'static str {
        if self.path.ends_with("/generate-jitconfig") {
            "actions_runner_registration"
        } else if self.path.starts_with("/app-manifests/") {
            "integration_manifest"
        } else {
            "core"
        }
    }

    /// The points that a call counts against the secondary limit.
    pub(super) fn points(&self) -> u32 {
        if self.method == "GET" { 1 } else { 5 }
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn a_reference_and_a_path_may_have_slashes() {
        let of = |path| Operation::new("GET", path, "", &[]).route();
        assert_eq!(of("/git/refs/{ref}"), "/git/refs/{*ref}");
        assert_eq!(of("/contents/{path}"), "/contents/{*path}");
        assert_eq!(of("/orgs/{org}"), "/orgs/{org}");
    }
}
