//! Random expressions, as Rust source: of `u32`, of `f32`, and conditions. Their values are the same on every device:
//! arithmetic wraps, divisors are odd, and no bit of a NaN is looked at.

use super::random::Random;

/// What an expression may name.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Numbers that all items of a block have in common.
    pub(super) uniform: Vec<String>,
    /// Numbers that may differ from item to item.
    pub(super) varying: Vec<String>,
    /// `f32` numbers that may differ.
    pub(super) floats: Vec<String>,
}

/// What an expression may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only what the items of a block have in common.
    Uniform,
    /// Anything.
    Varying,
}

fn name(names: &Names, kind: Kind, random: &mut Random) -> String {
    let own = random.percent(75) && kind == Kind::Varying;
    let from = if own { &names.varying } else { &names.uniform };
    let all: Vec<&str> = from.iter().map(String::as_str).collect();
    random.of(&all).to_owned()
}

/// A `u32`.
pub(super) fn number(names: &Names, kind: Kind, depth: u32, random: &mut Random) -> String {
    if depth == 0 || random.percent(15) {
        return if random.percent(20) {
            format!("{}u32", random.below(random_bound(kind)))
        } else {
            name(names, kind, random)
        };
    }
    let part = |random: &mut Random| number(names, kind, depth - 1, random);
    match random.below(if kind == Kind::Varying { 16 } else { 13 }) {
        0 | 1 => format!("{}.wrapping_add({})", part(random), part(random)),
        2 => format!("{}.wrapping_sub({})", part(random), part(random)),
        3 => format!("{}.wrapping_mul({})", part(random), part(random)),
        4 => format!("({} ^ {})", part(random), part(random)),
        5 => format!("({} & {})", part(random), part(random)),
        6 => format!("({} | {})", part(random), part(random)),
        7 => format!("({} >> ({} & 31))", part(random), part(random)),
        8 => format!("({} << ({} & 31))", part(random), part(random)),
        9 => format!("{}.rotate_left({} & 31)", part(random), part(random)),
        10 => format!("({} % ({} | 1))", part(random), part(random)),
        11 => format!("{}.min({})", part(random), part(random)),
        12 => format!("input[({}) as usize % input.len()]", part(random)),
        13 => {
            let condition = condition(names, kind, depth - 1, random);
            format!("(if {condition} {{ {} }} else {{ {} }})", part(random), part(random))
        }
        14 => format!("bits({})", float(names, depth - 1, random)),
        _ => format!("mix({}, {})", part(random), part(random)),
    }
}

fn random_bound(kind: Kind) -> u32 {
    match kind {
        Kind::Uniform => 16,
        Kind::Varying => 1000,
    }
}

/// An `f32`.
pub(super) fn float(names: &Names, depth: u32, random: &mut Random) -> String {
    if depth == 0 || random.percent(20) {
        let all: Vec<&str> = names.floats.iter().map(String::as_str).collect();
        return match random.below(4) {
            0 => format!("{}.5f32", random.below(100)),
            1 => format!("(({} & 0xffff) as f32)", name(names, Kind::Varying, random)),
            _ => random.of(&all).to_owned(),
        };
    }
    let part = |random: &mut Random| float(names, depth - 1, random);
    match random.below(6) {
        0 | 1 => format!("({} + {})", part(random), part(random)),
        2 => format!("({} - {})", part(random), part(random)),
        3 => format!("({} * {})", part(random), part(random)),
        4 => format!("({} / {})", part(random), part(random)),
        _ => {
            let condition = condition(names, Kind::Varying, depth - 1, random);
            format!("(if {condition} {{ {} }} else {{ {} }})", part(random), part(random))
        }
    }
}

/// A `bool`.
pub(super) fn condition(names: &Names, kind: Kind, depth: u32, random: &mut Random) -> String {
    let depth = depth.min(1);
    if kind == Kind::Varying && random.percent(15) {
        return format!("({} < {})", float(names, depth, random), float(names, depth, random));
    }
    let (left, right) = (number(names, kind, depth, random), number(names, kind, depth, random));
    match random.below(5) {
        0 => format!("(({left}) < ({right}))"),
        1 => format!("(({left}) == ({right}))"),
        2 => format!("(({left}) & {} != 0)", 1 << random.below(4)),
        3 => format!("(({left}) % {} == {})", 2 + random.below(4), random.below(2)),
        _ => format!("(({left}) >= ({right}))"),
    }
}
