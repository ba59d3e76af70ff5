//! Queued jobs that nobody answers for: their event is put on the bus, as the
//! webhook would have done. That finds a delivery that GitHub never made.
//!
//! GitHub has no list of an organisation's queued jobs, so the repositories that
//! were seen in the last seven days take turns, each once a rotation. A
//! repository that is too much for one period is gone on with in the next.

mod event;

use chrono::TimeDelta;
use domain::claim;
use domain::event::{DETAIL_TYPE, SOURCE, Trimmed};
use domain::policy::Policy;
use domain::reconcile::ReconcileStep;
use domain::sizing;
use domain::steps::Decision;
use github::{OpenJob, OpenRun, RunStatus};

use crate::cursor::Part;
use crate::log::Repair;
use crate::pause;
use crate::period::Period;
use crate::stop::Stop;

/// How long a repository is asked about after its last job, seconds.
const SEEN_SECONDS: i64 = 7 * 24 * 3600;
/// GitHub fails a job that was queued for 24 hours.
const NOTE_SECONDS: i64 = 25 * 3600;
/// The lists of runs that may have queued jobs.
const LISTS: [RunStatus; 2] = [RunStatus::Queued, RunStatus::InProgress];
/// Pages of a list; GitHub gives a thousand runs at most.
const PAGES: u64 = 10;

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    let now = period.now();
    let repositories: Vec<String> = period
        .contents
        .repositories
        .iter()
        .filter(|(_, seen)| **seen >= now - SEEN_SECONDS)
        .map(|(name, _)| name.clone())
        .collect();
    turn(period, now);
    while !period.cursor.repositories.done {
        let after = &period.cursor.repositories.after;
        let Some(repository) = repositories.iter().find(|name| *name > after) else {
            period.cursor.repositories.done = true;
            break;
        };
        let done = one(period, repository).await;
        period.go_on(ReconcileStep::Jobs, repository, done)?;
        period.cursor.repositories.part = None;
        period.cursor.repositories.after.clone_from(repository);
    }
    Ok(())
}

/// Begins the next rotation, where the last one is done and its time is over.
fn turn(period: &mut Period<'_>, now: i64) {
    let rotation = period.state.limits().rotation;
    let cursor = &mut period.cursor.repositories;
    let over = now >= cursor.began.saturating_add_unsigned(rotation);
    if cursor.began == 0 || (cursor.done && over) {
        cursor.began = now;
        cursor.done = false;
        cursor.after.clear();
        cursor.part = None;
    }
}

async fn one(period: &mut Period<'_>, repository: &str) -> Result<(), Stop> {
    let part = period.cursor.repositories.part.take();
    let mut part = part
        .filter(|part| part.repository == repository)
        .unwrap_or_else(|| Part {
            repository: repository.to_owned(),
            list: 0,
            below: u64::MAX,
        });
    while let Some(list) = LISTS.get(part.list) {
        let answer = runs(period, &mut part, *list).await;
        if let Err(Stop::Calls | Stop::Time | Stop::Limited(_)) = &answer {
            period.cursor.repositories.part = Some(part.clone());
        }
        match answer {
            // It was deleted, or the App is no longer installed there.
            Err(Stop::Failed(removal::RemovalError::GitHub(error))) if error.is_not_found() => {
                return Ok(());
            }
            answer => answer?,
        }
        part.list += 1;
        part.below = u64::MAX;
    }
    Ok(())
}

/// One list of runs, the newest first, as far as it was not looked at before.
async fn runs(period: &mut Period<'_>, part: &mut Part, list: RunStatus) -> Result<(), Stop> {
    let github = period.state.clients().github();
    let mut next = Some(1);
    while let Some(page) = next.filter(|page| *page <= PAGES) {
        let listed = period
            .ask(github.runs(&part.repository, list, page))
            .await?;
        for run in &listed.items {
            if run.id.0 < part.below {
                jobs(period, &part.repository, run).await?;
                part.below = run.id.0;
            }
        }
        next = listed.next;
    }
    Ok(())
}

async fn jobs(period: &mut Period<'_>, repository: &str, run: &OpenRun) -> Result<(), Stop> {
    let github = period.state.clients().github();
    let mut next = Some(1);
    while let Some(page) = next {
        let listed = period
            .ask(github.jobs_of_run(repository, run.id, page))
            .await?;
        for job in &listed.items {
            let done = start(period, run, job).await;
            period.go_on(ReconcileStep::Jobs, &job.id, done)?;
        }
        next = listed.next;
    }
    Ok(())
}

/// Puts the job's event on the bus, where nobody answers for it.
async fn start(period: &mut Period<'_>, run: &OpenRun, job: &OpenJob) -> Result<(), Stop> {
    let state = period.state;
    let pk = claim::key(job.id, job.run_attempt);
    if !is_lost(period, job)
        || period.contents.claims.contains_key(&pk)
        // What ended red is the executions' step; a person may have cancelled it.
        || state.clients().claims().read(&pk).await?.is_some()
    {
        return Ok(());
    }
    let Some(event) = event::of(run, job, period.now()) else {
        return Ok(());
    };
    if is_not_for_us(state.policy(), &event) {
        return Ok(());
    }
    put(period, &pk, &event).await
}

/// Where the policy is not known, the machine finds that out, five times at most.
fn is_not_for_us(policy: Option<&Policy>, event: &Trimmed) -> bool {
    policy.is_some_and(|policy| sizing::size(policy, event).decision == Decision::NotForUs)
}

/// Queued for long enough, under a label that the bus's rule lets through.
fn is_lost(period: &Period<'_>, job: &OpenJob) -> bool {
    let labels = period.state.labels();
    let seconds = i64::try_from(period.state.limits().queued).unwrap_or(i64::MAX);
    let age = TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX);
    job.status == "queued"
        && job.labels.iter().any(|label| labels.contains(label))
        && job
            .created_at
            .is_some_and(|created| period.state.clock().now() - created >= age)
}

/// An event that led to nothing is put again after a pause, five times at most.
async fn put(period: &mut Period<'_>, pk: &str, event: &Trimmed) -> Result<(), Stop> {
    let Ok(detail) = serde_json::to_string(event) else {
        return Ok(());
    };
    let (now, base) = (period.now(), period.state.limits().pause);
    let note = period.contents.starts.get(pk).copied().unwrap_or_default();
    if note.attempts >= pause::TRIES {
        period.done.left += 1;
        return Ok(());
    }
    if !pause::is_over(base, note.attempts, note.at, now) {
        return Ok(());
    }
    let events = period.state.events();
    events.put(SOURCE, DETAIL_TYPE, detail).await?;
    let upkeep = period.state.upkeep();
    upkeep.note_start(pk, now, now + NOTE_SECONDS).await?;
    period.done.jobs_started += 1;
    Repair {
        kind: "jobs_started",
        subject: &event.delivery_id,
        job_id: Some(event.workflow_job.id.0),
        repository: Some(&event.repository.full_name),
        reason: Some("it was queued, and nobody answered for it"),
        ..Repair::default()
    }
    .log();
    Ok(())
}
