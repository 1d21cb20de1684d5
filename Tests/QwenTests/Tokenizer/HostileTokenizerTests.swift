import TestSupport
import Testing

@testable import Qwen

/// Files from outside: whatever the bytes, an error that names them or a tokenizer, never a crash.
@Suite struct HostileTokenizerTests {
    private let directory = TemporaryDirectory()

    /// What is said of a file, and of which line.
    private func refusal(
        of make: () throws -> Tokenizer
    ) throws -> (path: String, line: Int?, problem: String) {
        let error = #expect(throws: QwenError.self) { try make() }
        guard case .invalidModelFile(let path, let line, let problem) = error else {
            Issue.record("\(error as Any)")
            return ("", nil, "")
        }
        return (path, line, problem)
    }

    private func ranks(_ lines: [String]) throws -> Tokenizer {
        let path = directory.write(lines.joined(separator: "\n"), to: "tiny.tiktoken")
        return try Tokenizer(RankFile(ModelFile(path: path), count: 260).parts())
    }

    @Test(arguments: [
        ("aGVs", "no token in base64"),
        ("aGVs ", "the rank ''"),
        ("aGVs x", "the rank 'x'"),
        ("aGVs -1", "the rank '-1'"),
        ("aGVs 260", "the rank '260' is not one of 0 to 259"),
        ("aGVs 99999999999999999999999", "the rank '99999999999999999999999'"),
        ("aGVs 257 1", "the rank '257 1'"),
        ("aGVs 12", "the rank 12 stands there twice"),
        ("aGV 257", "no token in base64"),
        ("a=Vs 257", "no token in base64"),
        ("aGVt= 257", "no token in base64"),
        (" 257", "no token in base64"),
        ("\u{0} 257", "no token in base64"),
        (String(repeating: "AAAA", count: 200) + " 257", "no token in base64"),
    ])
    func aWrongLineOfRanksIsNamed(_ line: String, _ says: String) throws {
        var lines = TinyTokenizer.rankLines
        lines[257] = line
        let refusal = try refusal { try ranks(lines) }
        #expect(refusal.line == 258)
        #expect(refusal.path == directory.path("tiny.tiktoken"))
        #expect(refusal.problem.contains(says), "\(refusal.problem)")
    }

    @Test func missingAndRepeatedRanksAreNamed() throws {
        var lines = TinyTokenizer.rankLines
        lines.remove(at: 77)
        #expect(try refusal { try ranks(lines) }.problem == "the rank 77 of 260 is missing")
        lines = TinyTokenizer.rankLines
        lines[258] = "aGU= 258"
        #expect(try refusal { try ranks(lines) }.problem == "the tokens 256 and 258 are both 'he'")
        lines = TinyTokenizer.rankLines
        lines[65] = "AAAA 65"
        #expect(try refusal { try ranks(lines) }.problem == "the byte 65 has no rank")
    }

    private func document(_ changes: [String: String]) throws -> Tokenizer {
        let members = TinyTokenizer.document.merging(changes) { $1 }
        return try Tokenizer(
            path: directory.write(TinyTokenizer.text(members), to: "tokenizer.json"))
    }

    @Test(arguments: [
        (TinyTokenizer.model(merges: #"["h e", "he x!"]"#), "the merge 'he x!'"),
        (TinyTokenizer.model(merges: #"["he"]"#), "the merge 'he '"),
        (TinyTokenizer.model(merges: #"["h e l"]"#), "the merge 'h e l'"),
        (TinyTokenizer.model(merges: #"[["h"]]"#), "the merge 0 is not two tokens"),
        (TinyTokenizer.model(merges: #"[["h", 1]]"#), "the merge 0 is not two tokens"),
        (TinyTokenizer.model(merges: "[7]"), "the merge 0 is not two tokens"),
        (TinyTokenizer.model(merges: "null"), "no merges"),
        (TinyTokenizer.model(vocabulary: "{}"), "no vocabulary"),
        (TinyTokenizer.model(vocabulary: "[]"), "no vocabulary"),
        (TinyTokenizer.model(vocabulary: #"{"a": 1.5}"#), "no whole number"),
        (TinyTokenizer.model(vocabulary: #"{"a": -1}"#), "has the id -1"),
        (TinyTokenizer.model(vocabulary: #"{"a": 4194304}"#), "has the id 4194304"),
        // Few tokens with large ids would make a small file take much memory.
        (TinyTokenizer.model(vocabulary: #"{"a": 65537}"#), "ids go from 0 to 65536"),
        (TinyTokenizer.model(vocabulary: #"{"a": 9223372036854775807}"#), "has the id 9223"),
        (TinyTokenizer.model(vocabulary: #"{"a": 1, "b": 1}"#), "'a' and 'b' both have the id 1"),
        ("null", "no model"),
    ])
    func aWrongModelIsNamed(_ model: String, _ says: String) throws {
        let problem = try refusal { try document(["model": model]) }.problem
        #expect(problem.contains(says), "\(problem)")
    }

    @Test func aTokenThatStandsTwiceIsNamed() throws {
        let model = TinyTokenizer.model(vocabulary: #"{"a": 1, "a": 2}"#)
        let error = #expect(throws: QwenError.self) { try document(["model": model]) }
        guard case .unusableValue(_, let problem) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(problem.hasSuffix("the name 'a' stands twice in an object; remove one of them"))
    }

    @Test(arguments: [
        (#"[{"id": 65, "content": "<x>"}]"#, "both have the id 65"),
        (#"[{"id": 300, "content": "hel"}]"#, "are both 'hel'"),
        (
            #"[{"id": 260, "content": "<x>"}, {"id": 261, "content": "<x>"}]"#,
            "are both '<x>'"
        ),
        (#"[{"id": 260, "content": "<x>"}, {"id": 260, "content": "<y>"}]"#, "the id 260"),
        (#"[{"id": 260, "content": ""}]"#, "is empty"),
        (#"[{"id": 66000, "content": "<x>"}]"#, "has the id 66000; in a list of 261 ids"),
        (#"[{"content": "<x>"}]"#, "no id or no content"),
        (#"[{"id": 99999999999, "content": "<x>"}]"#, "has the id 99999999999"),
    ])
    func clashesOfAddedTokensAreNamed(_ added: String, _ says: String) throws {
        let problem = try refusal { try document(["added_tokens": added]) }.problem
        #expect(problem.contains(says), "\(problem)")
    }

    @Test func aWrongMergeLineIsNamed() throws {
        directory.write(TinyTokenizer.vocabulary(), to: "vocab.json")
        directory.write("#version: 0.2\nh e\n\nhe ll\n", to: "merges.txt")
        let refusal = try refusal { try Tokenizer(path: directory.path) }
        #expect(refusal.path == directory.path("merges.txt"))
        #expect(refusal.line == 4)
        #expect(refusal.problem.contains("'he ll'"))
    }

    @Test func deepJSONIsRefused() throws {
        let deep = String(repeating: "[", count: 500_000)
        let problem = try refusal { try document(["model": deep]) }.problem
        #expect(problem.contains("nests deeper"))
    }

    // MARK: - Any bytes

    private func isAccepted(_ make: () throws -> Tokenizer) -> Bool {
        guard let tokenizer = try? make() else { return false }
        return (try? tokenizer.encode("hello 中 <|end|>", recognisesSpecials: true)) != nil
    }

    /// Flipped bits, cut ends and parts that stand twice.
    private func variants(of text: String, count: Int) -> [[UInt8]] {
        let good = Array(text.utf8)
        var generator = SeededGenerator()
        return (0..<count).map { index in
            var bytes = good
            let place = Int.random(in: 0..<good.count, using: &generator)
            switch index % 4 {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeSubrange(place...)
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            default:
                let end = min(place + Int.random(in: 1..<40, using: &generator), good.count)
                bytes.insert(contentsOf: good[place..<end], at: place)
            }
            return bytes
        }
    }

    @Test func noBrokenFileCrashes() throws {
        var refused = 0
        for bytes in variants(of: TinyTokenizer.text(TinyTokenizer.document), count: 2000) {
            let path = directory.write(bytes, to: "tokenizer.json")
            refused += isAccepted { try Tokenizer(path: path) } ? 0 : 1
        }
        #expect(refused > 500)
        for bytes in variants(of: TinyTokenizer.rankLines.joined(separator: "\n"), count: 2000) {
            let path = directory.write(bytes, to: "tiny.tiktoken")
            refused +=
                isAccepted {
                    try Tokenizer(RankFile(ModelFile(path: path), count: 260).parts())
                } ? 0 : 1
        }
        #expect(refused > 1500)
        directory.write(TinyTokenizer.vocabulary(), to: "vocab.json")
        for bytes in variants(of: TinyTokenizer.merges.joined(separator: "\n"), count: 1000) {
            let path = directory.write(bytes, to: "merges.txt")
            refused += isAccepted { try Tokenizer(path: path) } ? 0 : 1
        }
        #expect(refused > 1800)
    }
}
