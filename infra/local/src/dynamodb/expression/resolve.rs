//! From a condition as written to one that can be evaluated: placeholders are
//! replaced, reserved words, unknown functions and wrong operands refused.

use super::checks::{Findings, Rank};
use super::path::{Path, PathPart};
use super::placeholders::Placeholders;
use super::reserved::is_reserved;
use super::syntax::{Comparator, RawCall, RawCondition, RawOperand, RawPart, RawPath};
use super::{Condition, Operand};
use crate::dynamodb::value::{AttributeValue, TYPE_NAMES};

/// Resolves a whole condition.
pub(super) fn condition(
    raw: &RawCondition,
    placeholders: &mut Placeholders,
) -> Result<Condition, String> {
    let mut resolver = Resolver::new(placeholders);
    let condition = resolver.condition(raw);
    resolver.findings.into_result(condition)
}

pub(super) struct Resolver<'p> {
    placeholders: &'p mut Placeholders,
    pub(super) findings: Findings,
}

impl<'p> Resolver<'p> {
    pub(super) fn new(placeholders: &'p mut Placeholders) -> Self {
        Self {
            placeholders,
            findings: Findings::default(),
        }
    }

    fn condition(&mut self, raw: &RawCondition) -> Condition {
        match raw {
            RawCondition::Compare(comparator, left, right) => {
                self.compare(*comparator, left, right)
            }
            RawCondition::Between(operand, low, high) => {
                let (operand, low, high) =
                    (self.operand(operand), self.operand(low), self.operand(high));
                self.check_bounds(&low, &high);
                Condition::Between(operand, low, high)
            }
            RawCondition::In(operand, list) => {
                let operand = self.operand(operand);
                if list.len() > 100 {
                    self.findings.operand_count("IN", list.len() + 1);
                }
                Condition::In(
                    operand,
                    list.iter().map(|element| self.operand(element)).collect(),
                )
            }
            RawCondition::Call(call) => self.call(call),
            RawCondition::And(parts) => {
                Condition::And(parts.iter().map(|part| self.condition(part)).collect())
            }
            RawCondition::Or(parts) => {
                Condition::Or(parts.iter().map(|part| self.condition(part)).collect())
            }
            RawCondition::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
        }
    }

    fn compare(
        &mut self,
        comparator: Comparator,
        left: &RawOperand,
        right: &RawOperand,
    ) -> Condition {
        let (left, right) = (self.operand(left), self.operand(right));
        self.check_distinct(comparator.sign(), &left, &right);
        if !matches!(comparator, Comparator::Equal | Comparator::NotEqual) {
            for operand in [&left, &right] {
                if let Operand::Value(value) = operand
                    && !matches!(value.type_name(), "S" | "N" | "B")
                {
                    self.findings
                        .operand_type(comparator.sign(), value.type_name());
                }
            }
        }
        Condition::Compare(comparator, left, right)
    }

    /// A function where a condition stands.
    fn call(&mut self, call: &RawCall) -> Condition {
        let name = call.name.as_str();
        let arguments: Vec<Operand> = call
            .arguments
            .iter()
            .map(|argument| self.operand(argument))
            .collect();
        let wanted = match name {
            "attribute_exists" | "attribute_not_exists" => 1,
            "attribute_type" | "begins_with" | "contains" => 2,
            "size" => {
                self.findings.misused(name);
                return nothing();
            }
            _ => {
                self.findings.unknown_function(name);
                return nothing();
            }
        };
        if arguments.len() != wanted {
            self.findings.operand_count(name, arguments.len());
            return nothing();
        }
        let mut arguments = arguments.into_iter();
        match (arguments.next(), arguments.next()) {
            (Some(Operand::Path(path)), None) if name == "attribute_exists" => {
                Condition::Exists(path)
            }
            (Some(Operand::Path(path)), None) => Condition::NotExists(path),
            (Some(first), Some(second)) => self.two_operands(name, first, second),
            _ => {
                self.findings.needs_path(name);
                nothing()
            }
        }
    }

    fn two_operands(&mut self, name: &str, first: Operand, second: Operand) -> Condition {
        self.check_distinct(name, &first, &second);
        match name {
            "attribute_type" => match second {
                Operand::Value(AttributeValue::S(wanted)) => {
                    if !TYPE_NAMES.contains(&wanted.as_str()) {
                        self.findings.add(
                            Rank::OperandType,
                            format!("Invalid attribute type name found; type: {wanted}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"),
                        );
                    }
                    Condition::HasType(first, wanted)
                }
                other => {
                    let found = match &other {
                        Operand::Value(value) => value.type_name(),
                        Operand::Size(_) => "N",
                        Operand::Path(_) => "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
                    };
                    self.findings.operand_type(name, found);
                    nothing()
                }
            },
            "begins_with" => {
                for operand in [&first, &second] {
                    if let Operand::Value(value) = operand
                        && !matches!(value.type_name(), "S" | "B")
                    {
                        self.findings.operand_type(name, value.type_name());
                    }
                }
                Condition::BeginsWith(first, second)
            }
            _ => Condition::Contains(first, second),
        }
    }

    /// An operand; of the functions only `size` may be one.
    fn operand(&mut self, raw: &RawOperand) -> Operand {
        match raw {
            RawOperand::Path(path) => Operand::Path(self.path(path)),
            RawOperand::Value(key) => Operand::Value(self.value(key)),
            RawOperand::Call(call) => {
                let mut arguments: Vec<Operand> = call
                    .arguments
                    .iter()
                    .map(|argument| self.operand(argument))
                    .collect();
                match call.name.as_str() {
                    "size" => {}
                    "attribute_exists"
                    | "attribute_not_exists"
                    | "attribute_type"
                    | "begins_with"
                    | "contains" => self.findings.misused(&call.name),
                    _ => self.findings.unknown_function(&call.name),
                }
                if arguments.len() != 1 {
                    self.findings.operand_count(&call.name, arguments.len());
                }
                let argument = arguments.remove(0);
                if let Operand::Value(value) = &argument
                    && matches!(value.type_name(), "N" | "BOOL" | "NULL")
                {
                    self.findings.operand_type("size", value.type_name());
                }
                Operand::Size(Box::new(argument))
            }
        }
    }

    pub(super) fn value(&mut self, key: &str) -> AttributeValue {
        self.placeholders.value(key).unwrap_or_else(|| {
            self.findings.add(
                Rank::Undefined,
                format!("An expression attribute value used in expression is not defined; attribute value: {key}"),
            );
            AttributeValue::Null
        })
    }

    pub(super) fn path(&mut self, raw: &RawPath) -> Path {
        Path(raw.iter().map(|part| self.path_part(part)).collect())
    }

    fn path_part(&mut self, part: &RawPart) -> PathPart {
        match part {
            RawPart::Index(index) => PathPart::Index(*index),
            RawPart::Name(name) => {
                if is_reserved(name) {
                    self.findings.add(
                        Rank::ReservedWord,
                        format!("Attribute name is a reserved keyword; reserved keyword: {name}"),
                    );
                }
                PathPart::Name(name.clone())
            }
            RawPart::Alias(key) => PathPart::Name(self.placeholders.name(key).unwrap_or_else(|| {
                self.findings.add(
                    Rank::Undefined,
                    format!("An expression attribute name used in the document path is not defined; attribute name: {key}"),
                );
                key.clone()
            })),
        }
    }

    fn check_distinct(&mut self, operator: &str, left: &Operand, right: &Operand) {
        if let (Operand::Path(first), Operand::Path(second)) = (left, right)
            && first == second
        {
            self.findings.add(
                Rank::NotDistinct,
                format!("The first operand must be distinct from the remaining operands for this operator or function; operator: {operator}, first operand: {first}"),
            );
        }
    }

    fn check_bounds(&mut self, low: &Operand, high: &Operand) {
        let (Operand::Value(low), Operand::Value(high)) = (low, high) else {
            return;
        };
        let rule = if low.type_name() != high.type_name() {
            "requires same data type for lower and upper bounds"
        } else if super::evaluate::order(low, high).is_some_and(std::cmp::Ordering::is_gt) {
            "requires upper bound to be greater than or equal to lower bound"
        } else {
            return;
        };
        let show = |value: &AttributeValue| {
            let name = value.type_name();
            let wire = value.to_wire();
            let content = wire[name]
                .as_str()
                .map_or_else(|| wire[name].to_string(), str::to_owned);
            format!("AttributeValue: {{{name}:{content}}}")
        };
        self.findings.add(
            Rank::OperandType,
            format!(
                "The BETWEEN operator {rule}; lower bound operand: {}, upper bound operand: {}",
                show(low),
                show(high)
            ),
        );
    }
}

/// Stands where a finding makes the result worthless.
fn nothing() -> Condition {
    Condition::And(Vec::new())
}
