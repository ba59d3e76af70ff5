//! `--faults FILE`: what shall go wrong, and afterwards what did.

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use faults::{Faults, FaultsFile};
use github_emulator::{Emulator, GitHubFault};
use local::{AwsFault, Place};
use serde::Serialize;
use std::path::PathBuf;

/// The flag, for the commands that start a place.
#[derive(Debug, Args)]
pub(crate) struct FaultsFlag {
    /// Let things go wrong as this file says; docs/faults.md has the names
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

impl FaultsFlag {
    /// Reads the file; no faults where none is named.
    ///
    /// # Errors
    /// The file cannot be read, or says what no fault knows.
    pub(crate) fn read(&self) -> Result<Plan> {
        let Some(path) = &self.faults else {
            return Ok(Plan::default());
        };
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("the faults file {shown} cannot be read: give the path of a file")
        })?;
        let file = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            let problem = error.message();
            anyhow!(
                "the faults file {shown} is not valid, line {line}: {problem}; docs/faults.md has the names"
            )
        })?;
        Ok(Plan(Some(file)))
    }
}

/// The faults of a run.
#[derive(Debug, Clone, Default)]
pub struct Plan(Option<FaultsFile<GitHubFault, AwsFault>>);

impl Plan {
    /// The same, where nothing plays GitHub.
    ///
    /// # Errors
    /// There are faults of GitHub.
    pub(crate) fn without_github(self) -> Result<Self> {
        if self.0.as_ref().is_some_and(|file| !file.github.is_empty()) {
            bail!(
                "the faults file has faults of GitHub, and `up` starts none: take the [[github]] tables out, or use `demo`"
            );
        }
        Ok(self)
    }

    /// Lets the faults of a place strike from now on.
    pub(crate) fn apply_to_place(&self, place: &Place) {
        if let Some(file) = &self.0 {
            place.faults().seed(file.seed);
            place.faults().extend(file.aws.clone());
        }
    }

    /// Lets the faults of both sides strike from now on.
    pub(crate) fn apply(&self, place: &Place, github: &Emulator) {
        self.apply_to_place(place);
        if let Some(file) = &self.0 {
            github.faults().seed(file.seed);
            github.faults().extend(file.github.clone());
        }
    }

    /// A line for each kind of fault: how often it could have struck, and did.
    pub(crate) fn report(&self, place: &Place, github: Option<&Emulator>) -> String {
        if self.0.is_none() {
            return String::new();
        }
        let mut lines = github
            .map(|github| lines(github.faults()))
            .unwrap_or_default();
        lines.push_str(&self::lines(place.faults()));
        lines
    }
}

fn lines<What: Clone + Serialize>(faults: &Faults<What>) -> String {
    let struck = faults.struck();
    let line = |(name, count): (String, faults::Occurrence)| {
        format!("fault {name}: struck {} of {}\n", count.struck, count.seen)
    };
    struck.into_iter().map(line).collect()
}
