//! What of DynamoDB is kept: each table, and each item under its key.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::key::Key;
use super::schema::Schema;
use super::table::Table;
use super::value::{Attributes, attributes_from_wire, attributes_to_wire};
use super::{DynamoDb, Tables};
use crate::store::{DataError, Records, Shelf};

const TABLE: &str = "dynamodb.table";
const ITEM: &str = "dynamodb.item";

/// A table without its items.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptTable {
    /// `KeySchema` and `AttributeDefinitions`, as CreateTable has them.
    schema: Value,
    pub(super) id: String,
    pub(super) created: chrono::DateTime<chrono::Utc>,
    pub(super) on_demand: bool,
}

impl Table {
    /// Keeps the table from now on.
    pub(super) fn keep(&mut self, shelf: &Shelf) {
        if !shelf.is_kept() {
            return;
        }
        let (schema, definitions) = self.schema.to_wire();
        let (id, created, on_demand) = self.made();
        let kept = KeptTable {
            schema: json!({"KeySchema": schema, "AttributeDefinitions": definitions}),
            id: id.to_string(),
            created,
            on_demand,
        };
        shelf.put(&[TABLE, &self.name], &kept);
        self.shelf = shelf.clone();
    }

    /// Puts an item into the table; answers the one that it replaces.
    pub(super) fn insert(&mut self, key: Key, item: Attributes) -> Option<Attributes> {
        if self.shelf.is_kept() {
            let path = self.path_of(&item);
            let wire = attributes_to_wire(&item);
            self.shelf.put(&[ITEM, &self.name, &path], &wire);
        }
        self.items.insert(key, item)
    }

    /// Takes an item out of the table.
    pub(super) fn remove(&mut self, key: &Key) -> Option<Attributes> {
        let item = self.items.remove(key)?;
        if self.shelf.is_kept() {
            self.shelf.remove(&[ITEM, &self.name, &self.path_of(&item)]);
        }
        Some(item)
    }

    /// Keeps no more of a table that was deleted.
    pub(super) fn forget(&self) {
        if self.shelf.is_kept() {
            let _whole = self.shelf.whole();
            for item in self.items.values() {
                self.shelf.remove(&[ITEM, &self.name, &self.path_of(item)]);
            }
            self.shelf.remove(&[TABLE, &self.name]);
        }
    }

    /// An item's key attributes as one text.
    fn path_of(&self, item: &Attributes) -> String {
        attributes_to_wire(&self.schema.key_attributes(item)).to_string()
    }
}

impl DynamoDb {
    /// Fills the service with what it kept.
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut tables = Tables::new();
        for (parts, kept) in records.take::<KeptTable>(TABLE)? {
            let name = parts.into_iter().next().unwrap_or_default();
            let schema = Schema::read(&kept.schema).map_err(|error| damaged(&name, &error))?;
            let table = Table::kept(&name, schema, &kept, self.shelf.clone());
            tables.insert(name, table);
        }
        for (parts, wire) in records.take::<Value>(ITEM)? {
            let name = parts.first().map_or("", String::as_str);
            let Some(table) = tables.get_mut(name) else {
                continue;
            };
            let item = attributes_from_wire(&wire).map_err(|error| damaged(name, &error))?;
            let key = table.schema.key_of_item(&item);
            table
                .items
                .insert(key.map_err(|error| damaged(name, &error))?, item);
        }
        *self.lock() = tables;
        Ok(())
    }
}

fn damaged(table: &str, error: &crate::server::error::AwsError) -> DataError {
    DataError::record(&format!("table {table}"), error)
}
