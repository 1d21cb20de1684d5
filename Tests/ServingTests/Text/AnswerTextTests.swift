import Basics
import Qwen
import TestSupport
import Testing

@testable import Serving

/// What a reader gets of an answer, token by token.
@Suite struct AnswerTextTests {
    /// A token for every byte, by its number, then some of several bytes.
    private static let tokenizer: Tokenizer = {
        var writer = GGUFWriter.tinyModel()
        writer.set(
            "tokenizer.ggml.tokens", .texts(GGUFWriter.byteTexts + ["END", "xEN", "Dy", "<|end|>"]))
        writer.set("tokenizer.ggml.token_type", nil)
        writer.set("tokenizer.ggml.merges", .texts([]))
        writer.set("tokenizer.ggml.eos_token_id", nil)
        do {
            return try writer.bytes().withUnsafeBytes { try Tokenizer(GGUFFile($0)) }
        } catch {
            preconditionFailure("\(error)")
        }
    }()
    private static let end: Int32 = 256
    private static let xEN: Int32 = 257
    private static let dy: Int32 = 258

    /// The text with each token, and what is left.
    private static func pieces(
        _ tokens: [Int32], stops: [String] = [], leastTokens: Int = 0
    ) throws -> [String] {
        var text = AnswerText(tokenizer, stops: stops, leastTokens: leastTokens)
        var pieces: [String] = []
        for token in tokens {
            pieces.append(try text.append(token) + (text.isStopped ? "|" : ""))
        }
        return pieces + [text.finish()]
    }

    private static func bytes(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }

    @Test func withoutStopsTextComesWithItsToken() throws {
        #expect(try Self.pieces(Self.bytes("ab") + [Self.end]) == ["a", "b", "END", ""])
    }

    @Test func charactersComeWhole() throws {
        #expect(try Self.pieces(Self.bytes("é中😀")) == ["", "é", "", "", "中", "", "", "", "😀", ""])
        #expect(try Self.pieces([0x61, 0xf0, 0x9f]) == ["a", "", "", "\u{fffd}"])
        #expect(
            try Self.pieces(Self.bytes("中") + [0xe4], stops: ["x"]) == [
                "", "", "中", "", "\u{fffd}",
            ])
    }

    /// A token that the vocabulary has no text for, as models may have rows for more.
    @Test func tokensWithoutTextSayNothing() throws {
        #expect(try Self.pieces([97, 400, 98]) == ["a", "", "b", ""])
    }

    @Test func aStopIsFoundAcrossTokensAndIsNotPartOfTheAnswer() throws {
        #expect(
            try Self.pieces(Self.bytes("aEND."), stops: ["END"]) == ["a", "", "", "|", "|", ""])
        #expect(try Self.pieces([97, Self.xEN, Self.dy], stops: ["END"]) == ["a", "x", "|", ""])
        #expect(try Self.pieces([Self.end], stops: ["END"]) == ["|", ""])
        #expect(try Self.pieces([97, Self.xEN], stops: ["xEN"]) == ["a", "|", ""])
        #expect(try Self.pieces(Self.bytes("a中b"), stops: ["中"]) == ["a", "", "", "|", "|", ""])
    }

    @Test func whatOnlyBeganLikeAStopIsGivenLater() throws {
        #expect(
            try Self.pieces(Self.bytes("aENxE"), stops: ["END"]) == ["a", "", "", "ENx", "", "E"])
        // After "aa" of "aab" a further a leaves two held back.
        #expect(
            try Self.pieces(Self.bytes("aaab"), stops: ["aab"]) == ["", "", "a", "|", ""])
        // The longest that may begin a stop, of several.
        #expect(
            try Self.pieces(Self.bytes("xyzw"), stops: ["yzq", "xyzz"]) == ["", "", "", "xyzw", ""])
    }

    @Test func theFirstOfSeveralStopsCounts() throws {
        // "bc" begins before "c", and both are whole with the same token.
        #expect(try Self.pieces(Self.bytes("abc"), stops: ["c", "bc"]) == ["a", "", "|", ""])
        #expect(try Self.pieces(Self.bytes("abc"), stops: ["abcd", "b"]) == ["", "a|", "|", ""])
    }

    @Test func theLeastTokensAreNotSearched() throws {
        #expect(
            try Self.pieces(Self.bytes("ENDEND"), stops: ["END"], leastTokens: 2)
                == ["E", "N", "D", "", "", "|", ""])
    }

    /// Against the definition: what was given is a beginning of the answer, and what is held back the
    /// longest end that begins a stop.
    @Test func itGivesWhatIsCertainAndNothingElse() throws {
        var generator = SplitMix64(seed: 5)
        let letters = Array("ab中")
        func word(_ count: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: count, using: &generator)).map { _ in
                    letters[Int.random(in: 0..<3, using: &generator)]
                })
        }
        for _ in 0..<500 {
            let stops = (0..<Int.random(in: 1...3, using: &generator)).map { _ in word(1...4) }
            let whole = Array(word(1...25).utf8)
            var text = AnswerText(Self.tokenizer, stops: stops)
            var given: [UInt8] = []
            var seen: [UInt8] = []
            for byte in whole {
                given += try text.append(Int32(byte)).utf8
                seen.append(byte)
                let characters = Self.wholeCharacters(seen)
                if let end = Self.firstStop(in: characters, stops) {
                    #expect(text.isStopped && given == Array(characters[..<end]))
                    break
                }
                #expect(!text.isStopped)
                #expect(given == characters.dropLast(Self.held(characters, stops)))
            }
            let rest = text.finish()
            if Self.firstStop(in: seen, stops) == nil {
                #expect(given + rest.utf8 == whole)
            } else {
                #expect(rest.isEmpty)
            }
        }
    }

    private static func wholeCharacters(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        return bytes
    }

    private static func firstStop(in bytes: [UInt8], _ stops: [String]) -> Int? {
        bytes.indices.first { start in
            stops.contains { bytes[start...].starts(with: $0.utf8) }
        }
    }

    private static func held(_ bytes: [UInt8], _ stops: [String]) -> Int {
        (0...bytes.count).last { count in
            stops.contains { $0.utf8.starts(with: bytes.suffix(count)) }
        } ?? 0
    }
}
