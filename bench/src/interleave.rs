//! Rounds in which every contestant runs once, and medians of the ratios within a round.
//!
//! A machine gets faster and slower while a bench runs. Within a round it is much the same for all, so the
//! ratio is taken there, and the median over the rounds forgets the rounds that something disturbed.

/// One of the things compared: its name, and what it takes to do it once, in any unit.
pub struct Contestant<'a> {
    /// For the records.
    pub name: &'a str,
    /// Runs once, and says how much it took.
    pub run: Box<dyn FnMut() -> f64 + 'a>,
}

impl<'a> Contestant<'a> {
    /// A contestant.
    pub fn new(name: &'a str, run: impl FnMut() -> f64 + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

impl std::fmt::Debug for Contestant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contestant").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Runs `rounds` rounds, after one that is not counted. Gives what each contestant took, a list for each.
///
/// The first to run is another one in each round, so that none always profits from the one before it.
pub fn interleave(contestants: &mut [Contestant<'_>], rounds: usize) -> Vec<Vec<f64>> {
    let count = contestants.len();
    let mut taken = vec![Vec::with_capacity(rounds); count];
    for contestant in &mut *contestants {
        let _warm_up = (contestant.run)();
    }
    for round in 0..rounds {
        for turn in 0..count {
            let index = (round + turn) % count;
            taken[index].push((contestants[index].run)());
        }
    }
    taken
}

/// The median over the rounds of ours / theirs.
///
/// # Panics
///
/// When the two have different numbers of rounds, or none.
pub fn median_ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len(), "both ran in every round");
    median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect())
}

/// The median: the mean of the middle two where there is no middle one.
///
/// # Panics
///
/// When there is no value.
pub fn median(mut values: Vec<f64>) -> f64 {
    assert!(!values.is_empty(), "nothing was measured");
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::{Contestant, interleave, median, median_ratio};

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn a_disturbed_round_and_a_slow_half_change_nothing() {
        let ours = [1.0, 1.0, 50.0, 2.0, 2.0];
        let theirs = [2.0, 2.0, 2.0, 4.0, 4.0];
        assert_eq!(median_ratio(&ours, &theirs), 0.5);
    }

    #[test]
    fn turns_go_round() {
        let order = RefCell::new(String::new());
        let contestant = |name: &'static str, cost: f64| {
            let order = &order;
            Contestant::new(name, move || {
                order.borrow_mut().push_str(name);
                cost
            })
        };
        let taken = interleave(&mut [contestant("a", 1.0), contestant("b", 2.0)], 3);
        assert_eq!(taken, [vec![1.0; 3], vec![2.0; 3]]);
        assert_eq!(*order.borrow(), "ababbaab");
    }
}
