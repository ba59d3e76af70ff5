//! `jit-runners man`: the manual, one page a command.

use super::Arguments;
use crate::output;
use anyhow::{Context as _, Result};
use clap::{Args, Command, CommandFactory as _};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write the pages into this folder, one a command; the first page goes to standard output where it is not given
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self) -> Result<ExitCode> {
        let command = Arguments::command();
        let Some(folder) = self.dir else {
            output::result(&page(command, "jit-runners")?);
            return Ok(ExitCode::SUCCESS);
        };
        std::fs::create_dir_all(&folder).with_context(|| unwritable(&folder))?;
        let mut pages = vec![("jit-runners".to_owned(), command.clone())];
        for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            pages.push((format!("jit-runners-{}", one.get_name()), one.clone()));
        }
        for (name, command) in pages {
            let text = page(command, &name)?;
            let path = folder.join(format!("{name}.1"));
            std::fs::write(path, text).with_context(|| unwritable(&folder))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn unwritable(folder: &std::path::Path) -> String {
    format!(
        "the manual cannot be written to {}: give --dir a folder that you may write to",
        folder.display()
    )
}

/// One page; every command's ends with the exit codes.
fn page(command: Command, name: &str) -> Result<String> {
    let command = command
        .display_name(name.to_owned())
        .bin_name(name.replacen("jit-runners-", "jit-runners ", 1))
        .after_help(super::EXIT_CODES)
        .disable_help_subcommand(true);
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .title(name.to_uppercase())
        .render(&mut page)
        .context("the manual cannot be made")?;
    Ok(String::from_utf8(page)?)
}
