//! The report: for people line by line, by subject; for programs as JSON.

use super::CHECKS;
use super::finding::{Finding, Status};
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Everything that was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The fleet's name.
    pub fleet: String,
    /// Where it was looked for.
    pub region: String,
    /// In the order of [`CHECKS`].
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(fleet: String, region: String, mut findings: Vec<Finding>) -> Self {
        // Stable: several findings of one check keep their order.
        findings.sort_by_key(|finding| CHECKS.iter().position(|check| check.id == finding.id));
        Self {
            fleet,
            region,
            findings,
        }
    }

    /// How many findings have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        let with_it = self.findings.iter().filter(|one| one.status == status);
        with_it.count()
    }

    /// For programs.
    ///
    /// # Errors
    /// None that this shape can meet.
    pub fn json(&self) -> Result<String> {
        let checks: Vec<Value> = self
            .findings
            .iter()
            .map(|one| {
                json!({
                    "id": one.id,
                    "subject": one.subject(),
                    "resource": one.resource,
                    "status": one.status,
                    "observed": one.observed,
                    "fix": one.fix,
                })
            })
            .collect();
        let mut summary = serde_json::Map::new();
        for status in Status::ALL {
            summary.insert(status.as_str().to_owned(), self.count(status).into());
        }
        let all = json!({
            "fleet": self.fleet,
            "region": self.region,
            "checks": checks,
            "summary": summary,
        });
        Ok(serde_json::to_string_pretty(&all)? + "\n")
    }

    /// For people; with colours on a terminal.
    #[must_use]
    pub fn text(&self, colours: bool) -> String {
        let paint = |status: Status, text: &str| match (colours, status) {
            (true, Status::Ok) => format!("\x1b[32m{text}\x1b[0m"),
            (true, Status::Warning) => format!("\x1b[33m{text}\x1b[0m"),
            (true, Status::Wrong) => format!("\x1b[31m{text}\x1b[0m"),
            (true, Status::Skipped | Status::Unknown) => format!("\x1b[2m{text}\x1b[0m"),
            (false, _) => text.to_owned(),
        };
        let mut text = String::new();
        let mut subject = "";
        for one in &self.findings {
            if one.subject() != subject {
                subject = one.subject();
                let _ = writeln!(text, "{subject}");
            }
            let word = paint(one.status, &format!("{:<8}", one.status.as_str()));
            let what = &one.id[subject.len() + 1..];
            let resource = match &one.resource {
                Some(resource) => format!(" {resource}"),
                None => String::new(),
            };
            let _ = writeln!(text, "  {word}{what}{resource}: {}", one.observed);
            if let Some(fix) = &one.fix {
                let _ = writeln!(text, "          → {fix}");
            }
        }
        let counts: Vec<String> = Status::ALL
            .iter()
            .filter(|status| self.count(**status) > 0)
            .map(|status| format!("{} {}", self.count(*status), status.as_str()))
            .collect();
        let _ = writeln!(
            text,
            "\n{} in {}: {}",
            self.fleet,
            self.region,
            counts.join(", ")
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let findings = vec![
            Finding::wrong("tables.claims", "there is no such table", "deploy").of("f-claims"),
            Finding::ok("functions.policy", "fine"),
        ];
        Report::new("f".to_owned(), "us-east-1".to_owned(), findings)
    }

    #[test]
    fn subjects_come_in_the_order_of_the_checks() {
        assert_eq!(
            report().text(false),
            "functions\n  ok      policy: fine\ntables\n  wrong   claims f-claims: there is no such \
             table\n          → deploy\n\nf in us-east-1: 1 ok, 1 wrong\n"
        );
    }

    #[test]
    fn colours_are_only_there_when_asked_for() {
        assert!(report().text(true).contains("\x1b[31mwrong"));
        assert!(!report().text(false).contains('\x1b'));
    }

    #[test]
    fn programs_get_every_field() {
        let value: Value = serde_json::from_str(&report().json().unwrap()).unwrap();
        assert_eq!(
            value["checks"][1],
            json!({
                "id": "tables.claims", "subject": "tables", "resource": "f-claims",
                "status": "wrong", "observed": "there is no such table", "fix": "deploy",
            })
        );
        assert_eq!(value["summary"]["wrong"], 1);
        assert_eq!(value["summary"]["unknown"], 0);
    }
}
