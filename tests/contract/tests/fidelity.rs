//! docs/fidelity.md has one row for every operation that the place serves, and every test
//! that it names exists. That each operation was answered by the test its row names is held
//! by tests/wire itself, when it runs (`wire_botocore`).

use contract::repo;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a test's first name leads.
const FOLDERS: [(&str, &str); 6] = [
    ("place", "infra/local/tests/place"),
    ("wire_sdk", "tests/contract/tests/wire_sdk"),
    ("asl", "statemachine/asl/tests"),
    ("stories", "infra/local/github-emulator/tests/stories"),
    (
        "description",
        "infra/local/github-emulator/tests/description",
    ),
    ("e2e", "tests/e2e/tests"),
];

/// Where it is a file itself.
const FOLDER: &str = "infra/local/tests";

/// Sections that are there for others to fill.
const SECTIONS: [&str; 4] = [
    "## The States Language",
    "## Redrive",
    "## The GitHub emulator",
    "## Durability",
];

/// The rows of each service: operation and cells.
fn rows(page: &str) -> BTreeMap<String, Vec<(String, Vec<String>)>> {
    let mut rows: BTreeMap<String, Vec<(String, Vec<String>)>> = BTreeMap::new();
    let mut service = None;
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            let name = title
                .split_once("(`")
                .and_then(|(_, name)| name.strip_suffix("`)"));
            service = name.map(str::to_owned);
        }
        let Some(service) = service.as_ref().filter(|_| line.starts_with("| ")) else {
            continue;
        };
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let operation = cells.next().unwrap_or_default().to_owned();
        if operation != "operation" && !operation.starts_with("---") {
            let cells = cells.map(str::to_owned).collect();
            rows.entry(service.clone())
                .or_default()
                .push((operation, cells));
        }
    }
    rows
}

/// The tests that a text names: words in backticks with `::` in them.
fn checks(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|word| word.contains("::")).collect()
}

/// Whether there is such a test.
fn exists(check: &str) -> bool {
    let parts: Vec<&str> = check.split("::").collect();
    if let [file, test] = parts[..]
        && file.ends_with(".py")
    {
        let path = repo::root().join("tests/wire").join(file);
        let source = std::fs::read_to_string(path).unwrap_or_default();
        return source.contains(&format!("def {test}("));
    }
    let named = FOLDERS.iter().find(|(first, _)| *first == parts[0]);
    let (folder, rest) = match named {
        Some((_, folder)) => (*folder, &parts[1..]),
        None => (FOLDER, &parts[..]),
    };
    let file = |path: String| std::fs::read_to_string(repo::root().join(folder).join(path));
    let Some(module) = rest.first() else {
        return false;
    };
    let source = file(format!("{module}.rs")).or_else(|_| file(format!("{module}/mod.rs")));
    let source = source.or_else(|_| file(format!("{module}/main.rs")));
    match (source, rest.get(1)) {
        // A whole file of tests.
        (Ok(source), None) => source.contains("test]") || source.contains("tokio::test("),
        (Ok(source), Some(test)) => source.contains(&format!("fn {test}(")),
        (Err(_), _) => false,
    }
}

#[test]
fn every_operation_has_one_row_and_every_row_an_operation() {
    let rows = rows(&repo::read("docs/fidelity.md"));
    let model = repo::read("infra/local/src/server/model/model.json");
    let model: Value = serde_json::from_str(&model).unwrap();
    let services = model["services"].as_object().unwrap();
    assert_eq!(
        rows.keys().collect::<Vec<_>>(),
        services.keys().collect::<Vec<_>>()
    );
    for (service, about) in services {
        let mut told: Vec<&String> = rows[service].iter().map(|(name, _)| name).collect();
        told.sort();
        let mut served: Vec<&String> = about["operations"].as_object().unwrap().keys().collect();
        served.sort();
        assert_eq!(told, served, "{service}");
        for (operation, cells) in &rows[service] {
            assert_eq!(cells.len(), 3, "{service}.{operation} has other columns");
            assert!(cells.iter().all(|cell| !cell.is_empty()), "{operation}");
            assert!(
                !checks(&cells[2]).is_empty(),
                "{service}.{operation} names no test"
            );
        }
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let page = repo::read("docs/fidelity.md");
    let checks = checks(&page);
    assert!(checks.len() > 150, "{} checks", checks.len());
    let missing: Vec<&str> = checks.into_iter().filter(|check| !exists(check)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    for section in SECTIONS {
        assert!(page.contains(&format!("\n{section}\n")), "{section}");
    }
}
