internal import ServingAPI

/// One of the answers of a request, as far as it has come.
struct Choice {
    var words: AnswerWords
    /// All of the text, where it is wanted whole.
    var text = ""
    /// All tokens, where they are wanted whole.
    var tokens: [Int] = []
    var logprobs: [TokenLogprobs] = []
    /// Characters of the text so far.
    var length = 0
    /// Why it ended.
    var finish: AnswerEnd?
    /// What a stream has not been told: it may be the last, and then says so.
    var pending: ChunkWriter.Delta?
    /// Whether anything was added to it.
    var hasBegun = false
    /// When its last token came.
    var lastTime: UInt64?

    init(_ words: AnswerWords) { self.words = words }
}
