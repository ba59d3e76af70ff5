//! How many calls one invocation makes with the installation's token: those
//! that GitHub's limits count. Requests for tokens are the App's own.
//!
//! A process may serve several invocations at a time (the local place in one
//! process, tests), so the count belongs to the running future and not to the
//! client.

use std::cell::Cell;

#[derive(Default)]
struct Count {
    made: Cell<u64>,
    taken: Cell<u64>,
}

tokio::task_local! {
    static COUNT: Count;
}

/// Runs `work` with a count of its own, from 0.
pub async fn counted<T>(work: impl Future<Output = T>) -> T {
    COUNT.scope(Count::default(), work).await
}

/// Calls made so far within [`counted`]; 0 outside.
pub fn made() -> u64 {
    COUNT.try_with(|count| count.made.get()).unwrap_or(0)
}

/// Calls made since the last `take`, for a sum that is kept elsewhere.
pub fn take() -> u64 {
    let take = |count: &Count| count.made.get() - count.taken.replace(count.made.get());
    COUNT.try_with(take).unwrap_or(0)
}

/// One more; nobody counts outside [`counted`].
pub(crate) fn count() {
    let _ = COUNT.try_with(|count| count.made.set(count.made.get() + 1));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn invocations_that_run_side_by_side_count_apart() {
        let invocation = |calls: u64| {
            counted(async move {
                for _ in 0..calls {
                    count();
                    tokio::task::yield_now().await;
                }
                made()
            })
        };
        assert_eq!(tokio::join!(invocation(2), invocation(5)), (2, 5));
        count();
        assert_eq!((made(), take()), (0, 0));
    }

    #[tokio::test]
    async fn what_is_taken_is_taken_once() {
        counted(async {
            count();
            assert_eq!((take(), take()), (1, 0));
            count();
            count();
            assert_eq!((take(), made()), (2, 3));
        })
        .await;
    }
}
