//! What a bench prints: one record a line, as JSON.

use serde::{Deserialize, Serialize};

/// One measured ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The bench's name.
    pub bench: String,
    /// What was measured, such as `4 arguments`.
    pub case: String,
    /// What it is compared with, such as `clang OpenMP`.
    pub against: String,
    /// Ours divided by theirs.
    pub ratio: f64,
    /// The ratio to reach, where there is one.
    pub goal: Option<f64>,
    /// Which way is good.
    pub better: Better,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Time, size, bytes.
    Lower,
    /// Throughput.
    Higher,
}

impl Record {
    /// Whether the goal is reached; true when there is none.
    pub fn is_reached(&self) -> bool {
        self.goal.is_none_or(|goal| match self.better {
            Better::Lower => self.ratio <= goal,
            Better::Higher => self.ratio >= goal,
        })
    }

    /// The record as one line of JSON.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a record is plain data")
    }
}

/// The records as a table for people.
pub fn table(records: &[Record]) -> String {
    let heading = ["bench", "case", "against", "ratio", "goal", "better", ""].map(str::to_owned);
    let row = |record: &Record| {
        let better = match record.better {
            Better::Lower => "lower",
            Better::Higher => "higher",
        };
        let goal = record.goal.map_or_else(|| "-".to_owned(), |goal| format!("{goal:.2}"));
        let verdict = match record.goal {
            None => "",
            Some(_) if record.is_reached() => "met",
            Some(_) => "missed",
        };
        let words = [&record.bench, &record.case, &record.against, &format!("{:.3}", record.ratio), &goal];
        let mut words = words.map(String::clone).to_vec();
        words.extend([better.to_owned(), verdict.to_owned()]);
        words
    };
    let mut rows = vec![heading.to_vec()];
    rows.extend(records.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().enumerate().map(|(column, cell)| format!("{cell:0$}", width(column))).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Better, Record, table};

    fn record(ratio: f64, goal: Option<f64>, better: Better) -> Record {
        let [bench, case, against] = ["launch", "4 arguments", "clang OpenMP"].map(str::to_owned);
        Record { bench, case, against, ratio, goal, better }
    }

    #[test]
    fn a_record_is_one_line_of_json() {
        assert_eq!(
            record(0.5, None, Better::Lower).line(),
            r#"{"bench":"launch","case":"4 arguments","against":"clang OpenMP","ratio":0.5,"goal":null,"better":"lower"}"#
        );
    }

    #[test]
    fn goals_go_either_way() {
        assert!(record(0.5, Some(0.7), Better::Lower).is_reached());
        assert!(!record(0.5, Some(0.7), Better::Higher).is_reached());
        assert!(record(0.5, None, Better::Higher).is_reached());
    }

    #[test]
    fn the_table_says_which_goals_are_met() {
        let goals = [(0.5, Some(0.7)), (1.0, Some(0.7)), (1.0, None)];
        assert_eq!(
            table(&goals.map(|(ratio, goal)| record(ratio, goal, Better::Lower))),
            "bench   case         against       ratio  goal  better\n\
             launch  4 arguments  clang OpenMP  0.500  0.70  lower   met\n\
             launch  4 arguments  clang OpenMP  1.000  0.70  lower   missed\n\
             launch  4 arguments  clang OpenMP  1.000  -     lower"
        );
    }
}
