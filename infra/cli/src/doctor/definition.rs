//! What the state machine's definition says it uses: functions, cluster, task
//! definitions, tables and network.
//!
//! Some of it stands inside JSONata expressions, as quoted texts.

use serde_json::Value;

/// Where tasks run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) subnets: Vec<String>,
    pub(crate) security_groups: Vec<String>,
    pub(crate) public_ip: bool,
}

/// The functions that tasks call, as written, each once.
pub(crate) fn functions(definition: &Value) -> Vec<String> {
    texts(definition, "FunctionName")
}

/// The table of the claims, as written, each once.
pub(crate) fn tables(definition: &Value) -> Vec<String> {
    texts(definition, "TableName")
}

/// The cluster, by name or ARN.
pub(crate) fn cluster(definition: &Value) -> Option<String> {
    texts(definition, "Cluster").into_iter().next()
}

/// The task definitions, one for each architecture, each once.
pub(crate) fn task_definitions(definition: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts(definition, "TaskDefinition") {
        for quoted in quoted(&text) {
            // The expression compares with the architecture's name.
            if !["ARM64", "X86_64"].contains(&quoted.as_str()) && !found.contains(&quoted) {
                found.push(quoted);
            }
        }
    }
    found
}

/// The tasks' network.
pub(crate) fn network(definition: &Value) -> Option<Network> {
    let found = find(definition, "AwsvpcConfiguration");
    let configuration = found.first()?;
    Some(Network {
        subnets: ids(&configuration["Subnets"]),
        security_groups: ids(&configuration["SecurityGroups"]),
        public_ip: configuration["AssignPublicIp"] == "ENABLED",
    })
}

/// A list of ids, or the expression that splits a text into one.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list
            .iter()
            .filter_map(|id| Some(id.as_str()?.to_owned()))
            .collect(),
        Value::String(text) => quoted(text)
            .iter()
            .flat_map(|list| list.split(','))
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}

/// The texts in single quotes of an expression, or the plain text itself.
fn quoted(text: &str) -> Vec<String> {
    if !text.trim_start().starts_with("{%") {
        return vec![text.to_owned()];
    }
    text.split('\'')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn texts(definition: &Value, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in find(definition, name).iter().filter_map(|one| one.as_str()) {
        if !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    }
    found
}

/// Every value under this name, wherever it stands.
fn find<'a>(value: &'a Value, name: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, value)| {
                let mut found = find(value, name);
                if field == name {
                    found.push(value);
                }
                found
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(|one| find(one, name)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one definition, placeholders and all.
    fn definition() -> Value {
        serde_json::from_str(include_str!("../../../../statemachine/runner.asl.json")).unwrap()
    }

    #[test]
    fn a_definition_without_tasks_names_nothing() {
        let empty = serde_json::json!({"States": {"Done": {"Type": "Succeed"}}});
        assert_eq!(network(&empty), None);
        assert_eq!(cluster(&empty), None);
        assert!(task_definitions(&empty).is_empty());
    }

    #[test]
    fn the_definition_s_own_placeholders_are_found() {
        let definition = definition();
        assert_eq!(
            task_definitions(&definition),
            ["${TaskDefinitionArm}", "${TaskDefinitionX86}"]
        );
        assert_eq!(cluster(&definition).unwrap(), "${ClusterArn}");
        assert_eq!(tables(&definition), ["${ClaimsTable}"]);
        assert_eq!(functions(&definition).len(), 4);
        let network = network(&definition).unwrap();
        // A task's network is not empty, and its separator is no subnet.
        assert_eq!(network.subnets, ["${SubnetIds}"]);
        assert_eq!(network.security_groups, ["${SecurityGroupIds}"]);
    }
}
