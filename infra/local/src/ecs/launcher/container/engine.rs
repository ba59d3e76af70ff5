//! A container engine: found by itself, and used through its command.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::probe;

/// Names the engine to use: `podman`, `docker`, or a path.
const ENGINE_VARIABLE: &str = "JIT_RUNNERS_CONTAINER_ENGINE";
/// Arguments for every container, between blanks.
const ARGUMENTS_VARIABLE: &str = "JIT_RUNNERS_CONTAINER_ARGS";
/// Looked for in this order where none is named.
const KNOWN: &[&str] = &["podman", "docker"];
/// An engine that does not answer in this time does not work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which engine to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EngineChoice {
    /// A command or path; podman, then docker where not given.
    pub program: Option<String>,
    /// Arguments that `create` gets besides the launcher's own. Where there are
    /// none, what this machine needs is found out by trying.
    pub arguments: Vec<String>,
}

impl EngineChoice {
    /// From `JIT_RUNNERS_CONTAINER_ENGINE` and `JIT_RUNNERS_CONTAINER_ARGS`.
    #[must_use]
    pub fn from_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            program: set(ENGINE_VARIABLE),
            arguments: set(ARGUMENTS_VARIABLE).map_or_else(Vec::new, |arguments| {
                arguments.split_whitespace().map(str::to_owned).collect()
            }),
        }
    }
}

/// Why no engine can be used. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEngine {
    /// None answers.
    #[error(
        "No container engine works here ({0}): install podman or start docker, or name one with JIT_RUNNERS_CONTAINER_ENGINE."
    )]
    None(String),
    /// One answers and cannot start a container.
    #[error(
        "{engine} answers but starts no container ({why}): give what it needs on this machine with JIT_RUNNERS_CONTAINER_ARGS, e.g. \"--runtime runc\"."
    )]
    Unusable {
        /// The engine's command.
        engine: String,
        /// Its own words.
        why: String,
    },
    /// The image is not on this machine.
    #[error(
        "The image {image} is not on this machine ({engine} does not know it): build it or pull it first."
    )]
    NoImage {
        /// The image's name.
        image: String,
        /// The engines that were asked.
        engine: String,
    },
}

/// An engine that answered.
#[derive(Debug, Clone)]
pub struct Engine {
    program: String,
    /// What `create` needs on this machine, once that is known.
    arguments: Arc<OnceCell<Vec<String>>>,
}

impl Engine {
    /// Looks for an engine. Where `image` is given, the engine must have it and
    /// be able to start a container of it with limits.
    ///
    /// # Errors
    /// None works; the sentence says why for each.
    pub async fn find(choice: &EngineChoice, image: Option<&str>) -> Result<Self, NoEngine> {
        let candidates = match &choice.program {
            Some(named) => vec![named.clone()],
            None => KNOWN.iter().map(|known| (*known).to_owned()).collect(),
        };
        let (mut silent, mut found) = (Vec::new(), None);
        for program in candidates {
            let engine = Self::new(program, choice.arguments.clone());
            // A client alone would answer to `--version`.
            if let Err(why) = engine.call(&["info"]).await {
                silent.push(format!("{}: {why}", engine.program));
                continue;
            }
            let Some(image) = image else {
                return Ok(engine);
            };
            match engine.prepare(image).await {
                Ok(()) => return Ok(engine),
                Err(error) => found = Some(found.unwrap_or(error)),
            }
        }
        Err(found.unwrap_or_else(|| NoEngine::None(silent.join("; "))))
    }

    fn new(program: String, arguments: Vec<String>) -> Self {
        let given = (!arguments.is_empty()).then_some(arguments);
        Self {
            program,
            arguments: Arc::new(OnceCell::new_with(given)),
        }
    }

    /// The engine's command.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Whether it is podman, whose read-only containers are writable in places.
    pub(super) fn is_podman(&self) -> bool {
        let name = Path::new(&self.program).file_name();
        name.is_some_and(|name| name.to_string_lossy().starts_with("podman"))
    }

    /// Finds out how containers of an image can be started, once for all.
    pub(super) async fn prepare(&self, image: &str) -> Result<(), NoEngine> {
        if !self.has_image(image).await {
            return Err(NoEngine::NoImage {
                image: image.to_owned(),
                engine: self.program.clone(),
            });
        }
        let needed = self.arguments.get_or_try_init(|| probe::run(self, image));
        match needed.await {
            Ok(_) => Ok(()),
            Err(why) => Err(NoEngine::Unusable {
                engine: self.program.clone(),
                why,
            }),
        }
    }

    /// What `create` needs on this machine besides the launcher's own arguments.
    pub(super) fn arguments(&self) -> &[String] {
        self.arguments.get().map_or(&[], Vec::as_slice)
    }

    /// Whether an image is on this machine.
    pub(super) async fn has_image(&self, image: &str) -> bool {
        self.call(&["image", "inspect", "--format", "{{.Id}}", image])
            .await
            .is_ok()
    }

    /// Runs the engine's command to its end: its standard output, or the last
    /// line that it complained with.
    pub(super) async fn call<A: AsRef<str>>(&self, arguments: &[A]) -> Result<String, String> {
        self.call_with(arguments, &BTreeMap::new()).await
    }

    /// The same, with variables for the engine's command.
    pub(super) async fn call_with<A: AsRef<str>>(
        &self,
        arguments: &[A],
        environment: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let output = finish(self.command(arguments).envs(environment)).await?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(complaint(&output.stderr))
        }
    }

    /// Runs the engine's command to its end, however it ends.
    pub(super) async fn output<A: AsRef<str>>(&self, arguments: &[A]) -> Result<Output, String> {
        finish(&mut self.command(arguments)).await
    }

    /// The engine's command, in a process group of its own: a Ctrl-C at the
    /// terminal is the place's to handle.
    pub(super) fn command<A: AsRef<str>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments.iter().map(AsRef::as_ref))
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

async fn finish(command: &mut Command) -> Result<Output, String> {
    match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
            Err("not installed".to_owned())
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// The last line that says anything, short enough for a sentence.
pub(super) fn complaint(stderr: &[u8]) -> String {
    const LONGEST: usize = 400;
    let text = String::from_utf8_lossy(stderr);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.unwrap_or("it failed without a word").trim();
    last.trim_start_matches("Error: ")
        .chars()
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(program: &str) -> EngineChoice {
        EngineChoice {
            program: Some(program.to_owned()),
            arguments: Vec::new(),
        }
    }

    #[tokio::test]
    async fn an_engine_that_is_not_there_is_named_with_the_way_out() {
        let error = Engine::find(&choice("/nowhere/engine"), None).await;
        assert_eq!(
            error.unwrap_err().to_string(),
            "No container engine works here (/nowhere/engine: not installed): install podman or start docker, or name one with JIT_RUNNERS_CONTAINER_ENGINE."
        );
    }

    #[tokio::test]
    async fn an_engine_that_does_not_answer_is_no_engine() {
        let error = Engine::find(&choice("false"), None).await.unwrap_err();
        assert!(matches!(error, NoEngine::None(why) if why == "false: it failed without a word"));
    }

    #[test]
    fn the_last_words_are_the_complaint() {
        let words = complaint(b"time=x level=warning\nError: image not known\n\n");
        assert_eq!(words, "image not known");
    }
}
