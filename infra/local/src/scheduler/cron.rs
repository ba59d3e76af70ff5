//! AWS's cron expressions: minutes, hours, day of month, month, day of week, year.
//!
//! Lists, ranges, steps, names and `?` are known; `L`, `W` and `#` are not. One of the
//! two days is `?`, the other is given, as AWS demands.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
/// Sunday is 1.
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// The years AWS knows.
const YEARS: (u32, u32) = (1970, 2199);

/// The values at which each field fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    /// Every day where it is not given.
    days: Option<BTreeSet<u32>>,
    months: BTreeSet<u32>,
    weekdays: Option<BTreeSet<u32>>,
    years: BTreeSet<u32>,
}

impl Cron {
    pub(super) fn parse(inner: &str) -> Option<Self> {
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let [minutes, hours, day, month, weekday, year] = fields.try_into().ok()?;
        if (day == "?") == (weekday == "?") {
            return None;
        }
        let optional = |field: &str, least, most, names: &[&str]| match field {
            "?" => Some(None),
            given => values(given, least, most, names).map(Some),
        };
        Some(Self {
            minutes: values(minutes, 0, 59, &[])?,
            hours: values(hours, 0, 23, &[])?,
            days: optional(day, 1, 31, &[])?,
            months: values(month, 1, 12, &MONTHS)?,
            weekdays: optional(weekday, 1, 7, &WEEKDAYS)?,
            years: values(year, YEARS.0, YEARS.1, &[])?,
        })
    }

    /// The next time after `last`; none where the calendar has no more.
    pub(super) fn next(&self, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut day = last.date_naive();
        loop {
            let year = u32::try_from(day.year()).ok()?;
            if year > YEARS.1 {
                return None;
            }
            if !self.years.contains(&year) {
                // Year by year, so that what never comes is found out soon.
                let next = self.years.range(year..).next()?;
                day = NaiveDate::from_ymd_opt(i32::try_from(*next).ok()?, 1, 1)?;
                continue;
            }
            if self.fires_on(day)
                && let Some(time) = self.times(day).find(|time| *time > last)
            {
                return Some(time);
            }
            day = day.checked_add_days(Days::new(1))?;
        }
    }

    fn fires_on(&self, day: NaiveDate) -> bool {
        let among = |values: &Option<BTreeSet<u32>>, value: u32| {
            values.as_ref().is_none_or(|values| values.contains(&value))
        };
        self.months.contains(&day.month())
            && among(&self.days, day.day())
            && among(&self.weekdays, day.weekday().number_from_sunday())
    }

    fn times(&self, day: NaiveDate) -> impl Iterator<Item = DateTime<Utc>> {
        self.hours.iter().flat_map(move |hour| {
            self.minutes.iter().filter_map(move |minute| {
                let time = NaiveTime::from_hms_opt(*hour, *minute, 0)?;
                Some(day.and_time(time).and_utc())
            })
        })
    }
}

/// The values of one field: `*`, `5`, `1-5`, `*/15`, `3/10`, `MON-FRI`, or a list of those.
fn values(field: &str, least: u32, most: u32, names: &[&str]) -> Option<BTreeSet<u32>> {
    let value = |text: &str| {
        let named = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
            .and_then(|place| u32::try_from(place).ok())
            .map(|place| place + least);
        named
            .or_else(|| text.parse().ok())
            .filter(|value| (least..=most).contains(value))
    };
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((first, last)) => (value(first)?, value(last)?),
            // `3/10` goes on from 3 to the end.
            None => (value(range)?, step.map_or(value(range)?, |_| most)),
        };
        if first > last {
            return None;
        }
        all.extend((first..=last).step_by(step.unwrap_or(1)));
    }
    Some(all)
}
