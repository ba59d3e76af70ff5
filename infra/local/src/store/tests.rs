//! What a store gives back after its end, however that came.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{DataError, Records, Shelf, Store};

fn open(folder: &Path) -> (Store, Records, Shelf) {
    let (store, records) = Store::open(folder, false).unwrap();
    let shelf = Shelf::default();
    store.connect(&shelf);
    (store, records, shelf)
}

fn numbers(records: &mut Records) -> Vec<(String, u32)> {
    let taken = records.take::<u32>("number").unwrap();
    let named = |(parts, value): (Vec<String>, u32)| (parts.join("/"), value);
    taken.into_iter().map(named).collect()
}

fn one(name: &str, value: u32) -> (String, u32) {
    (name.to_owned(), value)
}

#[tokio::test]
async fn what_is_settled_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, shelf) = open(folder.path());
    shelf.put(&["number", "a"], &1);
    shelf.put(&["number", "b"], &2);
    shelf.put(&["number", "a"], &3);
    shelf.put(&["numbers", "a"], &4);
    shelf.remove(&["number", "b"]);
    shelf.put(&["number", "c", "d"], &5);
    shelf.settled().await.unwrap();
    // As after a kill: nothing more is written, and nobody has the lock.
    let copy = tempfile::tempdir().unwrap();
    copy_all(folder.path(), copy.path());
    drop(store);
    let (_store, mut records, _) = open(copy.path());
    assert_eq!(numbers(&mut records), [one("a", 3), one("c/d", 5)]);
    assert_eq!(records.take::<u32>("numbers").unwrap().len(), 1);
}

#[tokio::test]
async fn a_torn_end_is_dropped_and_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, shelf) = open(folder.path());
    shelf.put(&["number", "a"], &1);
    store.close();
    let log = folder.path().join("log/0000000001.log");
    let mut file = OpenOptions::new().append(true).open(&log).unwrap();
    file.write_all(&[200, 0, 0, 0, 1, 2, 3, 4, 1, 1]).unwrap();
    let (store, mut records, shelf) = open(folder.path());
    assert_eq!(numbers(&mut records), [one("a", 1)]);
    shelf.put(&["number", "b"], &2);
    store.close();
    let (_store, mut records, _) = open(folder.path());
    assert_eq!(numbers(&mut records), [one("a", 1), one("b", 2)]);
}

#[tokio::test]
async fn what_was_written_over_goes_at_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _, shelf) = open(folder.path());
    let long = "x".repeat(1024 * 1024);
    for round in 0..20 {
        shelf.put(&["text", "a"], &long);
        shelf.put(&["number", "a"], &round);
    }
    store.close();
    let size = || -> u64 {
        let files = fs::read_dir(folder.path().join("log")).unwrap();
        files
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum()
    };
    assert!(size() > 20_000_000);
    // The merge runs beside, and is waited for at the end.
    let (store, _, shelf) = open(folder.path());
    shelf.put(&["number", "b"], &1);
    store.close();
    assert!(size() < 2_000_000, "{}", size());
    let (_store, mut records, _) = open(folder.path());
    assert_eq!(numbers(&mut records), [one("a", 19), one("b", 1)]);
    assert_eq!(records.take::<String>("text").unwrap()[0].1, long);
}

#[test]
fn a_folder_is_one_places_alone_and_its_owners() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("data");
    let (store, ..) = open(&folder);
    let second = Store::open(&folder, false);
    assert!(matches!(second, Err(DataError::InUse { .. })));
    for (path, rights) in [
        ("", 0o700),
        ("log", 0o700),
        ("lock", 0o600),
        ("format", 0o600),
    ] {
        let mode = fs::metadata(folder.join(path))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, rights, "{path}");
    }
    let log = fs::metadata(folder.join("log/0000000001.log")).unwrap();
    assert_eq!(log.permissions().mode() & 0o777, 0o600);
    drop(store);
    open(&folder);
}

#[test]
fn a_newer_folder_and_a_damaged_one_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let format = folder.path().join("format");
    fs::write(&format, r#"{"format": 99, "place": "p"}"#).unwrap();
    let error = Store::open(folder.path(), false).unwrap_err().to_string();
    assert!(error.contains("was written in format 99"), "{error}");
    fs::write(&format, "half").unwrap();
    let error = Store::open(folder.path(), false).unwrap_err().to_string();
    assert!(error.contains("is damaged"), "{error}");
}

#[test]
fn a_place_in_memory_keeps_nothing() {
    let shelf = Shelf::default();
    shelf.put(&["number", "a"], &1);
    let _whole = shelf.whole();
    assert!(!shelf.is_kept());
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
