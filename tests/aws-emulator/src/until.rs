//! Waiting for what must come, with a deadline.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How long anything may take; far more than it does, since machines are slow.
const LIMIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer.
///
/// # Errors
/// Asking fails, or there is none in time: `what` did not come.
pub async fn until<T, F>(what: &str, ask: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > LIMIT {
            bail!("not within {} s: {what}", LIMIT.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
