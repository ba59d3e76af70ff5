//! The functions that Step Functions adds to JSONata, and those that it, or
//! determinism, takes away.
//!
//! `$now`, `$millis`, `$random`, `$uuid` and `$shuffle` follow the
//! execution's own time and seed. `$eval` does not exist, as on AWS.

use std::{cell::Cell, rc::Rc};

use chrono::{DateTime, SecondsFormat, Utc};
use jsonata_core::{
    evaluator::{Context, Evaluator, EvaluatorError, HostFnResult},
    parser,
    value::JValue,
};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::Random;

const NAMES: &[&str] = &[
    "eval",
    "hash",
    "millis",
    "now",
    "parse",
    "partition",
    "random",
    "range",
    "shuffle",
    "uuid",
];

/// The longest array `$range` makes, as Step Functions limits it.
const MAX_RANGE: f64 = 1000.0;

/// The name, if it is one of these functions.
pub(crate) fn find(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|known| **known == name).copied()
}

/// Makes the named functions known to `evaluator`.
pub(crate) fn register(
    evaluator: &mut Evaluator,
    names: &[&'static str],
    now: DateTime<Utc>,
    random: &Rc<Cell<Random>>,
) -> Result<(), EvaluatorError> {
    for name in names {
        let random = Rc::clone(random);
        match *name {
            "eval" => evaluator.register_fn_override(*name, |_: &[JValue]| {
                failed("T1006: Attempted to invoke a non-function: $eval is not available")
            })?,
            "hash" => evaluator.register_fn_override(*name, hash)?,
            "millis" => evaluator.register_fn_override(*name, move |_: &[JValue]| {
                Ok(JValue::from_i64(now.timestamp_millis()))
            })?,
            "now" => {
                evaluator.register_fn_override(*name, move |args: &[JValue]| now_as(now, args))?;
            }
            "parse" => evaluator.register_fn_override(*name, parse)?,
            "partition" => evaluator.register_fn_override(*name, partition)?,
            "random" => evaluator.register_fn_override(*name, move |args: &[JValue]| {
                Ok(JValue::Number(
                    match args.first().and_then(JValue::as_f64) {
                        Some(seed) => Random::new(seed.to_bits()).fraction(),
                        None => draw(&random, Random::fraction),
                    },
                ))
            })?,
            "range" => evaluator.register_fn_override(*name, range)?,
            "shuffle" => evaluator
                .register_fn_override(*name, move |args: &[JValue]| shuffle(args, &random))?,
            "uuid" => evaluator.register_fn_override(*name, move |_: &[JValue]| {
                Ok(JValue::string(draw(&random, Random::uuid)))
            })?,
            _ => {}
        }
    }
    Ok(())
}

fn draw<T>(random: &Cell<Random>, take: impl FnOnce(&mut Random) -> T) -> T {
    let mut state = random.get();
    let drawn = take(&mut state);
    random.set(state);
    drawn
}

fn failed<T>(message: &str) -> Result<T, EvaluatorError> {
    Err(EvaluatorError::EvaluationError(message.to_owned()))
}

fn signature<T>(argument: usize, function: &str) -> Result<T, EvaluatorError> {
    failed(&format!(
        "T0410: Argument {argument} of function \"{function}\" does not match function signature"
    ))
}

fn now_as(now: DateTime<Utc>, args: &[JValue]) -> HostFnResult {
    if args.iter().all(JValue::is_undefined) {
        return Ok(JValue::string(
            now.to_rfc3339_opts(SecondsFormat::Millis, true),
        ));
    }
    // A picture is formatted by the engine's own $fromMillis.
    let ast = parser::parse("$fromMillis($m, $p, $z)")
        .map_err(|error| EvaluatorError::EvaluationError(error.display_message()))?;
    let mut context = Context::new();
    context.bind("m".to_owned(), JValue::from_i64(now.timestamp_millis()));
    context.bind(
        "p".to_owned(),
        args.first().cloned().unwrap_or(JValue::Undefined),
    );
    context.bind(
        "z".to_owned(),
        args.get(1).cloned().unwrap_or(JValue::Undefined),
    );
    Evaluator::with_context(context).evaluate(&ast, &JValue::Null)
}

fn parse(args: &[JValue]) -> HostFnResult {
    match args.first() {
        None | Some(JValue::Undefined) => Ok(JValue::Undefined),
        Some(JValue::String(text)) => JValue::from_json_str(text)
            .map_err(|error| EvaluatorError::EvaluationError(format!("$parse: {error}"))),
        Some(_) => signature(1, "parse"),
    }
}

fn hash(args: &[JValue]) -> HostFnResult {
    let data = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::String(text)) => text.to_string(),
        Some(other) => other
            .to_json_string()
            .map_err(|error| EvaluatorError::EvaluationError(format!("$hash: {error}")))?,
    };
    let Some(algorithm) = args.get(1).and_then(JValue::as_str) else {
        return signature(2, "hash");
    };
    Ok(JValue::string(match algorithm {
        "MD5" => hex::encode(Md5::digest(data)),
        "SHA-1" => hex::encode(Sha1::digest(data)),
        "SHA-256" => hex::encode(Sha256::digest(data)),
        "SHA-384" => hex::encode(Sha384::digest(data)),
        "SHA-512" => hex::encode(Sha512::digest(data)),
        other => {
            return failed(&format!(
                "$hash: unknown algorithm {other}; use MD5, SHA-1, SHA-256, SHA-384 or SHA-512"
            ));
        }
    }))
}

fn partition(args: &[JValue]) -> HostFnResult {
    let items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items.to_vec(),
        Some(other) => vec![other.clone()],
    };
    let size = match args.get(1).and_then(JValue::as_f64) {
        Some(size) if size >= 1.0 && size.is_finite() => size.floor(),
        _ => return signature(2, "partition"),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked: at least 1
    let size = size.min(1e9) as usize;
    Ok(JValue::array(
        items
            .chunks(size)
            .map(|chunk| JValue::array(chunk.to_vec()))
            .collect(),
    ))
}

fn range(args: &[JValue]) -> HostFnResult {
    let number = |index: usize| args.get(index).and_then(JValue::as_f64).map(f64::trunc);
    let (Some(first), Some(last)) = (number(0), number(1)) else {
        return signature(if number(0).is_none() { 1 } else { 2 }, "range");
    };
    let step = match args.get(2) {
        None | Some(JValue::Undefined) => 1.0,
        Some(_) => number(2).unwrap_or(0.0),
    };
    if step == 0.0 || !(first.is_finite() && last.is_finite() && step.is_finite()) {
        return signature(3, "range");
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > MAX_RANGE {
        return failed("$range: the array would have more than 1000 items");
    }
    let mut items = Vec::new();
    let mut value = first;
    while if step > 0.0 {
        value <= last
    } else {
        value >= last
    } {
        items.push(JValue::Number(value));
        value += step;
    }
    Ok(JValue::array(items))
}

fn shuffle(args: &[JValue], random: &Cell<Random>) -> HostFnResult {
    let mut items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items.to_vec(),
        Some(other) => return Ok(JValue::array(vec![other.clone()])),
    };
    for last in (1..items.len()).rev() {
        let other = draw(random, Random::next) % (last as u64 + 1);
        #[allow(clippy::cast_possible_truncation)] // less than the array's length
        items.swap(last, other as usize);
    }
    Ok(JValue::array(items))
}
