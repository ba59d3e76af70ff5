//! Debian as a base image, made by debootstrap and kept in target/image.

use super::engine::Engine;
use crate::build;
use crate::run::{self, has};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

const SUITE: &str = "bookworm";
const MIRROR: &str = "http://deb.debian.org/debian";
/// Nothing in a container reads these.
const SLIM: [&str; 6] = [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
];

/// The image's name; makes what is not there yet.
pub(super) fn debian(engine: &Engine) -> Result<String> {
    let name = format!("jit-runners-debian:{SUITE}");
    let local = engine.local_name(&name);
    if engine.has(&local) {
        return Ok(local);
    }
    let folder = build::target().join("image");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let tar = folder.join(format!("debian-{SUITE}.tar"));
    if !tar.exists() {
        make(&folder, &tar)?;
    }
    engine.import(&tar, &name)?;
    Ok(local)
}

fn make(folder: &Path, tar: &Path) -> Result<()> {
    if !has("debootstrap") {
        bail!(
            "debootstrap is not installed, and the base image is made with it: install it (Debian: apt-get install debootstrap), or name a base with --base"
        );
    }
    let system = folder.join("debian");
    if system.exists() {
        // Left by a run that was interrupted.
        fs::remove_dir_all(&system)
            .with_context(|| format!("{} is in the way", system.display()))?;
    }
    let mut debootstrap = Command::new("debootstrap");
    debootstrap
        .args(["--variant=minbase", "--include=ca-certificates", SUITE])
        .arg(&system)
        .arg(MIRROR);
    run::quietly(debootstrap).context(
        "the base image could not be made; debootstrap needs root, and --base names another base",
    )?;
    for path in SLIM {
        let path = system.join(path);
        if path.exists() {
            fs::remove_dir_all(&path)
                .with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    // Under its own name only when it is whole.
    let unfinished = tar.with_extension("part");
    let mut pack = Command::new("tar");
    pack.args(["--sort=name", "--numeric-owner", "--create", "--file"])
        .arg(&unfinished)
        .arg("--directory")
        .arg(&system)
        .arg(".");
    run::quietly(pack)?;
    fs::rename(&unfinished, tar).with_context(|| format!("{} cannot be kept", tar.display()))?;
    fs::remove_dir_all(&system).with_context(|| format!("{} is in the way", system.display()))
}
