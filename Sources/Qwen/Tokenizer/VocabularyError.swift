/// Why tokens and merges make no vocabulary.
struct VocabularyError: Error {
    /// The number of the merge that is wrong, from 0; nil when it is something else.
    var merge: Int?
    let problem: String
}
