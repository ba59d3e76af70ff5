//! Growing pauses: what failed again is left alone four times as long.

/// How often anything is tried again.
pub(crate) const TRIES: u64 = 5;
/// Each pause is so many times the last one.
const GROWTH: u64 = 4;

/// The pause before the try after `tries`, seconds; none before the first.
/// With two minutes as a base: 2 min, 8 min, 32 min, 2 h 8 min.
pub(crate) fn seconds(base: u64, tries: u64) -> u64 {
    match u32::try_from(tries) {
        Ok(0) => 0,
        Ok(tries) => base.saturating_mul(GROWTH.saturating_pow(tries - 1)),
        Err(_) => u64::MAX,
    }
}

/// Whether that pause is over at `now`, where the last try was at `last` (epoch seconds).
pub(crate) fn is_over(base: u64, tries: u64, last: i64, now: i64) -> bool {
    now >= last.saturating_add_unsigned(seconds(base, tries))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_try_waits_for_nothing() {
        assert_eq!(seconds(120, 0), 0);
        assert!(is_over(120, 0, 1_000, 1_000));
    }

    #[test]
    fn five_tries_fit_into_the_day_that_github_keeps_a_job_queued() {
        let pauses: Vec<u64> = (1..TRIES).map(|tries| seconds(120, tries)).collect();
        assert_eq!(pauses, [120, 480, 1920, 7680]);
        assert!(pauses.iter().sum::<u64>() < 24 * 3600);
    }

    #[test]
    fn a_pause_ends_on_its_second() {
        assert!(!is_over(120, 2, 1_000, 1_479));
        assert!(is_over(120, 2, 1_000, 1_480));
    }

    #[test]
    fn absurd_counts_wait_for_ever() {
        assert_eq!(seconds(120, u64::MAX), u64::MAX);
        assert!(!is_over(120, u64::MAX, 1_000, i64::MAX - 1));
    }
}
