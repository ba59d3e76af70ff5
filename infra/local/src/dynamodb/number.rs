//! DynamoDB's number: a decimal with up to 38 significant digits and a
//! magnitude between 1E-130 and 9.99…E+125.
//!
//! On the wire a number is a string; two spellings of one value (`1`, `1.0`,
//! `1e0`) are the same number. A value is therefore kept in one canonical form
//! (no trailing zeros), so that derived equality is numeric equality.

use std::cmp::Ordering;
use std::fmt;

/// Most significant digits that a number may have.
const MAX_DIGITS: usize = 38;
/// Greatest power of ten of the first digit.
const MAX_MAGNITUDE: i64 = 125;
/// Least power of ten of the first digit.
const MIN_MAGNITUDE: i64 = -130;

/// Why a text or a sum is not a number of DynamoDB's. The texts are AWS's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NumberError {
    #[error("The parameter cannot be converted to a numeric value")]
    Empty,
    #[error("The parameter cannot be converted to a numeric value: {0}")]
    NotANumber(String),
    #[error("Attempting to store more than 38 significant digits in a Number")]
    TooPrecise,
    #[error(
        "Number overflow. Attempting to store a number with magnitude larger than supported range"
    )]
    Overflow,
    #[error(
        "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    )]
    Underflow,
}

/// `±coefficient × 10^exponent`, the coefficient without trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Number {
    negative: bool,
    coefficient: u128,
    exponent: i32,
}

impl Number {
    /// Reads a number as it comes on the wire.
    pub(crate) fn parse(text: &str) -> Result<Self, NumberError> {
        if text.is_empty() {
            return Err(NumberError::Empty);
        }
        let wrong = || NumberError::NotANumber(text.to_owned());
        let (negative, unsigned) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
            None => (unsigned, None),
        };
        let exponent = match exponent {
            Some(exponent) => parse_exponent(exponent).ok_or_else(wrong)?,
            None => 0,
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(wrong());
        }
        let digits: Vec<u8> = digits.iter().map(|digit| digit - b'0').collect();
        let fraction_digits = i64::try_from(fraction.len()).unwrap_or(i64::MAX / 4);
        Self::from_digits(negative, &digits, exponent - fraction_digits)
    }

    /// Builds the canonical form from decimal digits, most significant first.
    fn from_digits(negative: bool, digits: &[u8], exponent: i64) -> Result<Self, NumberError> {
        let Some(first) = digits.iter().position(|digit| *digit != 0) else {
            return Ok(Self {
                negative: false,
                coefficient: 0,
                exponent: 0,
            });
        };
        let last = digits
            .iter()
            .rposition(|digit| *digit != 0)
            .unwrap_or(first);
        let significant = &digits[first..=last];
        let dropped = digits.len() - 1 - last;
        let exponent = exponent + i64::try_from(dropped).unwrap_or(i64::MAX / 4);
        let length = i64::try_from(significant.len()).unwrap_or(i64::MAX / 4);
        let magnitude = exponent + length - 1;
        if magnitude > MAX_MAGNITUDE {
            return Err(NumberError::Overflow);
        }
        if magnitude < MIN_MAGNITUDE {
            return Err(NumberError::Underflow);
        }
        if significant.len() > MAX_DIGITS {
            return Err(NumberError::TooPrecise);
        }
        let coefficient = significant
            .iter()
            .fold(0_u128, |sum, digit| sum * 10 + u128::from(*digit));
        Ok(Self {
            negative,
            coefficient,
            exponent: i32::try_from(exponent).map_err(|_| NumberError::Overflow)?,
        })
    }

    /// The sum; more than 38 digits are refused, never rounded.
    pub(crate) fn plus(self, other: Self) -> Result<Self, NumberError> {
        let exponent = self.exponent.min(other.exponent);
        let left = self.aligned(exponent);
        let right = other.aligned(exponent);
        let (negative, mut digits) = if self.negative == other.negative {
            (self.negative, add(&left, &right))
        } else {
            match compare_digits(&left, &right) {
                Ordering::Less => (other.negative, subtract(&right, &left)),
                Ordering::Equal | Ordering::Greater => (self.negative, subtract(&left, &right)),
            }
        };
        digits.reverse();
        Self::from_digits(negative, &digits, i64::from(exponent))
    }

    /// The difference; see [`Number::plus`].
    pub(crate) fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.plus(Self {
            negative: !other.negative && other.coefficient != 0,
            ..other
        })
    }

    /// Bytes that the number takes in an item, by DynamoDB's own rule of thumb.
    pub(crate) fn stored_size(self) -> usize {
        if self.coefficient == 0 {
            return 1;
        }
        self.coefficient.to_string().len().div_ceil(2) + 1 + usize::from(self.negative)
    }

    /// Digits, least significant first, of the number as a multiple of 10^exponent.
    fn aligned(self, exponent: i32) -> Vec<u8> {
        if self.coefficient == 0 {
            return Vec::new();
        }
        let zeros = usize::try_from(self.exponent - exponent).unwrap_or(0);
        let mut digits = vec![0; zeros];
        digits.extend(
            self.coefficient
                .to_string()
                .bytes()
                .rev()
                .map(|digit| digit - b'0'),
        );
        digits
    }

    /// Power of ten of the first digit.
    fn magnitude(self) -> i32 {
        let digits = self.coefficient.to_string().len();
        self.exponent + i32::try_from(digits).unwrap_or(0) - 1
    }
}

/// An exponent too long for a machine word is as good as infinite.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse::<i64>().unwrap_or(1 << 40).min(1 << 40);
    Some(if text.starts_with('-') { -value } else { value })
}

fn add(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut sum = Vec::with_capacity(left.len().max(right.len()) + 1);
    let mut carry = 0;
    for at in 0..left.len().max(right.len()) {
        let digit = left.get(at).unwrap_or(&0) + right.get(at).unwrap_or(&0) + carry;
        sum.push(digit % 10);
        carry = digit / 10;
    }
    sum.push(carry);
    sum
}

/// `left - right`, where left is not the smaller one.
fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut difference = Vec::with_capacity(left.len());
    let mut borrow = 0;
    for (at, digit) in left.iter().enumerate() {
        let take = right.get(at).unwrap_or(&0) + borrow;
        borrow = u8::from(*digit < take);
        difference.push(digit + borrow * 10 - take);
    }
    difference
}

fn compare_digits(left: &[u8], right: &[u8]) -> Ordering {
    left.len()
        .cmp(&right.len())
        .then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.coefficient, number.negative) {
            (0, _) => 0_i8,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (left, right) = (sign(self), sign(other));
        if left != right || left == 0 {
            return left.cmp(&right);
        }
        let exponent = self.exponent.min(other.exponent);
        let size = self
            .magnitude()
            .cmp(&other.magnitude())
            .then_with(|| compare_digits(&self.aligned(exponent), &other.aligned(exponent)));
        if self.negative { size.reverse() } else { size }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Plain notation, never an exponent, as DynamoDB answers.
impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            out.write_str("-")?;
        }
        let digits = self.coefficient.to_string();
        match usize::try_from(self.exponent) {
            Ok(zeros) => write!(out, "{digits}{}", "0".repeat(zeros)),
            Err(_) => {
                let places = usize::try_from(-i64::from(self.exponent)).unwrap_or(0);
                if digits.len() > places {
                    let (whole, fraction) = digits.split_at(digits.len() - places);
                    write!(out, "{whole}.{fraction}")
                } else {
                    write!(out, "0.{}{digits}", "0".repeat(places - digits.len()))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn texts_that_are_no_numbers_are_refused() {
        for text in [
            "", "-", ".", "e5", "1e", "1e+", "0x1", " 1", "1 ", "1,5", "NaN", "--1", "1.2.3", "é",
        ] {
            assert!(Number::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn precision_and_range_end_where_dynamodb_says() {
        assert!(Number::parse(&"9".repeat(38)).is_ok());
        assert_eq!(Number::parse(&"9".repeat(39)), Err(NumberError::TooPrecise));
        assert!(Number::parse(&format!("1{}", "0".repeat(125))).is_ok());
        assert_eq!(Number::parse("1e126"), Err(NumberError::Overflow));
        assert_eq!(
            Number::parse("1e99999999999999999999"),
            Err(NumberError::Overflow)
        );
        assert_eq!(Number::parse("1e-131"), Err(NumberError::Underflow));
        assert_eq!(number("0e99999999999999999999").to_string(), "0");
    }

    #[test]
    fn one_value_has_one_form() {
        for (text, plain) in [
            ("1.0", "1"),
            ("001", "1"),
            ("+5", "5"),
            ("-0", "0"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("12.50", "12.5"),
            ("-1.5E-3", "-0.0015"),
            ("120", "120"),
        ] {
            assert_eq!(number(text).to_string(), plain);
            assert_eq!(number(text), number(plain));
        }
    }

    #[test]
    fn sums_are_exact() {
        for (left, right, sum) in [
            ("1", "2", "3"),
            ("0.1", "0.2", "0.3"),
            ("-5", "3", "-2"),
            ("3", "-5", "-2"),
            ("99", "1", "100"),
            ("5", "-5", "0"),
            ("1e30", "1", "1000000000000000000000000000001"),
        ] {
            assert_eq!(
                number(left).plus(number(right)).unwrap(),
                number(sum),
                "{left} + {right}"
            );
        }
        assert_eq!(number("3").minus(number("5")).unwrap(), number("-2"));
        assert_eq!(
            number("1e100").plus(number("1")),
            Err(NumberError::TooPrecise)
        );
    }

    #[test]
    fn order_is_numeric() {
        let sorted = [
            "-1e10", "-2", "-1.5", "0", "1e-100", "1", "9", "10", "10.5", "1e20",
        ];
        for pair in sorted.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }
}
