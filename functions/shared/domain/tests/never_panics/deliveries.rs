//! Deliveries: any body is read or refused, and what is kept is short, whole in
//! its ids, and read again as it was written.

use domain::event::{MAX_BYTES, MAX_LABEL_BYTES, MAX_LABELS, Trimmed, read, trim};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A member of a payload: of its own kind, of another one, or absent.
fn member(own: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => own,
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => "\\PC{0,8}".prop_map(Value::from),
        1 => Just(json!({"login": {}})),
    ]
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof!["\\PC{0,12}", "[\"\\\\\u{1}\u{7f}é𝄞]{0,9}"].prop_map(Value::from)
}

/// The same text so often that it may be far too long.
fn long() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec!["a", "é", "𝄞", "\"", "\u{1}"]);
    (text, 0_usize..3000).prop_map(|(text, times)| Value::from(text.repeat(times)))
}

fn id() -> impl Strategy<Value = Value> {
    (1..u64::MAX).prop_map(Value::from)
}

fn payload() -> impl Strategy<Value = Value> {
    let labels = (text(), 0_usize..130).prop_map(|(label, times)| Value::from(vec![label; times]));
    let job = (
        member(id()),
        member(id()),
        member((1..9_u64).prop_map(Value::from)),
        member(long()),
        member(labels),
        member(id()),
    );
    let job = job.prop_map(|(id, run, attempt, name, labels, runner)| {
        json!({"id": id, "run_id": run, "run_attempt": attempt, "name": name, "head_branch": name,
            "workflow_name": name, "labels": labels, "runner_id": runner, "steps": [name]})
    });
    let owner = text().prop_map(|login| json!({ "login": login }));
    (
        member(text()),
        member(job),
        member(text()),
        member(owner.clone()),
        member(owner),
    )
        .prop_map(|(action, job, name, owner, sender)| {
            json!({"action": action, "workflow_job": job, "sender": sender,
                "repository": {"id": 1, "full_name": name, "owner": owner, "private": true}})
        })
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(payload) = read(&body) {
            let _ = trim(&payload, "d");
        }
    }

    #[test]
    fn any_cut_of_a_delivery_is_read_or_refused(payload in payload(), at in 0.0..1.0_f64, by in any::<u8>()) {
        let mut body = payload.to_string().into_bytes();
        let at = (body.len() as f64 * at) as usize;
        body[at] = by;
        if let Ok(payload) = read(&body) {
            let _ = trim(&payload, "d");
        }
        body.truncate(at);
        prop_assert!(read(&body).is_err(), "half an object is none");
    }

    #[test]
    fn what_is_kept_is_short_whole_and_the_same_when_read_again(payload in payload(), delivery in "\\PC{0,200}") {
        let body = payload.to_string();
        let Ok(trimmed) = trim(&read(body.as_bytes()).unwrap(), &delivery) else {
            return Ok(());
        };
        let job = &payload["workflow_job"];
        prop_assert_eq!(json!(trimmed.workflow_job.id), job["id"].clone());
        prop_assert_eq!(json!(trimmed.workflow_job.run_id), job["run_id"].clone());
        prop_assert_eq!(trimmed.workflow_job.runner_id.map(|id| id.0), job["runner_id"].as_u64());
        prop_assert!(trimmed.workflow_job.labels.len() <= MAX_LABELS + 1);
        prop_assert!(trimmed.workflow_job.labels.iter().all(|label| label.len() <= MAX_LABEL_BYTES + 1));
        let written = serde_json::to_string(&trimmed).unwrap();
        prop_assert!(written.len() < MAX_BYTES, "{}", written.len());
        prop_assert_eq!(serde_json::from_str::<Trimmed>(&written).unwrap(), trimmed);
    }
}
