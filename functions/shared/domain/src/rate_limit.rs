//! GitHub's patience, shared by the fleet: the key of the item that says until
//! when nobody calls, and how far apart callers come back.
//!
//! The spread is drawn from a hash of who asks and when, not from chance: it
//! differs from job to job and from call to call, and a run that is played
//! again plays the same.

use sha2::{Digest, Sha256};

/// How long the item stays after its time, seconds, for people to see.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// Spread of those who come back, seconds: as long again as the wait was, but
/// at least this, since one second is no spread for a fleet.
const LEAST_SPREAD: u64 = 5;
/// And at most this: GitHub counts its secondary limits by the minute.
const MOST_SPREAD: u64 = 60;

/// The partition key: `github#limit#<installation id>`.
pub fn key(installation: u64) -> String {
    format!("github#limit#{installation}")
}

/// When to come back, seconds from `now` (epoch seconds): `remaining`, at least
/// 1, and full jitter on top, drawn for `who` (a claim's key).
pub fn come_back(remaining: u64, who: &str, now: i64) -> u64 {
    let remaining = remaining.max(1);
    remaining.saturating_add(drawn(who, now) % (spread(remaining) + 1))
}

/// The most that [`come_back`] adds.
pub fn spread(remaining: u64) -> u64 {
    remaining.clamp(LEAST_SPREAD, MOST_SPREAD)
}

fn drawn(who: &str, now: i64) -> u64 {
    let mut hash = Sha256::new();
    hash.update(who);
    hash.update(now.to_be_bytes());
    hash.finalize()
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_comes_back_too_early_or_much_too_late() {
        for remaining in [0, 1, 7, 30, 3600, u64::MAX] {
            for job in 0..200 {
                let seconds = come_back(remaining, &format!("job#{job}#1"), 1_000);
                assert!(seconds >= remaining.max(1));
                assert!(seconds - remaining.max(1) <= spread(remaining));
            }
        }
    }

    #[test]
    fn a_fleet_of_a_thousand_comes_back_evenly_spread() {
        let mut by_second = [0_u32; 31];
        for job in 0..1000 {
            let seconds = come_back(30, &format!("job#{job}#1"), 1_000);
            by_second[usize::try_from(seconds - 30).unwrap()] += 1;
        }
        // 32 a second on average; at one instant it would be 1,000.
        assert!(
            by_second.iter().all(|count| (10..=64).contains(count)),
            "{by_second:?}"
        );
    }

    #[test]
    fn one_job_draws_anew_each_time_and_the_same_when_played_again() {
        let at = |now| come_back(60, "job#1#1", now);
        let drawn: BTreeSet<u64> = (0..50).map(at).collect();
        assert!(drawn.len() > 20, "{drawn:?}");
        assert_eq!(at(7), at(7));
    }
}
