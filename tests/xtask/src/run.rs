//! Running other programs and saying which one failed.

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let crate_folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    crate_folder
        .ancestors()
        .nth(2)
        .map(PathBuf::from)
        .unwrap_or(crate_folder)
}

/// The Cargo that started this program, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end; a failure names it.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let shown = shown(&command);
    eprintln!("$ {shown}");
    let status = command
        .status()
        .with_context(|| format!("{shown} could not be started: is it installed?"))?;
    if !status.success() {
        bail!("{shown} failed ({status}); its own messages stand above");
    }
    Ok(())
}

/// As `run`, but shows the command's output only when it fails.
pub(crate) fn quietly(command: Command) -> Result<()> {
    eprintln!("$ {}", shown(&command));
    output(command)?;
    Ok(())
}

/// What a command writes to standard output; where it fails, its messages are shown.
pub(crate) fn output(mut command: Command) -> Result<Vec<u8>> {
    let shown = shown(&command);
    let output = command
        .output()
        .with_context(|| format!("{shown} could not be started: is it installed?"))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!(
            "{shown} failed ({}); its own messages stand above",
            output.status
        );
    }
    Ok(output.stdout)
}

/// Whether a program answers to `--version`.
pub(crate) fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn shown(command: &Command) -> String {
    let name = PathBuf::from(command.get_program());
    let name = name
        .file_name()
        .unwrap_or(name.as_os_str())
        .to_string_lossy()
        .into_owned();
    command.get_args().fold(name, |line, argument| {
        format!("{line} {}", argument.to_string_lossy())
    })
}
