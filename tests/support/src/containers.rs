//! Worlds whose tasks are containers, where this machine has an engine.

use crate::world::World;
use jit_runners::launcher::DEMO_IMAGE;
use jit_runners::stage::Settings;
use local::ecs::launcher::{ContainerLauncher, Engine, EngineChoice, NoEngine};
use std::process::Command;

/// The engine of this machine and the demo's image in it; `None`, said aloud,
/// where there is none. Under `JIT_RUNNERS_TEST_ALL` there must be one.
pub async fn engine() -> Option<Engine> {
    match Engine::find(&EngineChoice::from_environment(), Some(DEMO_IMAGE)).await {
        Ok(engine) => Some(engine),
        Err(error) => {
            assert!(
                std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
                "{error}"
            );
            let how = match error {
                NoEngine::NoImage { .. } => " `cargo xtask image` makes it.",
                _ => "",
            };
            eprintln!("skipped: {error}{how}");
            None
        }
    }
}

impl World {
    /// The demo's stage with containers for tasks, and with changes.
    pub async fn in_containers(engine: &Engine, change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|settings| {
            settings.place.launcher = Some(ContainerLauncher::maker(engine.clone()));
            settings.image = Some(DEMO_IMAGE.to_owned());
            change(settings);
        })
        .await
    }

    /// The end of a story with containers: none of them is left, and nothing else.
    pub async fn no_container_is_left(self, engine: &Engine) {
        let tasks = self.tasks();
        assert!(!tasks.is_empty(), "no task was ever started");
        self.nothing_is_left().await;
        for task in tasks {
            let arn = task["taskArn"].as_str().unwrap_or_default();
            let label = format!("--filter=label=jit-runners-task={arn}");
            for list in [
                &["ps", "--all", "--quiet"][..],
                &["volume", "ls", "--quiet"],
            ] {
                let left = ask(engine, &[list, &[&label]].concat());
                assert_eq!(left, "", "{list:?} {arn}");
            }
        }
    }
}

/// What the engine's command answers.
pub fn ask(engine: &Engine, arguments: &[&str]) -> String {
    let output = Command::new(engine.program())
        .args(arguments)
        .output()
        .expect("the engine's command starts");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
