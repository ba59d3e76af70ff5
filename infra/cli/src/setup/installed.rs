//! Waits until the App is installed: GitHub is asked, since what a browser
//! brings back proves nothing.

use super::Account;
use anyhow::{Result, bail};
use github::{AppClient, InstallationInfo};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How often GitHub is asked.
const EVERY: Duration = Duration::from_secs(3);

/// The installation on `account`; asks at once whenever `woken`.
pub(super) async fn wait(
    app: &AppClient,
    account: &Account,
    woken: &Notify,
    deadline: Instant,
) -> Result<u64> {
    let mut problem = String::new();
    loop {
        match app.installations().await {
            Ok(all) => {
                problem.clear();
                if let Some(id) = pick(&all, account)? {
                    return Ok(id);
                }
            }
            Err(error) => problem = format!("; the last answer was: {error}"),
        }
        if Instant::now() >= deadline {
            bail!("the App was not installed in time{problem}");
        }
        let next = (Instant::now() + EVERY).min(deadline);
        tokio::select! {
            () = woken.notified() => {}
            () = tokio::time::sleep_until(next) => {}
        }
    }
}

/// The one on the account, if it is there yet.
fn pick(all: &[InstallationInfo], account: &Account) -> Result<Option<u64>> {
    match account {
        Account::Organization(login) => Ok(all
            .iter()
            .find(|one| one.account.login.eq_ignore_ascii_case(login))
            .map(|one| one.id)),
        Account::Personal => match all {
            [] => Ok(None),
            [one] => Ok(Some(one.id)),
            [..] => bail!(
                "the App is installed in {} places, and nobody can tell which is yours: write github.installationId into the settings file by hand",
                all.len()
            ),
        },
    }
}
