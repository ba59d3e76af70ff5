//! Registrations of ours that no execution answers for: deleted.
//!
//! A runner that was just minted is offline too, so one is a suspect first and
//! must be seen again later, still offline and without an execution. GitHub
//! itself keeps one that has a job.

use domain::claim;
use domain::reconcile::ReconcileStep;
use domain::runner_name;
use github::{Deleted, Runner, Scope};
use removal::RemovalError;

use super::scopes;
use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Pages of a hundred that one period looks at.
const PAGES: usize = 3;

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    let scopes: Vec<Scope> = scopes::all(period).into_iter().collect();
    let (mut at, mut page) = begin(period, &scopes);
    for looked in 0..PAGES.min(scopes.len().max(1)) {
        let Some(scope) = scopes.get(at) else {
            return Ok(());
        };
        let github = period.state.clients().github();
        let listed = match period.ask(github.runners(scope, page)).await {
            Ok(listed) => listed,
            // A place that is gone must not stand in the way, nor one that fails.
            Err(Stop::Failed(error)) if is_gone(&error) || looked + 1 < scopes.len() => {
                if !is_gone(&error) {
                    period.failed(ReconcileStep::Runners, &error);
                }
                (at, page) = ((at + 1) % scopes.len(), 1);
                remember(period, &scopes, at, page);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        for runner in &listed.items {
            let done = one(period, scope, runner).await;
            period.go_on(ReconcileStep::Runners, &runner.name, done)?;
        }
        (at, page) = match listed.next {
            Some(next) => (at, next),
            None => ((at + 1) % scopes.len(), 1),
        };
        remember(period, &scopes, at, page);
    }
    Ok(())
}

/// Where the last period stopped, or the first place after it.
fn begin(period: &Period<'_>, scopes: &[Scope]) -> (usize, u64) {
    let cursor = &period.cursor.runners;
    let at = scopes.iter().position(|scope| name(scope) == cursor.scope);
    match at {
        Some(at) => (at, cursor.page.max(1)),
        None => (0, 1),
    }
}

fn remember(period: &mut Period<'_>, scopes: &[Scope], at: usize, page: u64) {
    period.cursor.runners.scope = scopes.get(at).map(name).unwrap_or_default();
    period.cursor.runners.page = page;
}

/// It was deleted, or the App is no longer installed there.
fn is_gone(error: &RemovalError) -> bool {
    matches!(error, RemovalError::GitHub(error) if error.is_not_found())
}

fn name(scope: &Scope) -> String {
    match scope {
        Scope::Organization(name) | Scope::Repository(name) => name.clone(),
    }
}

async fn one(period: &mut Period<'_>, scope: &Scope, runner: &Runner) -> Result<(), Stop> {
    let state = period.state;
    let prefix = &state.clients().settings().name_prefix;
    let Some((job, attempt, _)) = runner_name::parse(prefix, &runner.name) else {
        return Ok(());
    };
    let suspect = format!("runner:{}", runner.id);
    let pk = claim::key(job, attempt);
    let claim = period.contents.claims.get(&pk);
    let answered = claim.is_some_and(|claim| period.running.arns.contains(&claim.owner));
    if runner.busy || runner.status != "offline" || answered {
        period.cursor.clear(&suspect);
        return Ok(());
    }
    let now = period.now();
    let settle = state.limits().settle;
    if !period.cursor.is_settled(&suspect, settle, now) || period.is_answered(&pk).await? {
        return Ok(());
    }
    let github = state.clients().github();
    let deleted = period.ask(github.delete_runner(scope, runner.id)).await?;
    period.cursor.clear(&suspect);
    if deleted == Deleted::Now {
        period.done.runners_deleted += 1;
        Repair {
            kind: "runners_deleted",
            subject: &runner.name,
            job_id: Some(job.0),
            reason: Some("no execution answers for it"),
            ..Repair::default()
        }
        .log();
    }
    Ok(())
}
