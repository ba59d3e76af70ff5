//! The house style, as far as a machine can see it.

use contract::repo;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder of the repository")
        .flatten()
    {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !["target", "node_modules", ".git"]
                .iter()
                .any(|skip| name == *skip)
            {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&repo::root(), &mut found);
    assert!(found.len() > 50, "the search found the sources");
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            (path, text)
        })
        .collect()
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for (path, text) in all() {
        let lines = text.lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_about() {
    for (path, text) in all() {
        assert!(
            text.starts_with("//!") || text.starts_with("#!"),
            "{} has no //! header",
            path.display()
        );
    }
}
