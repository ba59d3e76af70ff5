//! A runner group of the organisation: which repositories may use its runners.

/// A runner group, by GitHub's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerGroup {
    /// Its name.
    pub name: String,
    /// Whether public repositories may use its runners.
    pub allows_public_repositories: bool,
    /// The repositories that may (visibility `selected`); `None` is all of them.
    pub selected_repositories: Option<Vec<String>>,
}

impl RunnerGroup {
    /// A group that every repository may use, public ones too.
    pub fn open(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            allows_public_repositories: true,
            selected_repositories: None,
        }
    }

    /// Whether a repository may use its runners.
    pub(crate) fn is_for(&self, private: bool, repository: &str) -> bool {
        let selected = self.selected_repositories.as_ref().is_none_or(|names| {
            names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(repository))
        });
        selected && (private || self.allows_public_repositories)
    }

    /// GitHub's `visibility`.
    pub(crate) fn visibility(&self) -> &'static str {
        match self.selected_repositories {
            Some(_) => "selected",
            None => "all",
        }
    }
}
