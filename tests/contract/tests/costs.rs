//! docs/costs.md shows what the table of prices gives, and what is counted there
//! is what the definition and the stack have.
//!
//! After a change: `UPDATE_DOCS=1 cargo test -p contract --test costs`.

use contract::repo;
use jit_runners::prices::{Deployment, report, usage};
use serde_json::Value;

/// What docs/costs.md says that its month is computed with.
const DEPLOYMENT: Deployment = Deployment {
    alarms: 18,
    metrics: 18,
    zones: 2,
    builds: 4,
    build_minutes: 10,
    image_gb: 4,
};

#[test]
fn the_page_shows_what_is_computed() {
    let page = "docs/costs.md";
    repo::keep_section(page, "jobs", &report::jobs());
    repo::keep_section(page, "around", &report::around());
    repo::keep_section(page, "months", &report::months(&DEPLOYMENT));
    repo::keep_section(page, "comparison", &report::comparison());
}

/// Every state that can come after `state`, errors left out.
fn following(state: &Value) -> Vec<&str> {
    let choices = state["Choices"].as_array().into_iter().flatten();
    choices
        .filter_map(|choice| choice["Next"].as_str())
        .chain(state["Next"].as_str())
        .collect()
}

#[test]
fn the_happy_path_is_a_way_through_the_definition() {
    let text: Value = serde_json::from_str(&repo::read("statemachine/runner.asl.json")).unwrap();
    assert_eq!(text["StartAt"], usage::HAPPY_PATH[0]);
    for pair in usage::HAPPY_PATH.windows(2) {
        let next = following(&text["States"][pair[0]]);
        assert!(next.contains(&pair[1]), "{} → {}", pair[0], pair[1]);
    }
    let last = usage::HAPPY_PATH[usage::HAPPY_PATH.len() - 1];
    assert_eq!(text["States"][last]["Type"], "Succeed");
    let states = u32::try_from(usage::HAPPY_PATH.len()).unwrap();
    assert_eq!(usage::TRANSITIONS, states + 1);
    let page = repo::read("docs/costs.md");
    assert!(page.contains(&format!("enters {states} states")));
}

#[test]
fn alarms_and_memory_are_those_of_the_stack() {
    let alarms = repo::read("infra/cdk/lib/alarms.ts");
    let named = alarms
        .lines()
        .filter(|line| line.starts_with("    '") && line.ends_with("': {"))
        .count();
    assert_eq!(u32::try_from(named).unwrap(), DEPLOYMENT.alarms);
    let metrics = repo::read("infra/cdk/lib/metrics.ts");
    let (_, counted) = metrics.split_once("const COUNTED").unwrap();
    let (counted, _) = counted.split_once("} as const").unwrap();
    let metric = |line: &&str| {
        line.strip_prefix("  ")
            .is_some_and(|line| line.starts_with(char::is_uppercase) && line.contains(':'))
    };
    let named = counted.lines().filter(metric).count();
    assert_eq!(u32::try_from(named).unwrap(), DEPLOYMENT.metrics);
    let page = repo::read("docs/costs.md");
    assert!(page.contains(&format!(
        "{} alarms, {} metrics",
        DEPLOYMENT.alarms, DEPLOYMENT.metrics
    )));
    let functions = repo::read("infra/cdk/lib/functions.ts");
    for call in usage::CALLS {
        let (_, entry) = ["'", ""]
            .iter()
            .find_map(|quote| {
                functions.split_once(&format!("    {quote}{}{quote}: {{", call.handler))
            })
            .unwrap_or_else(|| panic!("{} is not in functions.ts", call.handler));
        let memory = entry
            .split("memoryMiB: ")
            .nth(1)
            .and_then(|rest| rest.split(',').next())
            .and_then(|number| number.parse::<u32>().ok());
        assert_eq!(memory, Some(call.memory_mib), "{}", call.handler);
    }
}
