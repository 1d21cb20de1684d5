/// Looks for texts that end an answer, in bytes that come in pieces.
///
/// Bytes that may be the beginning of such a text are held back until it is known what they are. As all
/// is whole UTF-8, a text is never found within a character.
struct StopSearch {
    private let stops: [[UInt8]]
    /// What is held back.
    private(set) var held: [UInt8] = []

    init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

    /// Takes the next bytes.
    ///
    /// - Returns: the bytes that are certain to be of the answer, and whether a text was found: then they
    ///   end before it, where the first one begins.
    mutating func take(_ bytes: some Sequence<UInt8>) -> (passed: ArraySlice<UInt8>, isFound: Bool)
    {
        held.append(contentsOf: bytes)
        // One that is whole counts, also where an earlier one may still become so.
        var certain = held.count
        for start in held.indices {
            for stop in stops {
                let length = min(stop.count, held.count - start)
                guard held[start..<start + length].elementsEqual(stop[..<length]) else { continue }
                if length == stop.count {
                    defer { held = [] }
                    return (held[..<start], true)
                }
                certain = min(certain, start)
            }
        }
        return (give(certain), false)
    }

    /// Forgets the first bytes that are held back.
    private mutating func give(_ count: Int) -> ArraySlice<UInt8> {
        let given = held[..<count]
        held = Array(held[count...])
        return given
    }
}
