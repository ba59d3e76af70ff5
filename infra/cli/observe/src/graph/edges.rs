//! The ways out of one state, those that mean the same joined to one.

use super::{Edge, EdgeKind, Kind, clean::one_line, condition::condition};
use serde_json::Value;

/// The edges of a state; `from` is empty, `to` is the target's name.
pub(super) fn of(kind: Kind, state: &Value) -> Vec<Edge> {
    let mut ways = Ways::default();
    match kind {
        Kind::Choice => {
            for rule in state["Choices"].as_array().into_iter().flatten() {
                ways.add(EdgeKind::Choice, &rule["Next"], &[condition(rule)]);
            }
            ways.add(
                EdgeKind::Default,
                &state["Default"],
                &["Default".to_owned()],
            );
        }
        Kind::Succeed | Kind::Fail => {}
        _ => {
            ways.add(EdgeKind::Next, &state["Next"], &[]);
            for catcher in state["Catch"].as_array().into_iter().flatten() {
                let errors: Vec<String> = catcher["ErrorEquals"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(one_line)
                    .collect();
                ways.add(EdgeKind::Catch, &catcher["Next"], &errors);
            }
        }
    }
    ways.0.into_iter().map(Way::edge).collect()
}

#[derive(Default)]
struct Ways(Vec<Way>);

struct Way {
    kind: EdgeKind,
    to: String,
    words: Vec<String>,
}

impl Ways {
    /// A default joins the rule that leads to the same state.
    fn add(&mut self, kind: EdgeKind, to: &Value, words: &[String]) {
        let Some(to) = to.as_str() else { return };
        let same = self.0.iter_mut().find(|way| {
            way.to == to
                && (way.kind == kind || (way.kind, kind) == (EdgeKind::Choice, EdgeKind::Default))
        });
        match same {
            Some(way) => {
                for word in words {
                    if !way.words.contains(word) {
                        way.words.push(word.clone());
                    }
                }
            }
            None => self.0.push(Way {
                kind,
                to: to.to_owned(),
                words: words.to_vec(),
            }),
        }
    }
}

impl Way {
    fn edge(self) -> Edge {
        let title = (!self.words.is_empty()).then(|| self.words.join("\n"));
        Edge {
            from: String::new(),
            label: self.label(),
            to: self.to,
            kind: self.kind,
            title,
        }
    }

    /// The first of them and how many more there are; of caught errors the
    /// widest, since `States.ALL` says what the others say too.
    fn label(&self) -> Option<String> {
        let all = self.words.iter().find(|word| *word == "States.ALL");
        let first = all.or(self.words.first())?;
        let more = self.words.len() - 1;
        Some(match (self.kind, more) {
            (_, 0) => first.clone(),
            (EdgeKind::Catch, 1) if all.is_none() => self.words.join(", "),
            (EdgeKind::Choice, 1) if self.words[1] == "Default" => format!("{first} or Default"),
            _ => format!("{first} +{more}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_leads_to_one_state_is_one_edge_for_rules_and_one_for_catchers() {
        let state = json!({"Next": "A", "Catch": [
            {"ErrorEquals": ["X"], "Next": "A"},
            {"ErrorEquals": ["Y", "X"], "Next": "A"},
            {"ErrorEquals": ["States.ALL"], "Next": "B"},
        ]});
        let edges = of(Kind::Task, &state);
        let seen: Vec<_> = edges
            .iter()
            .map(|edge| (edge.kind, edge.to.as_str(), edge.label.as_deref()))
            .collect();
        assert_eq!(
            seen,
            [
                (EdgeKind::Next, "A", None),
                (EdgeKind::Catch, "A", Some("X, Y")),
                (EdgeKind::Catch, "B", Some("States.ALL")),
            ]
        );
        let state = json!({"Default": "A", "Choices": [
            {"Condition": "{% $a %}", "Next": "A"},
            {"Condition": "{% $b %}", "Next": "B"},
            {"Condition": "{% $c %}", "Next": "A"},
        ]});
        let edges = of(Kind::Choice, &state);
        assert_eq!(edges.len(), 2);
        assert_eq!(edges[0].label.as_deref(), Some("$a +2"));
        assert_eq!(edges[0].title.as_deref(), Some("$a\n$c\nDefault"));
    }
}
