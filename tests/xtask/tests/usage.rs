//! What `cargo xtask` says where something is not installed: one sentence that
//! names what to do, and an exit code that is not 0.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn a_target_that_is_not_installed_is_named_with_its_rustup_command() {
    let programs = tempfile::tempdir().unwrap();
    program(programs.path(), "rustc", "echo /nowhere/lib");
    let said = refused(programs.path(), &["package", "--arch", "arm64"]);
    assert_eq!(
        said,
        "cargo xtask: the Rust standard library for aarch64-unknown-linux-gnu is not installed, and arm64 is built with it: run `rustup target add aarch64-unknown-linux-gnu`\n"
    );
}

#[test]
fn a_linker_that_is_not_installed_is_named_with_its_pip_command() {
    let programs = tempfile::tempdir().unwrap();
    program(programs.path(), "rustc", "echo /");
    let said = refused(programs.path(), &["package", "--arch", "x86_64"]);
    assert!(
        said.contains("`pip install cargo-zigbuild==") && said.contains(" ziglang=="),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn zig_is_missed_where_only_cargo_zigbuild_is_installed() {
    let programs = tempfile::tempdir().unwrap();
    program(programs.path(), "rustc", "echo /");
    program(programs.path(), "cargo-zigbuild", "exit 0");
    let said = refused(programs.path(), &["package", "--arch", "x86_64"]);
    assert!(said.contains(" ziglang=="), "{said}");
}

#[test]
fn an_unknown_architecture_is_refused_with_those_that_there_are() {
    let programs = tempfile::tempdir().unwrap();
    let said = refused(programs.path(), &["package", "--arch", "riscv64"]);
    assert!(said.contains("arm64, x86_64"), "{said}");
}

#[test]
fn an_image_without_an_engine_is_refused_with_what_to_install() {
    let programs = tempfile::tempdir().unwrap();
    let said = refused(
        programs.path(),
        &["image", "--binaries", &programs.path().to_string_lossy()],
    );
    assert!(
        said.contains("neither docker nor podman answers")
            && said.contains("apt-get install podman"),
        "{said}"
    );
}

/// Puts a program on the otherwise empty path.
fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a temporary folder takes files");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file was just made");
}

/// What it wrote to standard error, having failed and printed no result.
fn refused(path: &Path, arguments: &[&str]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .env("PATH", path)
        .output()
        .expect("xtask was built");
    assert!(!status.success());
    assert!(stdout.is_empty());
    String::from_utf8(stderr).expect("messages are UTF-8")
}
