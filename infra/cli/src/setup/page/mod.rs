//! The page on loopback: it shows, and hands on the code that GitHub sends the
//! browser back with. What is done with that is the flow's part, so that a
//! browser that goes away interrupts nothing.

mod answers;
mod html;

use super::manifest::Permission;
use anyhow::{Context as _, Result};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How long open answers may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// How long to wait for the browser's return when GitHub was quicker.
const LAST_PAGE: Duration = Duration::from_secs(5);

/// What the page tells of.
pub(super) struct About {
    /// Where the form posts to, at GitHub.
    pub(super) post_to: String,
    pub(super) manifest: String,
    /// GitHub, the one place that the form may lead to.
    pub(super) origin: String,
    pub(super) permissions: Vec<Permission>,
    pub(super) app_key: String,
    pub(super) in_kms: bool,
    pub(super) webhook_secret: String,
    pub(super) settings: String,
    pub(super) organization: Option<String>,
}

/// How far it is.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    /// Nobody came back from GitHub yet.
    Asking,
    /// The code is being exchanged.
    Working,
    /// It exists; it is to be installed.
    Created {
        /// The App's name.
        name: String,
        /// Where it is installed.
        install: String,
    },
    /// All is done.
    Installed,
    /// It went wrong; what the terminal says as well.
    Failed(String),
}

/// What the handlers share.
struct Shared {
    about: About,
    /// `127.0.0.1:PORT`, which a request's Host must be.
    host: String,
    token: String,
    state: String,
    phase: watch::Sender<Phase>,
    codes: mpsc::Sender<SecretString>,
    woken: Arc<Notify>,
    /// The last page was shown.
    seen: Notify,
}

/// A served page.
pub(super) struct Page {
    shared: Arc<Shared>,
    url: String,
    codes: mpsc::Receiver<SecretString>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Page {
    /// Serves on 127.0.0.1; `about` is told the page's base address and the
    /// state that GitHub has to bring back.
    pub(super) async fn start(port: u16, about: impl FnOnce(&str, &str) -> About) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| {
                format!("port {port} on 127.0.0.1 cannot be opened: choose another port, or 0 for a free one")
            })?;
        let host = listener.local_addr()?.to_string();
        let base = format!("http://{host}");
        let (state, token) = (super::random_text(), super::random_text());
        let (sender, codes) = mpsc::channel(1);
        let shared = Arc::new(Shared {
            about: about(&base, &state),
            host,
            token,
            state,
            phase: watch::Sender::new(Phase::Asking),
            codes: sender,
            woken: Arc::default(),
            seen: Notify::new(),
        });
        let url = format!("{base}/{}", shared.token);
        let router = answers::router(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            // A server that fails is noticed by the browser; the flow has its deadline.
            let _ = axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await;
        });
        Ok(Self {
            shared,
            url,
            codes,
            stop,
            server,
        })
    }

    /// Where to begin.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The code that came with the right state.
    pub(super) async fn code(&mut self) -> SecretString {
        match self.codes.recv().await {
            Some(code) => code,
            // The sender is ours as well: it cannot be gone.
            None => std::future::pending().await,
        }
    }

    /// Shows this from now on.
    pub(super) fn show(&self, phase: Phase) {
        self.shared.phase.send_replace(phase);
    }

    /// Rings when the browser came back from the installation.
    pub(super) fn woken(&self) -> Arc<Notify> {
        Arc::clone(&self.shared.woken)
    }

    /// Ends; a browser on its way back still gets its page.
    pub(super) async fn close(self) {
        if matches!(*self.shared.phase.borrow(), Phase::Installed) {
            let _ = tokio::time::timeout(LAST_PAGE, self.shared.seen.notified()).await;
        }
        let _ = self.stop.send(());
        let server = self.server.abort_handle();
        if tokio::time::timeout(LAST_ANSWERS, self.server)
            .await
            .is_err()
        {
            server.abort();
        }
    }
}
