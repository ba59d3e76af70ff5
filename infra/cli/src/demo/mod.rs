//! The demo: commits a workflow, watches its jobs live, and ends with the
//! article's expected results against what was observed.

mod live;

use crate::commands::how_to_reach;
use crate::evidence::{self, JobEvidence, View, report};
use crate::faults::Plan;
use crate::fleet::Binaries;
use crate::output;
use crate::page;
use crate::signals::Signals;
use crate::stage::{self, Stage};
use anyhow::{Context as _, Result, anyhow, bail};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The article's workflow file, byte for byte.
const ARTICLE: &str = include_str!("../../workflows/run-jit-test.yml");

/// A workflow file to commit.
#[derive(Debug, Clone)]
pub struct Workflow {
    path: String,
    text: String,
    /// The article's: what its steps write is known.
    article: bool,
}

impl Workflow {
    /// The article's own.
    pub fn article() -> Self {
        Self {
            path: ".github/workflows/run-jit-test.yml".to_owned(),
            text: ARTICLE.to_owned(),
            article: true,
        }
    }

    /// Any other, read from `path`.
    pub fn other(path: &Path, text: String) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            path: format!(".github/workflows/{}", name.to_string_lossy()),
            text,
            article: false,
        }
    }

    /// What the steps of the article's job write: its matrix value is its last label.
    fn step_output(&self, job: &JobEvidence) -> Option<String> {
        let number = job.labels.last().filter(|_| self.article)?;
        Some(format!("executing job_num: {number}"))
    }
}

/// What the demo is asked to do.
pub struct Options {
    /// The workflow to commit.
    pub workflow: Workflow,
    /// Print the result as JSON on standard output.
    pub json: bool,
    /// Leave the place running afterwards.
    pub keep: bool,
    /// Serve the console meanwhile.
    pub console: bool,
    /// The place's port.
    pub port: u16,
    /// When to give up.
    pub timeout: Duration,
    /// What starts tasks; as processes where not given.
    pub launcher: Option<local::MakeLauncher>,
    /// The runner's image, for a launcher of containers.
    pub image: Option<String>,
    /// What shall go wrong.
    pub faults: Plan,
}

/// Runs the demo; success only when every expected result was observed.
///
/// # Errors
/// Something could not be started, or the workflow is not valid.
pub async fn run(options: Options) -> Result<ExitCode> {
    let began = Instant::now();
    let folder = std::env::current_exe()
        .context("this program's own folder is not known")?
        .parent()
        .map(Path::to_owned)
        .unwrap_or_default();
    let mut settings = stage::Settings::new(Binaries::in_folder(&folder)?);
    settings.reconcile_schedule = Some("rate(1 minute)".to_owned());
    settings.place.port = options.port;
    settings.place.launcher = options.launcher.clone();
    settings.image = options.image.clone();
    let mut signals = Signals::listen()?;
    let stage = Stage::start(settings).await?;
    options.faults.apply(&stage.place, &stage.github);
    let console = if options.keep || options.console {
        Some(page::mount(&stage.place).await)
    } else {
        None
    };
    let done = tokio::select! {
        done = serve(&stage, &options, began) => done,
        () = signals.asked_to_end() => Err(anyhow!("stopped before the end; everything it started is stopped as well")),
    };
    let struck = options.faults.report(&stage.place, Some(&stage.github));
    eprint!("{struck}");
    if options.keep && done.is_ok() {
        eprint!("{}", how_to_reach(&stage.place));
        signals.asked_to_end().await;
    }
    if let Some(console) = console {
        console.shutdown().await;
    }
    stage.shutdown().await;
    done.map(|held| {
        if held {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    })
}

/// Commits the workflow, waits for its jobs, reports; whether everything held.
async fn serve(stage: &Stage, options: &Options, began: Instant) -> Result<bool> {
    let workflow = &options.workflow;
    let show = live::Live::new(began);
    // A file that is refused gets its own sentence, and no other line.
    stage
        .github
        .commit_workflow(stage::REPOSITORY, &workflow.path, &workflow.text)
        .map_err(|error| anyhow!("{error}"))?;
    refuse_other_runners(stage)?;
    show.say(&format!(
        "The place is ready at {}; GitHub's emulator at {}.",
        stage.place.endpoint(),
        stage.github.base_url()
    ));
    if options.keep || options.console {
        show.say(&format!("Watch it at {}", page::address(&stage.place)));
    }
    show.say(&format!(
        "Committed {} to {}/{}.",
        workflow.path,
        stage::ORGANIZATION,
        stage::REPOSITORY
    ));
    let ended = live::watch(stage, &show, options.timeout).await?;
    let jobs = evidence::gather(&stage.place, &stage.github, &stage.clients, &stage.fleet).await?;
    let jobs: Vec<JobEvidence> = jobs
        .into_iter()
        .filter(|job| job.conclusion.as_deref() != Some("skipped"))
        .collect();
    let checks = evidence::checks(&jobs, View::Everything, &|job| workflow.step_output(job));
    let held = ended && checks.iter().all(|check| check.holds);
    output::result(&if options.json {
        report::json(&jobs, &checks, held, began.elapsed())?
    } else {
        report::text(&jobs, &checks, held, began.elapsed())
    });
    if !ended {
        bail!(
            "not every job had ended after {} s: the lines above say where each one is; --timeout gives them longer",
            options.timeout.as_secs()
        );
    }
    Ok(held)
}

/// A job for GitHub's own runners would wait here for ever: say so at once.
fn refuse_other_runners(stage: &Stage) -> Result<()> {
    for job in stage.github.jobs() {
        let ours = job
            .labels
            .iter()
            .any(|label| label.eq_ignore_ascii_case("self-hosted"));
        if !ours {
            bail!(
                "job {} runs on [{}], which no rule matches: add the label self-hosted to its runs-on",
                job.name,
                job.labels.join(", ")
            );
        }
    }
    Ok(())
}
