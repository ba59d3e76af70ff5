//! The container engine of the machine: docker or podman, whichever answers.

use crate::run;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// A container engine's command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Docker,
    Podman,
}

impl Engine {
    /// Docker where its daemon answers, else podman.
    pub(crate) fn find() -> Result<Self> {
        for engine in [Self::Docker, Self::Podman] {
            if engine.answers() {
                return Ok(engine);
            }
        }
        bail!(
            "neither docker nor podman answers, and the image needs one of them: start Docker, or install podman (Debian: apt-get install podman runc debootstrap)"
        )
    }

    /// Builds the context's Dockerfile and gives the image a name.
    pub(crate) fn build(
        self,
        context: &Path,
        name: &str,
        arguments: &[(&str, &str)],
    ) -> Result<()> {
        let mut command = self.command();
        command.arg("build");
        if self == Self::Podman {
            // It needs neither a runtime nor a network of its own, which a
            // build in a container lacks.
            command.args(["--isolation", "chroot"]);
        }
        command.args(["--tag", name]);
        for (key, value) in arguments {
            command.arg("--build-arg").arg(format!("{key}={value}"));
        }
        command.arg(context);
        run::quietly(command)
    }

    /// Makes an image of a root file system's tar file.
    pub(crate) fn import(self, tar: &Path, name: &str) -> Result<()> {
        let mut command = self.command();
        command.arg("import").arg(tar).arg(name);
        run::quietly(command)
    }

    /// Whether there is an image of this name.
    pub(crate) fn has(self, name: &str) -> bool {
        let mut command = self.command();
        command.args(["image", "inspect", name]);
        command.output().is_ok_and(|output| output.status.success())
    }

    /// A name that the engine looks up on this machine and in no registry.
    pub(crate) fn local_name(self, name: &str) -> String {
        match self {
            Self::Docker => name.to_owned(),
            Self::Podman => format!("localhost/{name}"),
        }
    }

    fn answers(self) -> bool {
        // Fails where docker's daemon does not run; its client alone is no engine.
        let mut command = self.command();
        command.arg("info");
        command.output().is_ok_and(|output| output.status.success())
    }

    fn command(self) -> Command {
        Command::new(match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        })
    }
}
