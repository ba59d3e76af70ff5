//! The emulator as a process: one for each test, on a port of its own, in a
//! process group of its own, so that its function processes end with it.

use crate::account::Account;
use crate::tools::Tools;
use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rand::Rng as _;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// How long its start may take, and its end.
const LIMIT: Duration = Duration::from_secs(60);
/// Waits and pauses of state machines last a tenth; so do its looks at tasks.
const WAIT_SCALE: &str = "0.1";

/// A running emulator. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Ministack {
    child: Child,
    group: Pid,
    pub(crate) account: Account,
}

impl Ministack {
    /// Starts one whose files lie in `folder`.
    pub(crate) async fn start(tools: &Tools, folder: &Path) -> Result<Self> {
        let port = free_port().await?;
        let id = format!(
            "{}",
            rand::rng().random_range(100_000_000_000_u64..1_000_000_000_000)
        );
        let account = Account::root(id, format!("http://127.0.0.1:{port}"), tools.aws.clone());
        let log = std::fs::File::create(folder.join("ministack.log"))?;
        let child = Command::new(&tools.ministack)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("PYTHONUNBUFFERED", "1")
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("MINISTACK_ACCOUNT_ID", &account.id)
            .env("IOT_MTLS_ENABLED", "false")
            .env("SFTP_ENABLED", "0")
            // IAM is evaluated: a permission that a function lacks shows.
            .env("AUTH", "true")
            .env("SFN_WAIT_SCALE", WAIT_SCALE)
            // The functions inherit these, and their roles' credentials.
            .envs(account.environment())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .context("the AWS emulator could not be started")?;
        let pid = child.id().context("the AWS emulator ended at once")?;
        let mut ministack = Self {
            child,
            group: Pid::from_raw(i32::try_from(pid)?),
            account,
        };
        ministack.is_up(&folder.join("ministack.log")).await?;
        Ok(ministack)
    }

    async fn is_up(&mut self, log: &Path) -> Result<()> {
        let began = Instant::now();
        let health = format!("{}/_ministack/health", self.account.endpoint);
        while reqwest::get(&health).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                bail!("the AWS emulator ended ({status}):\n{said}");
            }
            if began.elapsed() > LIMIT {
                bail!(
                    "the AWS emulator does not answer within {} s",
                    LIMIT.as_secs()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Ends it and the functions' processes, and waits until all are gone.
    pub(crate) async fn stop(mut self) -> Result<()> {
        killpg(self.group, Signal::SIGTERM)?;
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await;
        // What is left of the group did not listen, or there is nobody left.
        let _ = killpg(self.group, Signal::SIGKILL);
        ended.context("the AWS emulator did not end")??;
        let began = Instant::now();
        while killpg(self.group, None).is_ok() {
            if began.elapsed() > LIMIT {
                bail!("processes of the AWS emulator are left");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(())
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }
}

/// A port that nobody has now. It cannot be handed over, but taken right away.
async fn free_port() -> Result<u16> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    Ok(listener.local_addr()?.port())
}
