//! Where the time of a link goes, as events that chrome://tracing and Perfetto show.

use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The times of a link's phases. All images write to the same one.
#[derive(Debug)]
pub(crate) struct Trace {
    start: Instant,
    events: Mutex<Vec<Event>>,
}

#[derive(Debug)]
struct Event {
    phase: &'static str,
    /// What it was done for: the target of an image.
    of: String,
    begin: Duration,
    length: Duration,
}

impl Trace {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), events: Mutex::new(Vec::new()) }
    }

    /// Does `work`, a `phase` of the image `of`.
    pub(crate) fn time<R>(&self, phase: &'static str, of: &str, work: impl FnOnce() -> R) -> R {
        let begin = self.start.elapsed();
        let result = work();
        let event = Event { phase, of: of.to_owned(), begin, length: self.start.elapsed() - begin };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        result
    }

    /// All events. A track for each image, and the first for what is done for all.
    ///
    /// Source: "Trace Event Format", complete events.
    pub(crate) fn to_json(&self) -> String {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tracks: Vec<&str> = events.iter().map(|event| event.of.as_str()).collect();
        tracks.sort_unstable();
        tracks.dedup();
        let track = |event: &Event| tracks.iter().position(|track| *track == event.of).unwrap_or_default();
        let names = tracks.iter().enumerate().map(|(index, name)| {
            json!({"name": "thread_name", "ph": "M", "pid": 1, "tid": index, "args": {"name": name}})
        });
        let phases = events.iter().map(|event| {
            let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            json!({
                "name": event.phase, "ph": "X", "pid": 1, "tid": track(event),
                "ts": microseconds(event.begin), "dur": microseconds(event.length),
            })
        });
        let all: Vec<Value> = names.chain(phases).collect();
        json!({ "traceEvents": all }).to_string()
    }
}
