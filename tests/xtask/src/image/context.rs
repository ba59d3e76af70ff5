//! A build context: a Dockerfile, its .dockerignore and the one file it copies.

use crate::{build, run::root};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that `docker build` or `podman build` is given.
pub(crate) struct Context(PathBuf);

impl Context {
    /// Makes target/image/`name` anew from the Dockerfile in `folder` and `file`, which it calls `as_name`.
    pub(crate) fn new(name: &str, folder: &str, as_name: &str, file: &Path) -> Result<Self> {
        let path = build::target().join("image").join(name);
        Self::at(path, folder, as_name, file)
    }

    /// As `new`, at a given path.
    pub(crate) fn at(path: PathBuf, folder: &str, as_name: &str, file: &Path) -> Result<Self> {
        if path.exists() {
            fs::remove_dir_all(&path)
                .with_context(|| format!("{} cannot be emptied", path.display()))?;
        }
        fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        let folder = root().join(folder);
        for (from, to) in [
            (folder.join("Dockerfile"), "Dockerfile"),
            (folder.join(".dockerignore"), ".dockerignore"),
            (file.to_owned(), as_name),
        ] {
            fs::copy(&from, path.join(to)).with_context(|| {
                format!("{} cannot be copied to {}", from.display(), path.display())
            })?;
        }
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}
