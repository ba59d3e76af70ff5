//! A definition read as a graph.
//!
//! Lenient on purpose: an execution's definition was accepted by AWS, and a
//! picture of most of it is worth more than none. A `Next` that names no state
//! of its own `States` object has no edge; a state without a known type is
//! drawn with the type's own word.

use super::{Edge, EdgeKind, Graph, GraphError, Kind, Node, clean::one_line, edges, service};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Parallel and Map states nest; states further down are left out.
const DEEPEST: usize = 24;

impl Graph {
    /// The graph of a States Language definition, JSONata or JSONPath.
    pub fn of(definition: &Value) -> Result<Graph, GraphError> {
        let machine = definition.as_object().ok_or(GraphError::NotAnObject)?;
        let states = machine
            .get("States")
            .and_then(Value::as_object)
            .filter(|states| !states.is_empty())
            .ok_or(GraphError::NoStates)?;
        let mut reader = Reader::default();
        let start = machine
            .get("StartAt")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let ids = reader.states(start, states, None, 0, 0);
        // Last, so that a state named Start keeps its name as its id.
        reader.circles(start, states, &ids);
        Ok(Graph {
            nodes: reader.nodes,
            edges: reader.edges,
        })
    }
}

#[derive(Default)]
struct Reader {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    used: BTreeSet<String>,
}

impl Reader {
    /// Reads one `States` object and what stands inside its states.
    fn states<'a>(
        &mut self,
        start: &str,
        states: &'a Map<String, Value>,
        parent: Option<&str>,
        branch: usize,
        depth: usize,
    ) -> BTreeMap<&'a str, String> {
        let names = order(start, states);
        let ids: BTreeMap<&str, String> = names.iter().map(|name| (*name, self.id(name))).collect();
        for name in &names {
            let state = &states[*name];
            let kind = kind(state);
            self.nodes.push(Node {
                id: ids[name].clone(),
                name: (*name).to_owned(),
                kind,
                parent: parent.map(str::to_owned),
                branch,
                comment: state["Comment"].as_str().map(str::to_owned),
                detail: detail(kind, state),
            });
            if depth < DEEPEST {
                for (branch, machine) in inner(kind, state).into_iter().enumerate() {
                    if let Some(states) = machine["States"].as_object() {
                        let start = machine["StartAt"].as_str().unwrap_or_default();
                        self.states(start, states, Some(&ids[name]), branch, depth + 1);
                    }
                }
            }
        }
        for name in &names {
            for mut edge in edges::of(kind(&states[*name]), &states[*name]) {
                if let Some(to) = ids.get(edge.to.as_str()) {
                    edge.from.clone_from(&ids[name]);
                    edge.to.clone_from(to);
                    self.edges.push(edge);
                }
            }
        }
        ids
    }

    /// The circles where an execution starts and ends.
    fn circles(&mut self, start: &str, states: &Map<String, Value>, ids: &BTreeMap<&str, String>) {
        let mut edge = |from: &str, to: &str, kind| {
            self.edges.push(Edge {
                from: from.to_owned(),
                to: to.to_owned(),
                kind,
                label: None,
                title: None,
            });
        };
        let (from, to) = (free(&self.used, "Start"), free(&self.used, "End"));
        if let Some(first) = ids.get(start) {
            edge(&from, first, EdgeKind::Start);
        }
        let ends = order(start, states)
            .into_iter()
            .filter(|name| {
                matches!(kind(&states[*name]), Kind::Succeed | Kind::Fail)
                    || states[*name]["End"] == true
            })
            .map(|name| &ids[name])
            .collect::<Vec<_>>();
        for last in &ends {
            edge(last, &to, EdgeKind::End);
        }
        if ids.contains_key(start) {
            self.nodes.insert(0, circle(from, Kind::Start));
        }
        if !ends.is_empty() {
            self.nodes.push(circle(to, Kind::End));
        }
    }

    fn id(&mut self, name: &str) -> String {
        let id = free(&self.used, name);
        self.used.insert(id.clone());
        id
    }
}

fn circle(id: String, kind: Kind) -> Node {
    Node {
        id,
        name: kind.word().to_owned(),
        kind,
        parent: None,
        branch: 0,
        comment: None,
        detail: None,
    }
}

/// The name, or the name with the first number that nothing has yet.
fn free(used: &BTreeSet<String>, name: &str) -> String {
    if !used.contains(name) {
        return name.to_owned();
    }
    (2..)
        .map(|number| format!("{name} ({number})"))
        .find(|id| !used.contains(id))
        .unwrap_or_default()
}

/// Breadth first from the start; then, by name, what nothing leads to.
fn order<'a>(start: &str, states: &'a Map<String, Value>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut rest: Vec<&str> = states.keys().map(String::as_str).collect();
    rest.sort_unstable();
    let first = states.get_key_value(start).map(|(name, _)| name.as_str());
    let mut at = 0;
    for root in first.into_iter().chain(rest) {
        if known.insert(root) {
            found.push(root);
        }
        while let Some(name) = found.get(at) {
            let state = &states[*name];
            for edge in edges::of(kind(state), state) {
                if let Some((next, _)) = states.get_key_value(&edge.to)
                    && known.insert(next)
                {
                    found.push(next);
                }
            }
            at += 1;
        }
    }
    found
}

fn kind(state: &Value) -> Kind {
    match state["Type"].as_str().unwrap_or_default() {
        "Pass" => Kind::Pass,
        "Task" => Kind::Task,
        "Choice" => Kind::Choice,
        "Wait" => Kind::Wait,
        "Succeed" => Kind::Succeed,
        "Fail" => Kind::Fail,
        "Parallel" => Kind::Parallel,
        "Map" => Kind::Map,
        _ => Kind::Other,
    }
}

/// The machines inside a state: a Parallel's branches, a Map's processor.
fn inner(kind: Kind, state: &Value) -> Vec<&Value> {
    match kind {
        Kind::Parallel => state["Branches"].as_array().into_iter().flatten().collect(),
        Kind::Map => [&state["ItemProcessor"], &state["Iterator"]]
            .into_iter()
            .find(|machine| machine.is_object())
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn detail(kind: Kind, state: &Value) -> Option<String> {
    let text = match kind {
        Kind::Task => service::detail(state["Resource"].as_str()?)?,
        Kind::Wait => wait(state)?,
        Kind::Fail => state["Error"].as_str()?.to_owned(),
        Kind::Map if state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED" => {
            "Distributed".to_owned()
        }
        Kind::Other => state["Type"].as_str()?.to_owned(),
        _ => return None,
    };
    Some(one_line(&text))
}

/// How long, or until when: a figure, an expression or a path.
fn wait(state: &Value) -> Option<String> {
    let plain = |field: &Value| match field {
        Value::String(text) => {
            let text = text.trim();
            let inner = text
                .strip_prefix("{%")
                .and_then(|text| text.strip_suffix("%}"));
            Some(inner.unwrap_or(text).trim().to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    for field in ["Seconds", "SecondsPath"] {
        if let Some(text) = plain(&state[field]) {
            let figure = text.bytes().all(|byte| byte.is_ascii_digit());
            return Some(if figure { format!("{text} s") } else { text });
        }
    }
    ["Timestamp", "TimestampPath"]
        .into_iter()
        .find_map(|field| plain(&state[field]))
        .map(|text| format!("until {text}"))
}
