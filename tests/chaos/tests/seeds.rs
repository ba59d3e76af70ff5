//! Twenty seeds of a hundred jobs, five a test, and that a seed is what decides.

use chaos::table;

/// Runs seeds; a failing one is named with the command that runs it again.
fn pass(seeds: std::ops::RangeInclusive<u64>) {
    for seed in seeds {
        let run = chaos::run(seed, 100, &chaos::usual()).expect("the system can be set up");
        let complaints = table::complaints(&run.report);
        assert!(
            run.report.is_clean(),
            "seed {seed}: {}\nAgain: cargo xtask chaos --seed {seed} --jobs 100 --trace chaos-{seed}.txt\n{}",
            complaints.join("\n"),
            table::table(std::slice::from_ref(&run.report)),
        );
    }
}

#[test]
fn seeds_1_to_5() {
    pass(1..=5);
}

#[test]
fn seeds_6_to_10() {
    pass(6..=10);
}

#[test]
fn seeds_11_to_15() {
    pass(11..=15);
}

#[test]
fn seeds_16_to_20() {
    pass(16..=20);
}

#[test]
fn the_same_seed_has_the_same_trace_and_another_seed_another() {
    let run = |seed| chaos::run(seed, 25, &chaos::usual()).expect("the system can be set up");
    let (first, second, other) = (run(7), run(7), run(8));
    for (number, (one, two)) in first.trace.iter().zip(&second.trace).enumerate() {
        assert_eq!(one, two, "line {number} differs: {one} | {two}");
    }
    assert_eq!(first, second);
    assert_ne!(first.trace, other.trace);
}
