//! The pictures of docs/pictures: screenshots that tests make of a fleet that
//! runs. They are written anew on demand only, since no two runs are alike to
//! the pixel.

use crate::browser::screenshots;
use std::path::Path;

/// With this variable the screenshots become the docs' pictures.
pub const WRITE: &str = "JIT_RUNNERS_WRITE_DOCS";

/// Puts screenshots of a story's fleet into the docs, where that is asked for.
pub fn keep(names: &[&str]) {
    if std::env::var_os(WRITE).is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    std::fs::create_dir_all(&folder).expect("the docs can be written");
    for name in names {
        let made = screenshots().join(format!("fleet/console-{name}.png"));
        let kept = folder.join(format!("{name}.png"));
        std::fs::copy(&made, kept).unwrap_or_else(|error| panic!("{}: {error}", made.display()));
    }
}
