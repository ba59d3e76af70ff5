//! The folder of a place that keeps its state: its lock, its format, its files.
//!
//! `lock` is held as long as the place lives; the kernel lets go of it however the
//! place ends. `format` names the format and the place. `log/` has the segments of
//! the log, `<number>.log`, and at most one `<number>.base`, which stands for all
//! segments up to that number. Everything is its owner's alone to read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What this program writes. A change that an older program cannot read counts it up.
const FORMAT: u32 = 1;

/// Why a folder cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Another place has it.
    #[error(
        "Another place uses the folder {}: stop that one, or choose another folder.",
        folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A later version wrote it.
    #[error(
        "The folder {} was written in format {found}, and this version knows none above {FORMAT}: use the version that wrote it, or choose another folder.",
        folder.display()
    )]
    Newer {
        /// The folder.
        folder: PathBuf,
        /// The folder's format.
        found: u32,
    },
    /// A file's content makes no sense.
    #[error(
        "{} is damaged ({what}): put a copy of the folder in its place, or choose another folder.",
        file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The system refused.
    #[error(
        "{} cannot be used ({source}): choose a folder that can be written to.",
        path.display()
    )]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl DataError {
    /// A record of the log that makes no sense.
    pub(crate) fn record(of: &str, why: &dyn std::fmt::Display) -> Self {
        Self::Damaged {
            file: "The log".into(),
            what: format!("a record of {of}: {why}"),
        }
    }
}

/// The content of `format`.
#[derive(Debug, Serialize, Deserialize)]
struct Format {
    format: u32,
    /// Marks the processes of this folder's places.
    place: String,
}

/// A folder that this place alone has.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) log: PathBuf,
    /// The id of the place, the same after every start.
    pub(super) place: String,
    /// Locked as long as it is open.
    _lock: File,
}

impl Folder {
    /// Makes the folder where there is none, locks it, and looks at its format.
    pub(super) fn take(folder: &Path) -> Result<Self, DataError> {
        make(folder)?;
        let lock = folder.join("lock");
        let file = private().create(true).truncate(false).open(&lock);
        let file = file.map_err(|source| cannot(&lock, source))?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => DataError::InUse {
                folder: folder.to_owned(),
            },
            fs::TryLockError::Error(source) => cannot(&lock, source),
        })?;
        let log = folder.join("log");
        make(&log)?;
        let format = format(folder)?;
        Ok(Self {
            log,
            place: format.place,
            _lock: file,
        })
    }
}

/// The folder's format; written where it is new.
fn format(folder: &Path) -> Result<Format, DataError> {
    let path = folder.join("format");
    match fs::read(&path) {
        Ok(text) => {
            let format: Format =
                serde_json::from_slice(&text).map_err(|error| DataError::Damaged {
                    file: path,
                    what: error.to_string(),
                })?;
            if format.format > FORMAT {
                return Err(DataError::Newer {
                    folder: folder.to_owned(),
                    found: format.format,
                });
            }
            Ok(format)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let format = Format {
                format: FORMAT,
                place: Uuid::new_v4().simple().to_string(),
            };
            let text = serde_json::to_vec(&format).unwrap_or_default();
            // By another name first: a place that is killed here leaves no half file.
            let draft = folder.join("format.new");
            write(&draft, &text)
                .and_then(|()| fs::rename(&draft, &path))
                .and_then(|()| sync_folder(&path))
                .map_err(|source| cannot(&path, source))?;
            Ok(format)
        }
        Err(source) => Err(cannot(&path, source)),
    }
}

/// A folder that only its owner may enter.
fn make(folder: &Path) -> Result<(), DataError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.and_then(|()| {
        let mut rights = fs::metadata(folder)?.permissions();
        if rights.mode() & 0o077 != 0 {
            rights.set_mode(0o700);
            fs::set_permissions(folder, rights)?;
        }
        Ok(())
    })
    .map_err(|source| cannot(folder, source))
}

/// Files that only their owner may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

/// Writes a new file, or over an old one.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = private().create(true).truncate(true).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Makes sure of a file's name, as `sync_all` does of its content.
pub(super) fn sync_folder(of: &Path) -> io::Result<()> {
    match of.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

pub(super) fn cannot(path: &Path, source: io::Error) -> DataError {
    DataError::Io {
        path: path.to_owned(),
        source,
    }
}
