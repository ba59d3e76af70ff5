//! A console on a port of its own, for the command `jit-runners console`.

use crate::error::ApiError;
use crate::{Console, PATH, guard};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long open answers may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// An open port that nobody is served on yet.
pub struct Bound(TcpListener);

impl Bound {
    /// Opens the port; 0 takes a free one.
    ///
    /// # Errors
    /// The port is in use, or the address is not this machine's.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self)
    }

    /// Where it is.
    ///
    /// # Errors
    /// The operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Serves the console at [`PATH`], and leads there from `/`.
    #[must_use]
    pub fn serve(self, console: Console) -> Server {
        let router = Router::new()
            .nest_service(PATH, console.router())
            .fallback(async || ApiError::NotFound)
            .layer(middleware::from_fn(lead));
        let router = guard::beside(router, &console.shared);
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            // A server that fails is noticed by its visitors.
            let _ = axum::serve(self.0, router)
                .with_graceful_shutdown(stopped)
                .await;
        });
        Server {
            console,
            stop,
            server,
        }
    }
}

/// A console that is served. End it with [`Server::shutdown`].
pub struct Server {
    console: Console,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Server {
    /// Ends the console, then the port.
    pub async fn shutdown(self) {
        self.console.shutdown().await;
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

/// To the console's folder: the page's own addresses are relative to it.
async fn lead(request: Request, next: Next) -> Response {
    if !["/", PATH].contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let query = request.uri().query();
    let to = match query {
        // It may hold the token.
        Some(query) => format!("{PATH}/?{query}"),
        None => format!("{PATH}/"),
    };
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
}
