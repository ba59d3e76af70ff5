//! Every answer, held to GitHub's OpenAPI description.

use std::collections::{BTreeMap, BTreeSet};

use github_emulator::{LimitStatus, Settings, operations};
use serde_json::{Value, json};

use crate::github::verdicts;
use crate::stage::{Answer, Stage, Why};
use crate::unlisted::{ALONE, EVERYWHERE, EXCUSED};
use crate::{cases, everywhere, headers};

fn name(answer: &Answer) -> String {
    format!("{} {}", answer.operation.method, answer.operation.path)
}

/// What GitHub does and its description does not know.
#[derive(Debug, Default)]
struct Found {
    unlisted: BTreeSet<(String, u16, Why)>,
    excused: BTreeSet<&'static str>,
}

/// Fails for headers that are missing, and for what the description does not know.
fn hold(answers: &[Answer], limited: bool, found: &mut Found) {
    let mut problems = BTreeSet::new();
    for answer in answers {
        for problem in headers::problems(answer, limited) {
            problems.insert(format!("{} {}: {problem}", name(answer), answer.status));
        }
    }
    // What the proxy says is not the API's.
    let of_the_api = |answer: &&Answer| answer.header("content-type") != "text/html";
    let answers: Vec<&Answer> = answers.iter().filter(of_the_api).collect();
    let asked: Vec<Value> = answers.iter().map(|answer| asked(answer)).collect();
    if let Some(verdicts) = verdicts(&asked, &[]) {
        for (answer, verdict) in answers.iter().zip(verdicts.answers) {
            for problem in verdict.problems {
                let problem = format!("{} {}: {problem}", name(answer), answer.status);
                match EXCUSED.iter().find(|(part, _)| problem.contains(part)) {
                    Some((part, _)) => found.excused.insert(*part),
                    None => problems.insert(problem),
                };
            }
            if verdict.how != "listed" {
                let one = (name(answer), answer.status, answer.why);
                found.unlisted.insert(one);
            }
        }
    }
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn asked(answer: &Answer) -> Value {
    let is_json = answer
        .header("content-type")
        .starts_with("application/json");
    json!({
        "operation": name(answer), "status": answer.status,
        "type": answer.header("content-type"),
        "body": if is_json { answer.body() } else { Value::Null },
    })
}

/// Fails for a status that is neither listed by GitHub nor by name, and for a name
/// that nothing needs.
fn explain(found: &Found) {
    let mut used = BTreeSet::new();
    for (operation, status, why) in &found.unlisted {
        let alone = ALONE
            .iter()
            .any(|one| one.0 == operation && one.1 == *status);
        let known = EVERYWHERE
            .iter()
            .any(|one| one.0 == *status && one.1 == *why);
        assert!(
            known || alone,
            "{operation} answers {status} ({why:?}), which nobody explains"
        );
        used.insert((*status, *why));
    }
    if found.unlisted.is_empty() {
        return;
    }
    for (status, why, reason) in EVERYWHERE {
        let needed = used.contains(&(*status, *why));
        assert!(needed, "nothing needs {status} {why:?}: {reason}");
    }
    for (operation, status, reason) in ALONE {
        let one = ((*operation).to_owned(), *status, Why::Itself);
        let needed = found.unlisted.contains(&one);
        assert!(needed, "nothing needs {operation} {status}: {reason}");
    }
    for (part, reason) in EXCUSED {
        assert!(
            found.excused.contains(part),
            "nothing needs {part}: {reason}"
        );
    }
}

/// Fails for a status that an operation declares and that no case brought about.
fn cover(answers: &[Answer]) {
    let mut seen: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.why == Why::Itself) {
        seen.entry(name(answer)).or_default().insert(answer.status);
    }
    let mut missing = Vec::new();
    for operation in operations() {
        let name = format!("{} {}", operation.method, operation.path);
        let declared: BTreeSet<u16> = operation.statuses.iter().copied().collect();
        let seen = seen.remove(&name).unwrap_or_default();
        for status in declared.difference(&seen) {
            missing.push(format!("no case brings {name} to answer {status}"));
        }
        for status in seen.difference(&declared) {
            missing.push(format!("{name} does not declare {status}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[tokio::test]
async fn every_operation_answers_as_github_describes_it() {
    let stage = Stage::set(Settings {
        rate_limit: Some(5000),
        ..Settings::default()
    })
    .await;
    cases::refusals(&stage).await;
    cases::bad_bodies(&stage).await;
    cases::unchanged(&stage).await;
    everywhere::headers(&stage).await;
    everywhere::ordered(&stage).await;
    cases::of_the_app(&stage).await;
    cases::of_a_busy_runner_of_the_repository(&stage).await;
    cases::of_the_organization(&stage).await;
    cases::of_git(&stage).await;
    cases::of_actions(&stage).await;
    cases::of_a_manifest(&stage).await;
    let mut found = Found::default();
    hold(&stage.answers(), true, &mut found);

    // Without limits: that is what the one 404 says, and no answer counts anything.
    let free = Stage::set(Settings::default()).await;
    let none = free.call("GET /rate_limit", &[], Value::Null).await;
    assert_eq!(none.status, 404);
    assert!(!none.headers.contains_key("x-ratelimit-limit"));
    hold(&free.answers(), false, &mut found);

    for status in [LimitStatus::Forbidden, LimitStatus::TooManyRequests] {
        let primary = everywhere::primary_limit(status).await;
        hold(&primary.answers(), true, &mut found);
        let secondary = everywhere::secondary_limit(status).await;
        hold(&secondary.answers(), false, &mut found);
    }
    explain(&found);
    let mut all = stage.answers();
    all.extend(free.answers());
    cover(&all);
}

#[test]
fn every_operation_is_one_of_github_s() {
    let answers: Vec<Value> = operations()
        .iter()
        .map(|one| {
            let name = format!("{} {}", one.method, one.path);
            json!({"operation": name, "status": 999, "type": "", "body": null})
        })
        .collect();
    assert_eq!(answers.len(), 39);
    if let Some(verdicts) = verdicts(&answers, &[]) {
        let unknown: Vec<_> = verdicts
            .answers
            .into_iter()
            .filter(|one| one.how == "unknown")
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
