//! `cargo xtask package`: what is put on AWS, the same bytes from the same source.
//!
//! Into target/package go `bootstrap-<arch>.zip` (every function), the
//! entrypoint plain and zipped, and `image-<arch>`, a build context for the
//! runner image. Both programs are linked against an old C library, so that
//! they start in Lambda and in any runner base.

pub(crate) mod again;
mod arch;
mod compile;
mod elf;
mod report;
mod tools;
mod zip;

use arch::Arch;
pub(crate) use tools::linker;

use crate::build;
use crate::image::Context as ImageContext;
use crate::run::root;
use anyhow::{Context as _, Result};
use clap::Args;
use report::Line;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub(crate) struct Package {
    /// The architecture to build for; this machine's own without it. The stack's functions are arm64 unless its settings say otherwise
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// Builds from scratch in two folders besides, and compares the bytes (some minutes each)
    #[arg(long)]
    twice: bool,
}

impl Package {
    /// Builds, packs and prints the table of sizes on standard output.
    #[expect(clippy::print_stdout, reason = "the result of the command")]
    pub(crate) fn run(self) -> Result<ExitCode> {
        let arch = match self.arch {
            Some(arch) => arch,
            None => Arch::of_machine()?,
        };
        let packed = package(arch)?;
        println!("{}", packed.table());
        if self.twice {
            again::two_folders(&packed, arch)?;
            eprintln!("both folders gave the same bytes");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What was packed.
pub(crate) struct Packed {
    lines: Vec<Line>,
}

impl Packed {
    /// Sizes, checksums and required C library, as a table.
    pub(crate) fn table(&self) -> String {
        report::table(&self.lines)
    }

    /// What two runs must have in common.
    fn checksums(&self) -> Vec<String> {
        self.lines.iter().map(Line::checksums).collect()
    }
}

/// Builds and packs for one architecture, from this workspace.
///
/// # Errors
/// A target or a tool is not installed, a build failed, or a limit is exceeded.
fn package(arch: Arch) -> Result<Packed> {
    let into = build::target().join("package");
    package_from(&root(), &build::target(), &into, arch)
}

/// As `package`, from a workspace at `source`, with a target folder and into a folder of its own.
fn package_from(source: &Path, target: &Path, into: &Path, arch: Arch) -> Result<Packed> {
    tools::check(arch)?;
    let built = compile::release(source, target, arch)?;
    fs::create_dir_all(into).with_context(|| format!("{} cannot be made", into.display()))?;

    let entrypoint = into.join(format!("entrypoint-{arch}"));
    fs::copy(built.join("entrypoint"), &entrypoint)
        .with_context(|| format!("{} cannot be written", entrypoint.display()))?;
    let context = into.join(format!("image-{arch}"));
    ImageContext::at(context, "infra/image", "entrypoint", &entrypoint)?;

    let mut lines = Vec::new();
    for (program, limit) in [
        ("bootstrap", report::BOOTSTRAP),
        ("entrypoint", report::ENTRYPOINT),
    ] {
        let archive: PathBuf = into.join(format!("{program}-{arch}.zip"));
        let binary = fs::read(built.join(program))
            .with_context(|| format!("{program} was built but cannot be read"))?;
        compile::no_paths(program, &binary, source, target)?;
        let packed = zip::one_program(program, &binary)?;
        fs::write(&archive, &packed)
            .with_context(|| format!("{} cannot be written", archive.display()))?;
        let line = Line::new(&archive, &binary, &packed)?;
        line.check(limit)?;
        lines.push(line);
    }
    Ok(Packed { lines })
}
