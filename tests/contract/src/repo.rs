//! Where things are in the repository.
//!
//! Tests run in their own crate's folder; everything they compare lies under
//! the workspace's root.

use std::path::PathBuf;

/// The workspace's root folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace's root exists while its tests run")
}

/// The text of a file, named from the root.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->`.
///
/// With `UPDATE_DOCS=1` the file is written; otherwise a difference panics
/// and names the command that mends it.
pub fn keep_section(path: &str, name: &str, wanted: &str) {
    let text = read(path);
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (head, rest) = text
        .split_once(&open)
        .unwrap_or_else(|| panic!("{path} has no section {name}"));
    let (found, tail) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("{path} does not close its section {name}"));
    if found == wanted {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(
            root().join(path),
            format!("{head}{open}{wanted}{close}{tail}"),
        )
        .expect("the docs can be written");
        return;
    }
    panic!("{path}: section {name} is out of date; run UPDATE_DOCS=1 cargo test -p contract");
}

/// Keeps a whole file as it is made, in the same way.
pub fn keep_file(path: &str, wanted: &str) {
    let file = root().join(path);
    if std::fs::read_to_string(&file).is_ok_and(|found| found == wanted) {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, wanted).expect("the docs can be written");
        return;
    }
    panic!("{path} is out of date; run UPDATE_DOCS=1 cargo test -p contract");
}
