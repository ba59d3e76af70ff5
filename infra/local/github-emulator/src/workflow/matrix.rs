//! Expands a job's matrix into its combinations, in GitHub's order.
//!
//! The first dimension varies slowest; `exclude` removes by partial match;
//! `include` adds to every combination whose original values it does not
//! overwrite, and is a combination of its own where it fits none.

use github_actions_models::common::expr::LoE;
use github_actions_models::workflow::job::Matrix;
use serde_json::Value;

use super::expression::{self, Standing};

/// Values by name, in the order in which they appear.
pub(crate) type Combination = Vec<(String, Value)>;

/// GitHub's limit for the jobs of one matrix.
const MOST: usize = 256;

/// All combinations of a matrix, or what is wrong with it.
pub(crate) fn expand(matrix: &LoE<Matrix>, contexts: &Value) -> Result<Vec<Combination>, String> {
    let (dimensions, include, exclude) = match matrix {
        LoE::Expr(whole) => split(json(whole.as_bare(), contexts)?)?,
        LoE::Literal(matrix) => (
            dimensions(matrix, contexts)?,
            list(&matrix.include, contexts)?,
            list(&matrix.exclude, contexts)?,
        ),
    };
    let mut all: Vec<Combination> = vec![Vec::new()];
    for (name, values) in &dimensions {
        if values.is_empty() {
            return Err(format!("the matrix dimension `{name}` holds no values"));
        }
        all = all
            .iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut one = so_far.clone();
                    one.push((name.clone(), value.clone()));
                    one
                })
            })
            .collect();
    }
    if dimensions.is_empty() {
        all.clear();
    }
    all.retain(|one| !exclude.iter().any(|entry| matches_part(one, entry)));
    add_includes(&mut all, &include, &dimensions);
    match all.len() {
        0 => Err("the matrix has no combination".to_owned()),
        count if count > MOST => Err(format!(
            "the matrix has {count} combinations, GitHub runs at most {MOST}"
        )),
        _ => Ok(all),
    }
}

type Parts = (
    Vec<(String, Vec<Value>)>,
    Vec<Combination>,
    Vec<Combination>,
);

/// Takes apart a matrix that came out of an expression.
fn split(value: Value) -> Result<Parts, String> {
    let Value::Object(entries) = value else {
        return Err("the matrix expression does not give an object".to_owned());
    };
    let mut parts: Parts = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in entries {
        match name.as_str() {
            "include" => parts.1 = combinations(value)?,
            "exclude" => parts.2 = combinations(value)?,
            _ => parts.0.push((name.clone(), values(&name, value)?)),
        }
    }
    Ok(parts)
}

fn dimensions(matrix: &Matrix, contexts: &Value) -> Result<Vec<(String, Vec<Value>)>, String> {
    let LoE::Literal(dimensions) = &matrix.dimensions else {
        return Err("the matrix is not a mapping".to_owned());
    };
    let mut expanded = Vec::new();
    for (name, list) in dimensions {
        let value = match list {
            LoE::Expr(expression) => json(expression.as_bare(), contexts)?,
            LoE::Literal(items) => items
                .iter()
                .map(|item| resolve(item, contexts))
                .collect::<Result<Value, _>>()?,
        };
        expanded.push((name.clone(), values(name, value)?));
    }
    Ok(expanded)
}

fn list(
    entries: &LoE<Vec<impl serde::Serialize>>,
    contexts: &Value,
) -> Result<Vec<Combination>, String> {
    match entries {
        LoE::Expr(expression) => combinations(json(expression.as_bare(), contexts)?),
        LoE::Literal(entries) => entries
            .iter()
            .map(|entry| {
                // Through YAML's own value: it keeps the order of the keys.
                let entry = yaml_serde::to_value(entry).map_err(|error| error.to_string())?;
                ordered(&entry, contexts)
            })
            .collect(),
    }
}

fn ordered(entry: &yaml_serde::Value, contexts: &Value) -> Result<Combination, String> {
    let Some(mapping) = entry.as_mapping() else {
        return Err("an entry of include or exclude is not a mapping".to_owned());
    };
    mapping
        .iter()
        .map(|(key, value)| {
            let key = key.as_str().unwrap_or_default().to_owned();
            Ok((key, resolve(value, contexts)?))
        })
        .collect()
}

/// A value of the file as JSON, with the expressions in its strings replaced.
fn resolve(value: &yaml_serde::Value, contexts: &Value) -> Result<Value, String> {
    if let Some(text) = value.as_str() {
        return match expression::sole_expression(text) {
            Some(inner) => json(inner, contexts),
            None => Ok(expression::interpolate(text, contexts, Standing::Success)?.into()),
        };
    }
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn json(expression: &str, contexts: &Value) -> Result<Value, String> {
    expression::evaluate(expression, contexts, Standing::Success).map(expression::to_json)
}

fn values(name: &str, value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(format!("the matrix dimension `{name}` is not a list")),
    }
}

fn combinations(value: Value) -> Result<Vec<Combination>, String> {
    let Value::Array(items) = value else {
        return Err("include and exclude of a matrix are lists".to_owned());
    };
    items
        .into_iter()
        .map(|item| match item {
            Value::Object(entries) => Ok(entries.into_iter().collect()),
            _ => Err("an entry of include or exclude is not a mapping".to_owned()),
        })
        .collect()
}

fn value_of<'a>(combination: &'a Combination, name: &str) -> Option<&'a Value> {
    combination
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

fn matches_part(one: &Combination, part: &Combination) -> bool {
    part.iter()
        .all(|(key, value)| value_of(one, key) == Some(value))
}

fn add_includes(
    all: &mut Vec<Combination>,
    include: &[Combination],
    dimensions: &[(String, Vec<Value>)],
) {
    let is_dimension = |name: &str| dimensions.iter().any(|(dimension, _)| dimension == name);
    let originals = all.len();
    for entry in include {
        let mut fitted = false;
        for one in all.iter_mut().take(originals) {
            let fits = entry
                .iter()
                .filter(|(key, _)| is_dimension(key))
                .all(|(key, value)| value_of(one, key) == Some(value));
            if !fits {
                continue;
            }
            fitted = true;
            for (key, value) in entry {
                match one.iter_mut().find(|(name, _)| name == key) {
                    Some((_, present)) => present.clone_from(value),
                    None => one.push((key.clone(), value.clone())),
                }
            }
        }
        if !fitted {
            all.push(entry.clone());
        }
    }
}

/// What GitHub shows behind a job's name: `(1, ubuntu)`.
pub(crate) fn suffix(combination: &Combination) -> String {
    let shown: Vec<String> = combination
        .iter()
        .flat_map(|(_, value)| shown(value))
        .collect();
    format!("({})", shown.join(", "))
}

fn shown(value: &Value) -> Vec<String> {
    match value {
        Value::Object(entries) => entries.values().flat_map(shown).collect(),
        Value::Array(items) => items.iter().flat_map(shown).collect(),
        other => vec![expression::to_evaluation(other).sema().to_string()],
    }
}
