//! The operations, one file each or a few that belong together.

mod conditional;
mod delete;
mod get;
mod put;
mod query;
mod scan;
mod tables;
mod update;

pub(super) use delete::delete_item;
pub(super) use get::get_item;
pub(super) use put::put_item;
pub(super) use query::query;
pub(super) use scan::scan;
pub(super) use tables::{
    create_table, delete_table, describe_continuous_backups, describe_table, list_tables,
};
pub(super) use update::update_item;

use super::table::Table;
use super::{Tables, input};
use crate::server::error::AwsError;
use serde_json::Value;

/// The table that a request names.
fn table<'t>(tables: &'t mut Tables, input: &Value) -> Result<&'t mut Table, AwsError> {
    let name = input::table_name(input)?;
    tables
        .get_mut(name)
        .ok_or_else(|| AwsError::new("ResourceNotFoundException", "Requested resource not found"))
}
