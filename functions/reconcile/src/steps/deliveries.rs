//! Failed webhook deliveries: GitHub is asked to send them once more.
//!
//! GitHub lists failures newest first, and a delivery that failed again is a
//! new one under the same GUID. So a failure needs something only until a
//! redelivery answers it, and failures up to `done_until` never again. More of
//! them than a period can look at are walked through, page by page, over
//! several periods; the first page is looked at in each.

mod needs;

use std::collections::BTreeSet;

use domain::reconcile::ReconcileStep;
use github::{DeliveryPage, DeliveryStatus, GitHubError, HookDelivery, OrganizationHook};

use needs::{Needs, is_too_old, needs};

use crate::cursor::{HookCursor, Walk};
use crate::log::Repair;
use crate::period::Period;
use crate::stop::Stop;

/// Notes outlive the window.
const NOTE_SECONDS: i64 = 4 * 24 * 3600;
/// Pages of failures that one period looks at.
const PAGES: usize = 5;
/// Pages of successes that are looked at for GUIDs that got through meanwhile.
const PAGES_OF_SUCCESS: usize = 2;

/// Whose webhook.
#[derive(Debug, Clone)]
enum Hook {
    App,
    Organization(OrganizationHook),
}

/// What became of a page.
#[derive(Debug, Default, PartialEq, Eq)]
struct Looked {
    /// There is nothing below it that needs anything.
    end: bool,
    /// The oldest failure on it that still needs something.
    oldest_open: Option<u64>,
}

pub(super) async fn run(period: &mut Period<'_>) -> Result<(), Stop> {
    let mut cursor = period.cursor.app_hook.clone();
    let app = hook(period, &Hook::App, &mut cursor).await;
    period.cursor.app_hook = cursor;
    let Some(organization) = period.state.organization_hook().cloned() else {
        return app;
    };
    if let Err(Stop::Failed(error)) = &app {
        period.failed(ReconcileStep::Deliveries, error);
    }
    let mut cursor = period.cursor.organization_hook.clone();
    let answer = hook(period, &Hook::Organization(organization), &mut cursor).await;
    period.cursor.organization_hook = cursor;
    answer
}

async fn hook(period: &mut Period<'_>, hook: &Hook, cursor: &mut HookCursor) -> Result<(), Stop> {
    let first = page(period, hook, DeliveryStatus::Failure, None).await?;
    let newest = first.deliveries.iter().map(|one| one.id).max();
    let looked = look(period, hook, &first, cursor.done_until).await?;
    let mut walk = match cursor.walk.take() {
        Some(walk) => walk,
        None => {
            let walk = Walk {
                page: first.next.clone().unwrap_or_default(),
                newest: newest.unwrap_or(cursor.done_until),
                oldest_open: looked.oldest_open,
            };
            if looked.end || first.next.is_none() {
                finish(cursor, &walk);
                return Ok(());
            }
            walk
        }
    };
    for _ in 1..PAGES {
        let next = match page(period, hook, DeliveryStatus::Failure, Some(&walk.page)).await {
            Ok(next) => next,
            // GitHub's cursors do not live for ever: the walk begins anew.
            Err(Stop::Failed(error)) if is_refused(&error) => return Ok(()),
            Err(stop) => {
                cursor.walk = Some(walk);
                return Err(stop);
            }
        };
        let looked = match look(period, hook, &next, cursor.done_until).await {
            Ok(looked) => looked,
            Err(stop) => {
                cursor.walk = Some(walk);
                return Err(stop);
            }
        };
        walk.oldest_open = oldest(walk.oldest_open, looked.oldest_open);
        match next.next {
            Some(page) if !looked.end => walk.page = page,
            _ => {
                finish(cursor, &walk);
                return Ok(());
            }
        }
    }
    cursor.walk = Some(walk);
    Ok(())
}

fn finish(cursor: &mut HookCursor, walk: &Walk) {
    let until = match walk.oldest_open {
        Some(open) => open.saturating_sub(1),
        None => walk.newest,
    };
    cursor.done_until = cursor.done_until.max(until);
    cursor.walk = None;
}

fn oldest(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

async fn page(
    period: &mut Period<'_>,
    hook: &Hook,
    status: DeliveryStatus,
    cursor: Option<&str>,
) -> Result<DeliveryPage, Stop> {
    let state = period.state;
    match hook {
        Hook::App => period.ask(state.app().delivery_page(status, cursor)).await,
        Hook::Organization(hook) => {
            let github = state.clients().github();
            period.ask(github.delivery_page(hook, status, cursor)).await
        }
    }
}

/// Goes through a page, the newest first. What cannot be done for lack of
/// calls or time stays open; it ends nothing.
async fn look(
    period: &mut Period<'_>,
    hook: &Hook,
    page: &DeliveryPage,
    done_until: u64,
) -> Result<Looked, Stop> {
    let mut looked = Looked::default();
    let mut arrived: Option<BTreeSet<String>> = None;
    for delivery in &page.deliveries {
        if delivery.id <= done_until || is_too_old(delivery.delivered_at, period.now()) {
            looked.end = true;
            break;
        }
        let note = period.contents.deliveries.get(&delivery.guid).copied();
        match needs(delivery, note, period.state.limits().pause, period.now()) {
            Needs::Nothing => continue,
            Needs::Later => {}
            Needs::APerson => {
                period.done.left += 1;
                continue;
            }
            Needs::Redelivery => {
                if arrived.is_none() && period.may_ask(2) {
                    arrived = Some(successes(period, hook, delivery.id).await?);
                }
                if arrived
                    .as_ref()
                    .is_some_and(|all| all.contains(&delivery.guid))
                {
                    continue;
                }
                if period.may_ask(1) && period.time().is_ok() {
                    let sent = redeliver(period, hook, delivery).await;
                    let answered = matches!(sent, Ok(true));
                    let sent = sent.map(|_| ());
                    period.go_on(ReconcileStep::Deliveries, &delivery.guid, sent)?;
                    if answered {
                        continue;
                    }
                }
            }
        }
        looked.oldest_open = oldest(looked.oldest_open, Some(delivery.id));
    }
    Ok(looked)
}

/// The GUIDs that got through after the failure `since`, as far as that is cheap
/// to know; a delivery too many is answered by the claim.
async fn successes(
    period: &mut Period<'_>,
    hook: &Hook,
    since: u64,
) -> Result<BTreeSet<String>, Stop> {
    let mut guids = BTreeSet::new();
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES_OF_SUCCESS {
        if !period.may_ask(2) {
            break;
        }
        let next = page(period, hook, DeliveryStatus::Success, cursor.as_deref()).await?;
        let end = next.deliveries.iter().any(|one| one.id < since);
        guids.extend(next.deliveries.into_iter().map(|one| one.guid));
        cursor = next.next;
        if end || cursor.is_none() {
            break;
        }
    }
    Ok(guids)
}

fn is_refused(error: &removal::RemovalError) -> bool {
    matches!(
        error,
        removal::RemovalError::GitHub(GitHubError::Refused { .. })
    )
}

/// Whether GitHub will send it again. A refusal counts as a try, since nobody knows
/// whether it is for good: it is asked again after a pause, five times at most.
async fn redeliver(
    period: &mut Period<'_>,
    hook: &Hook,
    delivery: &HookDelivery,
) -> Result<bool, Stop> {
    let state = period.state;
    let sent = match hook {
        Hook::App => period.ask(state.app().redeliver(delivery.id)).await,
        Hook::Organization(hook) => {
            let github = state.clients().github();
            period.ask(github.redeliver(hook, delivery.id)).await
        }
    };
    let refused = match sent {
        Ok(()) => false,
        Err(Stop::Failed(error)) if is_refused(&error) => {
            period.failed(ReconcileStep::Deliveries, &error);
            true
        }
        Err(stop) => return Err(stop),
    };
    let now = period.now();
    let guid = delivery.guid.as_str();
    let notes = &mut period.contents.deliveries;
    let note = notes.entry(guid.to_owned()).or_default();
    // An older failure of the same delivery is answered as well.
    if !refused {
        note.answered = delivery.id;
    }
    note.at = now;
    note.attempts += 1;
    let answered = note.answered;
    state
        .upkeep()
        .note_redelivery(guid, answered, now, now + NOTE_SECONDS)
        .await?;
    if refused {
        return Ok(false);
    }
    period.done.redelivered += 1;
    Repair {
        kind: "redelivered",
        subject: guid,
        reason: Some(&delivery.status),
        ..Repair::default()
    }
    .log();
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_below_what_still_needs_something() {
        let mut cursor = HookCursor {
            done_until: 5,
            walk: Some(Walk::default()),
        };
        let walk = |oldest_open| Walk {
            newest: 40,
            oldest_open,
            ..Walk::default()
        };
        finish(&mut cursor, &walk(Some(20)));
        assert_eq!((cursor.done_until, &cursor.walk), (19, &None));
        finish(&mut cursor, &walk(None));
        assert_eq!(cursor.done_until, 40);
        finish(&mut cursor, &walk(Some(2)));
        assert_eq!(cursor.done_until, 40, "it never goes back");
    }
}
