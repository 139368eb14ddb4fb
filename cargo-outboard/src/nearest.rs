//! The known word that somebody may have meant.

/// Up to which difference a word is one that was meant.
const MOST: usize = 2;

/// The word of `known` that is nearest to `word`, if one is near.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let distances = known.into_iter().map(|known| (strsim::damerau_levenshtein(word, known), known));
    distances
        .filter(|(distance, _)| *distance <= MOST)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
