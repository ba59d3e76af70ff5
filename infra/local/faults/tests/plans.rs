//! Which occurrences a fault strikes, and what a file of faults may say.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use faults::{Fault, Faults, FaultsFile, Occurrence};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
enum Weather {
    Rain {},
    HeavyStorm {
        #[serde(default = "one_hour")]
        seconds: u64,
    },
}

fn one_hour() -> u64 {
    3600
}

fn hits(faults: &Faults<Weather>, times: usize, subject: &[&str]) -> Vec<bool> {
    (0..times)
        .map(|_| faults.strike(subject, |_| true).is_some())
        .collect()
}

#[test]
fn a_fault_strikes_after_the_ones_that_pass_and_as_often_as_it_says() {
    let faults = Faults::default();
    faults.add(Fault::once(Weather::Rain {}).after(2).times(2));
    assert_eq!(faults.pending().len(), 1);
    assert_eq!(
        hits(&faults, 6, &["monday"]),
        [false, false, true, true, false, false]
    );
    assert!(faults.pending().is_empty());
    let struck = faults.struck();
    assert_eq!(struck["rain"], Occurrence { seen: 6, struck: 2 });
}

#[test]
fn only_what_fits_is_counted_and_struck() {
    let faults = Faults::default();
    faults.add(Fault::once(Weather::Rain {}).on("monday").after(1));
    assert_eq!(hits(&faults, 5, &["sunday"]), [false; 5]);
    assert!(
        faults
            .strike(&["monday"], |what| *what != Weather::Rain {})
            .is_none()
    );
    assert_eq!(hits(&faults, 2, &["monday"]), [false, true]);
}

#[test]
fn of_two_faults_the_first_has_the_occurrence_and_the_other_the_next() {
    let faults = Faults::default();
    faults.add(Fault::once(Weather::Rain {}));
    faults.add(Fault::once(Weather::HeavyStorm { seconds: 1 }));
    let all = |_: &Weather| true;
    assert!(faults.would_strike(&[], all));
    assert_eq!(faults.strike(&[], all), Some(Weather::Rain {}));
    assert_eq!(
        faults.strike(&[], all),
        Some(Weather::HeavyStorm { seconds: 1 })
    );
    assert!(!faults.would_strike(&[], all));
    assert_eq!(faults.strike(&[], all), None);
}

#[test]
fn the_same_seed_strikes_the_same_occurrences() {
    let run = |seed| {
        let faults = Faults::default();
        faults.seed(seed);
        faults.add(Fault::sometimes(Weather::Rain {}, 0.3));
        hits(&faults, 200, &[])
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
    let struck = run(7).into_iter().filter(|hit| *hit).count();
    assert!((40..80).contains(&struck), "{struck} of 200");
}

#[test]
fn a_file_says_what_where_and_how_often() {
    let text = r#"
        seed = 7
        [[github]]
        what = "rain"
        [[github]]
        what = "heavy-storm"
        seconds = 5
        on = "monday"
        after = 1
        times = 3
        [[aws]]
        what = "heavy-storm"
        probability = 0.25
    "#;
    let file: FaultsFile<Weather, Weather> = toml::from_str(text).unwrap();
    assert_eq!(file.seed, 7);
    assert_eq!(file.github[0], Fault::once(Weather::Rain {}));
    let storm = Fault::once(Weather::HeavyStorm { seconds: 5 });
    assert_eq!(file.github[1], storm.on("monday").after(1).times(3));
    let sometimes = Fault::sometimes(Weather::HeavyStorm { seconds: 3600 }, 0.25);
    assert_eq!(file.aws, [sometimes]);
    let again = serde_json::to_value(&file).unwrap();
    assert_eq!(again["github"][1]["what"], "heavy-storm");
    let again: FaultsFile<Weather, Weather> = serde_json::from_value(again).unwrap();
    assert_eq!(again.github, file.github);
}

#[test]
fn what_a_file_may_not_say_is_refused_by_name() {
    let refusals = [
        ("what = \"snow\"", "snow"),
        ("on = \"monday\"", "what"),
        ("what = \"rain\"\nseconds = 1", "seconds"),
        ("what = \"rain\"\ntimes = -1", "times"),
        ("what = \"rain\"\nafter = \"x\"", "after"),
        ("what = \"rain\"\non = 1", "on"),
        ("what = \"rain\"\nprobability = 1.5", "probability"),
        ("what = \"heavy-storm\"\nseconds = \"x\"", "u64"),
    ];
    for (fault, named) in refusals {
        let text = format!("[[github]]\n{fault}\n");
        let refused = toml::from_str::<FaultsFile<Weather, Weather>>(&text).unwrap_err();
        assert!(refused.to_string().contains(named), "{fault}: {refused}");
    }
    let refused = toml::from_str::<FaultsFile<Weather, Weather>>("[[azure]]\nwhat = \"rain\"");
    assert!(refused.unwrap_err().to_string().contains("azure"));
}

#[test]
fn the_names_are_those_of_the_enum() {
    assert_eq!(faults::names::<Weather>(), ["rain", "heavy-storm"]);
    assert_eq!(
        faults::name(&Weather::HeavyStorm { seconds: 1 }),
        "heavy-storm"
    );
}
