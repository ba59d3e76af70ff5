//! Trees, commits and branches, as far as files are pushed through the API.
//!
//! What `commit_workflow` puts on `main` is not kept here: it starts its run,
//! and nobody reads it again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::World;
use crate::workflow;

/// The files of a commit: path to text.
pub(crate) type Files = BTreeMap<String, String>;

/// Everything that was made through the API.
#[derive(Debug, Default)]
pub(crate) struct Git {
    trees: BTreeMap<String, Files>,
    commits: BTreeMap<String, Files>,
    /// (repository, branch) to the commit's SHA.
    branches: BTreeMap<(String, String), String>,
}

/// Why something was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("Reference already exists")]
    Exists,
    #[error("Object does not exist")]
    NoObject,
    #[error("Reference does not exist")]
    NoBranch,
    #[error("Invalid request.\n\n\"sha\" wasn't supplied.")]
    FileExists,
}

impl Git {
    /// Every (repository, branch), in their order.
    pub(crate) fn branches(&self) -> Vec<(String, String)> {
        self.branches.keys().cloned().collect()
    }

    pub(crate) fn add_tree(&mut self, files: Files) -> String {
        let sha = object_id("tree", &format!("{files:?}"));
        self.trees.insert(sha.clone(), files);
        sha
    }

    pub(crate) fn add_commit(&mut self, tree: &str, message: &str) -> Result<String, GitError> {
        let files = self.trees.get(tree).ok_or(GitError::NoObject)?.clone();
        let sha = object_id("commit", &format!("{tree} {message}"));
        self.commits.insert(sha.clone(), files);
        Ok(sha)
    }
}

impl World {
    /// Creates a branch, which is a push of its commit.
    pub(crate) fn create_branch(
        &mut self,
        repository: &str,
        branch: &str,
        commit: &str,
        now: DateTime<Utc>,
    ) -> Result<(), GitError> {
        let key = (repository.to_owned(), branch.to_owned());
        if self.git.branches.contains_key(&key) {
            return Err(GitError::Exists);
        }
        let files = self.git.commits.get(commit).ok_or(GitError::NoObject)?;
        let files = files.clone();
        self.git.branches.insert(key, commit.to_owned());
        self.pushed(repository, branch, commit, &files, now);
        Ok(())
    }

    /// Deletes a branch. Runs of it go on.
    pub(crate) fn delete_branch(&mut self, repository: &str, branch: &str) -> Result<(), GitError> {
        let key = (repository.to_owned(), branch.to_owned());
        let known = self.git.branches.remove(&key);
        known.map(|_| ()).ok_or(GitError::NoBranch)
    }

    /// Commits a new file to a branch, and pushes; the SHAs of the commit and its tree.
    pub(crate) fn put_file(
        &mut self,
        repository: &str,
        branch: &str,
        (path, text): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<(String, String), GitError> {
        let key = (repository.to_owned(), branch.to_owned());
        let head = self.git.branches.get(&key).ok_or(GitError::NoBranch)?;
        let mut files = self.git.commits.get(head).cloned().unwrap_or_default();
        if files.contains_key(path) {
            return Err(GitError::FileExists);
        }
        files.insert(path.to_owned(), text.to_owned());
        let commit = object_id("commit", &format!("{head} {path} {text}"));
        let tree = self.git.add_tree(files.clone());
        self.git.commits.insert(commit.clone(), files.clone());
        self.git.branches.insert(key, commit.clone());
        self.pushed(repository, branch, &commit, &files, now);
        Ok((commit, tree))
    }

    /// Starts every workflow of the commit that a push to the branch starts.
    fn pushed(
        &mut self,
        repository: &str,
        branch: &str,
        commit: &str,
        files: &Files,
        now: DateTime<Utc>,
    ) {
        for (path, text) in files {
            if !path.starts_with(".github/workflows/") {
                continue;
            }
            // A file that is no workflow, or not for this branch, starts nothing.
            let started = workflow::parse(path, text, branch).and_then(|workflow| {
                self.start_run_of(repository, workflow, branch, Some(commit), now)
            });
            if let Err(error) = started {
                tracing::info!(%error, "a push starts nothing");
            }
        }
    }
}

/// The id of an object, as long as Git's own. It is not Git's: nobody checks it out.
pub(crate) fn object_id(kind: &str, of: &str) -> String {
    hex::encode(&Sha256::digest(format!("{kind} {of}"))[..20])
}
