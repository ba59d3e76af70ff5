//! Document paths: finding, writing and removing what they point at.

use std::fmt;

use crate::dynamodb::value::{AttributeValue, Attributes};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PathPart {
    Name(String),
    Index(usize),
}

/// A path from the item's top, never empty, its first step always a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path(pub(crate) Vec<PathPart>);

/// A path whose parent does not exist or is of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoParent;

impl Path {
    /// The top-level attribute's name.
    pub(crate) fn head(&self) -> &str {
        match self.0.first() {
            Some(PathPart::Name(name)) => name,
            _ => "",
        }
    }

    /// Whether the path names a top-level attribute.
    pub(crate) fn is_top_level(&self) -> bool {
        self.0.len() == 1
    }

    /// What is there, if anything.
    pub(crate) fn find<'i>(&self, item: &'i Attributes) -> Option<&'i AttributeValue> {
        let mut value = item.get(self.head())?;
        for part in &self.0[1..] {
            value = match (part, value) {
                (PathPart::Name(name), AttributeValue::M(map)) => map.get(name)?,
                (PathPart::Index(index), AttributeValue::L(list)) => list.get(*index)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// Writes a value; an index past a list's end appends.
    pub(crate) fn put(&self, item: &mut Attributes, value: AttributeValue) -> Result<(), NoParent> {
        match self.parent(item)? {
            (Parent::Map(map), PathPart::Name(name)) => {
                map.insert(name.clone(), value);
            }
            (Parent::List(list), PathPart::Index(index)) => match list.get_mut(*index) {
                Some(place) => *place = value,
                None => list.push(value),
            },
            _ => return Err(NoParent),
        }
        Ok(())
    }

    /// Removes what is there; nothing there is no error, no parent is.
    pub(crate) fn remove(&self, item: &mut Attributes) -> Result<(), NoParent> {
        match self.parent(item)? {
            (Parent::Map(map), PathPart::Name(name)) => {
                map.remove(name);
            }
            (Parent::List(list), PathPart::Index(index)) => {
                if *index < list.len() {
                    list.remove(*index);
                }
            }
            _ => return Err(NoParent),
        }
        Ok(())
    }

    fn parent<'i, 'p>(
        &'p self,
        item: &'i mut Attributes,
    ) -> Result<(Parent<'i>, &'p PathPart), NoParent> {
        let (last, way) = self.0.split_last().ok_or(NoParent)?;
        let mut parent = Parent::Map(item);
        for part in way {
            let child = match (parent, part) {
                (Parent::Map(map), PathPart::Name(name)) => map.get_mut(name),
                (Parent::List(list), PathPart::Index(index)) => list.get_mut(*index),
                _ => None,
            };
            parent = match child {
                Some(AttributeValue::M(map)) => Parent::Map(map),
                Some(AttributeValue::L(list)) => Parent::List(list),
                _ => return Err(NoParent),
            };
        }
        Ok((parent, last))
    }
}

enum Parent<'i> {
    Map(&'i mut Attributes),
    List(&'i mut Vec<AttributeValue>),
}

/// The part of an item that the paths point at: maps keep their shape, lists
/// hold only the elements asked for, in the order of their indices.
pub(crate) fn project(item: &Attributes, paths: &[Path]) -> Attributes {
    let rests: Vec<&[PathPart]> = paths.iter().map(|path| path.0.as_slice()).collect();
    project_map(item, &rests)
}

fn project_map(map: &Attributes, paths: &[&[PathPart]]) -> Attributes {
    let mut result = Attributes::new();
    for (name, value) in map {
        let rests: Vec<&[PathPart]> = paths
            .iter()
            .filter_map(|path| match path.split_first() {
                Some((PathPart::Name(wanted), rest)) if wanted == name => Some(rest),
                _ => None,
            })
            .collect();
        if let Some(value) = project_value(value, &rests) {
            result.insert(name.clone(), value);
        }
    }
    result
}

fn project_value(value: &AttributeValue, paths: &[&[PathPart]]) -> Option<AttributeValue> {
    if paths.is_empty() {
        return None;
    }
    if paths.iter().any(|path| path.is_empty()) {
        return Some(value.clone());
    }
    match value {
        AttributeValue::M(map) => {
            let part = project_map(map, paths);
            (!part.is_empty()).then_some(AttributeValue::M(part))
        }
        AttributeValue::L(list) => {
            let part: Vec<AttributeValue> = list
                .iter()
                .enumerate()
                .filter_map(|(at, element)| {
                    let rests: Vec<&[PathPart]> = paths
                        .iter()
                        .filter_map(|path| match path.split_first() {
                            Some((PathPart::Index(wanted), rest)) if *wanted == at => Some(rest),
                            _ => None,
                        })
                        .collect();
                    project_value(element, &rests)
                })
                .collect();
            (!part.is_empty()).then_some(AttributeValue::L(part))
        }
        _ => None,
    }
}

/// `[a, b, [0]]`, as AWS shows paths in messages.
impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[")?;
        for (at, part) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match part {
                PathPart::Name(name) => write!(out, "{comma}{name}")?,
                PathPart::Index(index) => write!(out, "{comma}[{index}]")?,
            }
        }
        out.write_str("]")
    }
}
