//! What a function runs: a program that speaks the Runtime API, or a closure of
//! this very process.
//!
//! A closure has no environment of its own and prints nothing. Its time limit,
//! its concurrency and the way it is called are those of any function.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;

use super::FunctionError;

/// A function in this process: the event in, the answer or the error out. Its
/// future is dropped where it stands when its time is over.
pub type Handle =
    Arc<dyn Fn(Bytes) -> BoxFuture<'static, Result<Bytes, FunctionError>> + Send + Sync>;

/// What a function runs.
#[derive(Clone)]
pub enum Program {
    /// A program of this machine.
    File(PathBuf),
    /// A closure.
    InProcess(Handle),
}

impl Program {
    /// The program's file, if it has one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::InProcess(_) => None,
        }
    }
}

impl From<PathBuf> for Program {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Path> for Program {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&str> for Program {
    fn from(path: &str) -> Self {
        Self::File(path.into())
    }
}

impl From<Handle> for Program {
    fn from(handle: Handle) -> Self {
        Self::InProcess(handle)
    }
}

/// Two closures are the same where they are one.
impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => one == other,
            (Self::InProcess(one), Self::InProcess(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Program {}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::InProcess(_) => f.write_str("InProcess"),
        }
    }
}
