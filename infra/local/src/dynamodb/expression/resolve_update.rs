//! From an update or a projection as written to one that can be applied.

use super::checks::{Findings, Rank};
use super::path::{Path, PathPart};
use super::placeholders::Placeholders;
use super::resolve::Resolver;
use super::syntax::{RawAction, RawOperand, RawPath, RawSetValue};
use super::update::{Action, SetValue, Update};
use crate::dynamodb::value::AttributeValue;

/// Resolves a whole update.
pub(super) fn update(raw: &[RawAction], placeholders: &mut Placeholders) -> Result<Update, String> {
    let mut resolver = Resolver::new(placeholders);
    let actions: Vec<Action> = raw.iter().map(|action| resolver.action(action)).collect();
    let paths: Vec<&Path> = actions.iter().map(Action::path).collect();
    check_overlap(&paths, &mut resolver.findings);
    resolver.findings.into_result(Update { actions })
}

/// Resolves a whole projection.
pub(super) fn projection(
    raw: &[RawPath],
    placeholders: &mut Placeholders,
) -> Result<Vec<Path>, String> {
    let mut resolver = Resolver::new(placeholders);
    let paths: Vec<Path> = raw.iter().map(|path| resolver.path(path)).collect();
    check_overlap(&paths.iter().collect::<Vec<_>>(), &mut resolver.findings);
    resolver.findings.into_result(paths)
}

impl Resolver<'_> {
    fn action(&mut self, raw: &RawAction) -> Action {
        match raw {
            RawAction::Set(path, value) => {
                let path = self.path(path);
                let value = match value {
                    RawSetValue::Operand(operand) => self.set_operand(operand),
                    RawSetValue::Plus(left, right) => {
                        let (left, right) = self.terms("+", left, right);
                        SetValue::Plus(left, right)
                    }
                    RawSetValue::Minus(left, right) => {
                        let (left, right) = self.terms("-", left, right);
                        SetValue::Minus(left, right)
                    }
                };
                Action::Set(path, value)
            }
            RawAction::Remove(path) => Action::Remove(self.path(path)),
            RawAction::Add(path, value) => {
                let (path, value) = (self.path(path), self.value(value));
                if !matches!(value.type_name(), "N" | "SS" | "NS" | "BS") {
                    self.wrong_section_type("ADD", &value);
                }
                Action::Add(path, value)
            }
            RawAction::Delete(path, value) => {
                let (path, value) = (self.path(path), self.value(value));
                if !matches!(value.type_name(), "SS" | "NS" | "BS") {
                    self.wrong_section_type("DELETE", &value);
                }
                Action::Delete(path, value)
            }
        }
    }

    fn terms(
        &mut self,
        sign: &str,
        left: &RawOperand,
        right: &RawOperand,
    ) -> (Box<SetValue>, Box<SetValue>) {
        let (left, right) = (self.set_operand(left), self.set_operand(right));
        for operand in [&left, &right] {
            self.check_type(sign, operand, "N");
        }
        (Box::new(left), Box::new(right))
    }

    fn set_operand(&mut self, raw: &RawOperand) -> SetValue {
        let call = match raw {
            RawOperand::Path(path) => return SetValue::Path(self.path(path)),
            RawOperand::Value(key) => return SetValue::Value(self.value(key)),
            RawOperand::Call(call) => call,
        };
        let mut arguments: Vec<SetValue> = call
            .arguments
            .iter()
            .map(|argument| self.set_operand(argument))
            .collect();
        if !matches!(call.name.as_str(), "if_not_exists" | "list_append") {
            self.findings.unknown_function(&call.name);
        }
        if arguments.len() != 2 {
            self.findings.operand_count(&call.name, arguments.len());
            return SetValue::Value(AttributeValue::Null);
        }
        let (second, first) = (arguments.remove(1), arguments.remove(0));
        if call.name == "list_append" {
            for operand in [&first, &second] {
                self.check_type("list_append", operand, "L");
            }
            return SetValue::ListAppend(Box::new(first), Box::new(second));
        }
        match first {
            SetValue::Path(path) => SetValue::IfNotExists(path, Box::new(second)),
            _ => {
                self.findings.needs_path(&call.name);
                second
            }
        }
    }

    fn check_type(&mut self, function: &str, operand: &SetValue, wanted: &str) {
        if let SetValue::Value(value) = operand
            && value.type_name() != wanted
        {
            self.findings.operand_type(function, value.type_name());
        }
    }

    fn wrong_section_type(&mut self, section: &str, value: &AttributeValue) {
        let long = match value.type_name() {
            "S" => "STRING",
            "N" => "NUMBER",
            "B" => "BINARY",
            "BOOL" => "BOOLEAN",
            "L" => "LIST",
            "M" => "MAP",
            other => other,
        };
        self.findings.add(
            Rank::OperandType,
            format!("Incorrect operand type for operator or function; operator: {section}, operand type: {long}, typeSet: ALLOWED_FOR_{section}_OPERAND"),
        );
    }
}

/// Two paths of one expression must not touch the same place.
fn check_overlap(paths: &[&Path], findings: &mut Findings) {
    for (at, second) in paths.iter().enumerate() {
        for first in &paths[..at] {
            let mut steps = first.0.iter().zip(&second.0);
            let (rank, verb) = match steps.find(|(left, right)| left != right) {
                None => (Rank::Overlap, "overlap"),
                Some((PathPart::Name(_), PathPart::Index(_)))
                | Some((PathPart::Index(_), PathPart::Name(_))) => (Rank::Conflict, "conflict"),
                Some(_) => continue,
            };
            findings.add(
                rank,
                format!("Two document paths {verb} with each other; must remove or rewrite one of these paths; path one: {first}, path two: {second}"),
            );
        }
    }
}
