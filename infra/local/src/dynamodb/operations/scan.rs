//! Scan, and the page that Scan and Query share.

use std::ops::Bound;

use serde_json::{Value, json};

use super::super::expression::{self, Condition, Path, Placeholders, project};
use super::super::key::Key;
use super::super::schema::Schema;
use super::super::size::item_size;
use super::super::value::{Attributes, attributes_from_wire, attributes_to_wire};
use super::super::{Tables, input};
use crate::server::error::AwsError;

/// A page reads at most 1 MB of items.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Reads a table page by page.
pub(crate) fn scan(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(
        input,
        &[
            "ScanFilter",
            "ConditionalOperator",
            "AttributesToGet",
            "IndexName",
        ],
    )?;
    let mut placeholders =
        Placeholders::read(input, &["FilterExpression", "ProjectionExpression"])?;
    let page = Page::read(input, &mut placeholders)?;
    placeholders.finish()?;
    let (segment, total) = segments(input)?;
    let start = page.start.as_ref();
    let table = super::table(tables, input)?;
    let start = match start {
        Some(key) => Bound::Excluded(table.schema.key(key)?),
        None => Bound::Unbounded,
    };
    let items = table
        .items
        .range::<Key, _>((start, Bound::Unbounded))
        .filter(|(key, _)| key.segment(total) == segment)
        .map(|(_, item)| item);
    Ok(page.collect(items, &table.schema))
}

/// `Segment` of `TotalSegments`, of a parallel scan.
fn segments(input: &Value) -> Result<(usize, usize), AwsError> {
    let total = input::positive(input, "TotalSegments")?;
    let segment = input["Segment"]
        .as_u64()
        .and_then(|n| usize::try_from(n).ok());
    match (segment, total) {
        (None, None) => Ok((0, 1)),
        (Some(segment), Some(total)) if segment < total => Ok((segment, total)),
        (Some(segment), Some(total)) => Err(AwsError::validation(format!(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {segment} is not less than TotalSegments: {total}"
        ))),
        (None, Some(_)) => Err(AwsError::validation(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
        )),
        (Some(_), None) => Err(AwsError::validation(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
        )),
    }
}

/// What a page shall hold: filter, projection, limit, and where it starts.
#[derive(Debug)]
pub(super) struct Page {
    filter: Option<Condition>,
    projection: Option<Vec<Path>>,
    limit: usize,
    count_only: bool,
    pub(super) start: Option<Attributes>,
}

impl Page {
    /// Reads the members that Scan and Query have in common.
    pub(super) fn read(input: &Value, placeholders: &mut Placeholders) -> Result<Self, AwsError> {
        let select = input::one_of(
            input,
            "Select",
            &[
                "ALL_ATTRIBUTES",
                "COUNT",
                "SPECIFIC_ATTRIBUTES",
                "ALL_PROJECTED_ATTRIBUTES",
            ],
        )?;
        let filter = input::text(input, "FilterExpression")?
            .map(|text| expression::condition("FilterExpression", text, placeholders))
            .transpose()?;
        let projection = input::text(input, "ProjectionExpression")?
            .map(|text| expression::projection(text, placeholders))
            .transpose()?;
        if select == "COUNT" && projection.is_some() {
            return Err(AwsError::validation(
                "Cannot specify the ProjectionExpression when choosing to get only the Count",
            ));
        }
        let start = match &input["ExclusiveStartKey"] {
            Value::Null => None,
            wire => Some(attributes_from_wire(wire)?),
        };
        Ok(Self {
            filter,
            projection,
            limit: input::positive(input, "Limit")?.unwrap_or(usize::MAX),
            count_only: select == "COUNT",
            start,
        })
    }

    /// Fills the page. Limit and size bound what is read, not what passes the
    /// filter, so a page may be empty and yet not be the last.
    pub(super) fn collect<'i>(
        &self,
        items: impl Iterator<Item = &'i Attributes>,
        schema: &Schema,
    ) -> Value {
        let (mut found, mut count, mut scanned, mut bytes) =
            (Vec::new(), 0_usize, 0_usize, 0_usize);
        let mut last = None;
        for item in items {
            scanned += 1;
            bytes += item_size(item);
            let passes = self
                .filter
                .as_ref()
                .is_none_or(|filter| expression::holds(filter, item));
            if passes {
                count += 1;
                if !self.count_only {
                    found.push(match &self.projection {
                        Some(paths) => attributes_to_wire(&project(item, paths)),
                        None => attributes_to_wire(item),
                    });
                }
            }
            if scanned >= self.limit || bytes >= MAX_PAGE_BYTES {
                last = Some(attributes_to_wire(&schema.key_attributes(item)));
                break;
            }
        }
        let mut output = json!({ "Count": count, "ScannedCount": scanned });
        if !self.count_only {
            output["Items"] = Value::Array(found);
        }
        if let Some(last) = last {
            output["LastEvaluatedKey"] = last;
        }
        output
    }
}
