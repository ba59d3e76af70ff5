//! A number between 0 and 1 that follows from a seed and a place in the run: the same
//! in every run, whatever else happens in between.

/// The number for the `occurrence`-th time that the `fault`-th fault could strike.
pub(crate) fn chance(seed: u64, fault: u64, occurrence: u64) -> f64 {
    let mixed = mix(mix(mix(seed) ^ fault) ^ occurrence);
    // 53 bits are what a double holds exactly.
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// SplitMix64's step: every bit of the input changes half of the output's.
fn mix(value: u64) -> u64 {
    let mut value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::chance;

    #[test]
    fn it_is_spread_evenly_and_differs_by_seed_fault_and_occurrence() {
        let struck = (0..10_000).filter(|n| chance(7, 3, *n) < 0.1).count();
        assert!((900..1100).contains(&struck), "{struck} of 10,000");
        assert!(chance(7, 3, 1) != chance(8, 3, 1));
        assert!(chance(7, 3, 1) != chance(7, 4, 1));
        assert!(chance(7, 3, 1) != chance(7, 3, 2));
        assert_eq!(chance(7, 3, 1), chance(7, 3, 1));
    }
}
