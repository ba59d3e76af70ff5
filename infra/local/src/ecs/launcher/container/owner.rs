//! Whose containers they are, and what becomes of those whose place was killed.
//!
//! A place holds a lock on a file for its whole life; the kernel lets go of it
//! however the place ends. The file's path is a label of every container. Who
//! finds such a container and can take the lock has the proof that its place is
//! dead. Where the file is gone there is no proof: then only what does not run
//! is removed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::engine::Engine;

/// The label that names a container's or volume's place.
pub(super) const LABEL: &str = "jit-runners-place";

/// A living place.
#[derive(Debug)]
pub(super) struct Owner {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl Owner {
    /// Makes the file in the place's folder and locks it.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = std::fs::canonicalize(folder)?;
        let path = folder.join(format!("containers-{}.lock", Uuid::new_v4().simple()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        file.lock()?;
        Ok(Self { path, _lock: file })
    }

    /// The label's value.
    pub(super) fn label(&self) -> String {
        self.path.display().to_string()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Where it stays, the lock says that nobody owns it.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What is known about a container's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Lives,
    Dead,
    Unknown,
}

fn standing(label: &str) -> Standing {
    match File::open(label) {
        Err(_) => Standing::Unknown,
        Ok(file) => match file.try_lock() {
            Ok(()) => Standing::Dead,
            Err(_) => Standing::Lives,
        },
    }
}

impl Engine {
    /// Removes the containers and volumes of places that are dead; answers how
    /// many containers there were.
    ///
    /// # Errors
    /// The engine's own words.
    pub async fn remove_orphans(&self) -> Result<usize, String> {
        let mut removed = 0;
        let filter = format!("--filter=label={LABEL}");
        let list = ["ps", "--all", "--quiet", "--no-trunc", &filter];
        let format = format!("--format={{{{index .Config.Labels \"{LABEL}\"}}}}");
        for id in words(&self.call(&list).await?) {
            // One that is gone by now is none of ours.
            let Ok(label) = self.call(&["inspect", &format, &id]).await else {
                continue;
            };
            let removal = match standing(label.trim()) {
                Standing::Lives => continue,
                Standing::Dead => self.call(&["rm", "--force", "--volumes", &id]).await,
                Standing::Unknown => self.call(&["rm", "--volumes", &id]).await,
            };
            match removal {
                Ok(_) => removed += 1,
                Err(why) => {
                    tracing::warn!(id, why, "a dead place's container could not be removed");
                }
            }
        }
        let list = ["volume", "ls", "--quiet", &filter];
        let format = format!("--format={{{{index .Labels \"{LABEL}\"}}}}");
        for name in words(&self.call(&list).await?) {
            let Ok(label) = self.call(&["volume", "inspect", &format, &name]).await else {
                continue;
            };
            // The engine refuses where a container still has it.
            if standing(label.trim()) != Standing::Lives {
                let _ = self.call(&["volume", "rm", &name]).await;
            }
        }
        Ok(removed)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lock_that_can_be_taken_proves_a_place_dead() {
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner::new(folder.path()).unwrap();
        assert_eq!(standing(&owner.label()), Standing::Lives);
        // What a killed place leaves: the file, and no lock.
        let left = folder.path().join("left.lock");
        std::fs::write(&left, "").unwrap();
        assert_eq!(standing(&left.display().to_string()), Standing::Dead);
        let label = owner.label();
        drop(owner);
        assert_eq!(standing(&label), Standing::Unknown);
    }
}
