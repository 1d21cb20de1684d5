/// A merge as files write it: two tokens in the byte alphabet.
struct MergeText {
    let left: ArraySlice<UInt8>
    let right: ArraySlice<UInt8>
    /// Where it stands, in a file with a line for each.
    var line: Int?

    init(left: String, right: String) {
        self.left = ArraySlice(left.utf8)
        self.right = ArraySlice(right.utf8)
    }

    /// - Parameter text: `left right`; with any other number of blanks the merge names no tokens.
    init(_ text: ArraySlice<UInt8>, line: Int? = nil) {
        self.line = line
        let space = text.firstIndex(of: UInt8(ascii: " ")) ?? text.endIndex
        left = text[..<space]
        right = text[space...].dropFirst()
    }

    var description: String {
        String(decoding: left.prefix(40) + [UInt8(ascii: " ")] + right.prefix(40), as: UTF8.self)
    }
}
