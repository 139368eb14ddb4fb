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
    /// How long of it the thread ran; on a machine with other work, less than it lasted.
    ran: Option<Duration>,
}

impl Trace {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), events: Mutex::new(Vec::new()) }
    }

    /// Does `work`, a `phase` of the image `of`.
    pub(crate) fn time<R>(&self, phase: &'static str, of: &str, work: impl FnOnce() -> R) -> R {
        let (begin, ran_before) = (self.start.elapsed(), thread_time());
        let result = work();
        let length = self.start.elapsed() - begin;
        let ran = thread_time().zip(ran_before).map(|(after, before)| after.saturating_sub(before));
        let event = Event { phase, of: of.to_owned(), begin, length, ran };
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
                "tdur": event.ran.map(microseconds),
            })
        });
        let all: Vec<Value> = names.chain(phases).collect();
        json!({ "traceEvents": all }).to_string()
    }
}

/// How long this thread has run.
///
/// Source: the first number of `schedstat`, Documentation/scheduler/sched-stats.rst (Linux).
fn thread_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}
