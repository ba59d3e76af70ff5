//! One table: its schema and its items.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::kept::KeptTable;
use super::key::Key;
use super::schema::Schema;
use super::size::item_size;
use super::value::Attributes;
use crate::clock::epoch_seconds;
use crate::store::Shelf;
use crate::{ACCOUNT, REGION};

/// A table and all it holds.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) schema: Schema,
    pub(crate) items: BTreeMap<Key, Attributes>,
    id: Uuid,
    created: DateTime<Utc>,
    on_demand: bool,
    /// Where it is kept.
    pub(super) shelf: Shelf,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(name: &str, schema: Schema, created: DateTime<Utc>, on_demand: bool) -> Self {
        Self {
            name: name.to_owned(),
            schema,
            items: BTreeMap::new(),
            id: Uuid::new_v4(),
            created,
            on_demand,
            shelf: Shelf::default(),
        }
    }

    /// A table that was kept, still without its items.
    pub(super) fn kept(name: &str, schema: Schema, kept: &KeptTable, shelf: Shelf) -> Self {
        Self {
            id: kept.id.parse().unwrap_or_default(),
            shelf,
            ..Self::new(name, schema, kept.created, kept.on_demand)
        }
    }

    /// Its id, when it was made, and whether it is billed on demand.
    pub(super) fn made(&self) -> (Uuid, DateTime<Utc>, bool) {
        (self.id, self.created, self.on_demand)
    }

    /// The `TableDescription`. Counts are exact here, on AWS up to 6 h old.
    pub(crate) fn describe(&self, status: &str) -> Value {
        let (schema, definitions) = self.schema.to_wire();
        let name = &self.name;
        let mut description = json!({
            "TableName": name,
            "TableStatus": status,
            "TableArn": format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"),
            "TableId": self.id.to_string(),
            "CreationDateTime": epoch_seconds(self.created),
            "KeySchema": schema,
            "AttributeDefinitions": definitions,
            "ItemCount": self.items.len(),
            "TableSizeBytes": self.items.values().map(item_size).sum::<usize>(),
            "ProvisionedThroughput": {
                "NumberOfDecreasesToday": 0,
                "ReadCapacityUnits": 0,
                "WriteCapacityUnits": 0,
            },
            "DeletionProtectionEnabled": false,
        });
        if self.on_demand {
            description["BillingModeSummary"] = json!({
                "BillingMode": "PAY_PER_REQUEST",
                "LastUpdateToPayPerRequestDateTime": epoch_seconds(self.created),
            });
        }
        description
    }
}
