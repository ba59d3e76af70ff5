//! The report itself: all right, whole, in order, without colours or secrets.

use super::{doctor, end, stage, told};
use jit_runners::doctor::CHECKS;
use jit_runners::stage::{ORGANIZATION, REPOSITORY};

#[tokio::test]
async fn a_healthy_fleet_is_all_right_and_every_check_is_told() {
    let stage = stage().await;
    let told = told(&stage).await;
    assert_eq!(told.ids("wrong"), Vec::<&str>::new(), "{}", told.text);
    assert_eq!(told.ids("warning"), Vec::<&str>::new(), "{}", told.text);
    assert_eq!(told.ids("unknown"), Vec::<&str>::new(), "{}", told.text);
    assert_eq!(told.code, 0);
    let mut ids: Vec<&str> = told.report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["id"].as_str().unwrap())
        .collect();
    ids.dedup();
    let wanted: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids, wanted);
    for skipped in told.with("skipped") {
        let why = skipped["observed"].as_str().unwrap();
        let known = why.contains("the local place") || why.contains("the policy allows no Spot");
        assert!(known, "{skipped}");
    }
    let summary = told.report["summary"].as_object().unwrap();
    let sum: u64 = summary.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(sum, told.report["checks"].as_array().unwrap().len() as u64);
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn people_read_it_by_subject_with_a_way_out_for_each_wrong_line() {
    let stage = stage().await;
    stage.github.set_events(&[]);
    let ended = doctor(&stage, &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.complained, "");
    assert!(!ended.said.contains('\x1b'), "colours without a terminal");
    let lines: Vec<&str> = ended.said.lines().collect();
    assert_eq!(lines[0], "account");
    let at = lines
        .iter()
        .position(|line| line.starts_with("  wrong   events: "))
        .unwrap();
    assert!(lines[at + 1].starts_with("          → subscribe to the event workflow_job"));
    assert!(lines.last().unwrap().contains("1 wrong"), "{}", ended.said);
    end(stage, &[&ended.said]).await;
}

#[tokio::test]
async fn nothing_is_shown_or_changed_while_jobs_run() {
    let stage = stage().await;
    let workflow =
        "on: push\njobs:\n  a:\n    runs-on: [self-hosted]\n    steps:\n      - run: env\n";
    stage
        .github
        .commit_workflow(REPOSITORY, ".github/workflows/a.yml", workflow)
        .unwrap();
    let (first, second) = tokio::join!(told(&stage), doctor(&stage, &[]));
    let patience = std::time::Duration::from_secs(100);
    let served = stage.github.wait_until(patience, |github| {
        github.jobs().iter().all(|job| job.conclusion.is_some())
    });
    assert!(served.await, "{ORGANIZATION}'s job was not served");
    assert_eq!(first.code, 0, "{}", first.text);
    assert_eq!(second.status.code(), Some(0), "{}", second.said);
    end(stage, &[&first.text, &second.said]).await;
}

#[test]
fn every_check_is_in_the_docs_as_it_is_in_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/doctor.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, table) = page.split_once("## Every check").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let wanted: Vec<String> = CHECKS
        .iter()
        .map(|check| {
            let (id, reads) = (check.id, check.reads);
            format!(
                "| `{id}` | {reads} | {} | {} |",
                check.wrong_when, check.fix
            )
        })
        .collect();
    assert_eq!(rows, wanted);
}
