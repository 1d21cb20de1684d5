import Sweep
import TestSupport
import Testing

@Suite struct PromptFileTests {
    private func file(_ text: String, most: Int = 100) throws(WorkloadError) -> PromptFile {
        try PromptFile(Array(text.utf8), path: "p", most: most)
    }

    /// A token for each character.
    private func encode(_ text: String) -> [Int] {
        text.unicodeScalars.map { Int($0.value) }
    }

    @Test func textHasAPromptOnEachLine() throws {
        let file = try file("one two\r\n\n  \t\n  three\u{2028}four ü\n")
        #expect(file.kind == .lines)
        #expect(file.entries.map(\.prompt) == ["one two", "three\u{2028}four ü"])
        #expect(file.entries.map(\.line) == [1, 4])
        #expect(file.entries.allSatisfy { $0.answer == nil })
        #expect(file.leftOut == 0)
    }

    @Test(arguments: ["[INST] hello", "[", "[1] is a number", "\"quoted\"", "- {\"prompt\": 1}"])
    func textThatLooksLikeAnArrayIsAText(text: String) throws {
        let file = try file(text)
        #expect(file.kind == .lines)
        #expect(file.entries.map(\.prompt) == [text])
    }

    @Test func jsonLinesHaveAPromptOrAText() throws {
        let file = try file(
            """

            {"prompt": "a\\n{\\"b\\": [1}", "n": {"x": [1, {"y": "}"}]}}
            {"text": "c \\u00fc", "prompt": null}

            {"prompt": "  "}
            {"other": "d"}
            { "text":
              "e" } {"prompt": "f", "text": "g"}
            """)
        #expect(file.kind == .jsonLines)
        #expect(file.entries.map(\.prompt) == ["a\n{\"b\": [1}", "c ü", "e", "f"])
        #expect(file.entries.map(\.line) == [2, 3, 7, 8])
        #expect(file.leftOut == 2)
    }

    private static let conversations = [
        #"{"id": "1", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}, {"from": "human", "value": "More"}, {"from": "gpt", "value": "No"}]}"#,
        #"{"conversations": []}"#,
        #"{"conversations": [{"from": "system", "value": "Be"}, {"from": "user", "value": "Why?"}, {"from": "human", "value": "?"}]}"#,
        #"{"conversations": [{"from": "gpt", "value": "Alone"}]}"#,
        #"{"conversations": [{"from": "human", "value": "Ask"}, {"from": "gpt", "value": ""}]}"#,
    ]

    /// One array, over lines or not, and one conversation on each line are the same.
    @Test(arguments: [
        ("[" + conversations.joined(separator: ",") + "]", PromptFile.Kind.jsonArray),
        (" [\n" + conversations.joined(separator: "\n,\n") + "\n]\n\n", .jsonArray),
        (conversations.joined(separator: "\n"), .jsonLines),
    ])
    func conversationIsItsFirstExchange(text: String, kind: PromptFile.Kind) throws {
        let file = try file(text)
        #expect(file.kind == kind)
        #expect(file.entries.map(\.prompt) == ["Hi", "Why?", "Ask"])
        #expect(file.entries.map(\.answer) == ["Hello!", nil, ""])
        #expect(file.leftOut == 2)

        let (prompts, leftOut) = try file.prompts(takingAnswers: false, encode: encode)
        #expect(
            prompts == [
                ListedPrompt(tokens: [72, 105]), ListedPrompt(tokens: [87, 104, 121, 63]),
                ListedPrompt(tokens: [65, 115, 107]),
            ])
        #expect(leftOut == 0)
        let answered = try file.prompts(takingAnswers: true, encode: encode)
        #expect(answered.prompts == [ListedPrompt(tokens: [72, 105], answerTokens: 6)])
        #expect(answered.leftOut == 2)
    }

    @Test func longPromptsAreLeftOutAndNeverAll() throws {
        let file = try file("four\nsix...\nthe longest\n")
        let (prompts, leftOut) = try file.prompts(takingAnswers: false, limit: 6, encode: encode)
        #expect(prompts.map(\.tokens.count) == [4, 6])
        #expect(leftOut == 1)
        #expect(
            throws: WorkloadError.file(
                path: "p", line: nil, problem: "none of its 3 prompts has 1 to 3 tokens",
                remedy: "give shorter prompts")
        ) { try file.prompts(takingAnswers: false, limit: 3, encode: encode) }
        #expect(throws: WorkloadError.self) {
            try file.prompts(takingAnswers: true, encode: encode)
        }
    }

    @Test func errorOfTheTokenizerPassesThrough() throws {
        struct Refusal: Error {}
        let file = try file("x")
        #expect(throws: Refusal.self) {
            try file.prompts(takingAnswers: false) { _ in throw Refusal() }
        }
    }

    @Test(arguments: [
        ("{\"prompt\": \"a\"}\n{\"prompt\": 5}\n", 2, "\"prompt\" is not what belongs there"),
        (
            "[{\"conversations\": [{\"from\": \"human\", \"value\": [1]}]}]", 1,
            "\"conversations.0.value\" is not what belongs there"
        ),
        ("{\"conversations\": \"x\"}", 1, "\"conversations\" is not what belongs there"),
        ("{\"prompt\": \"a\"}\n{\"prompt\"}", 2, "the object that begins here is no valid JSON"),
        ("{\"prompt\": \"\\ud800\"}", 1, "the object that begins here is no valid JSON"),
        ("{]", 1, "the object that begins here is no valid JSON"),
        ("{\"prompt\": \"a\"}\n\n{\"prompt\": \"b\n\"}", 3, "a string is not closed"),
        ("\n{\"prompt\":\n\"a\"", 2, "the object that begins here is not closed"),
        ("{\"prompt\": \"a\\", 1, "the object that begins here is not closed"),
        ("{\"prompt\": \"a\"}\nplain text", 2, "there is no object where one belongs"),
        ("{\"prompt\": \"a\"},\n{\"prompt\": \"b\"}", 1, "there is no object where one belongs"),
        ("[{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}]", 2, "there is no comma between two objects"),
        ("[{\"prompt\": \"a\"},\n]", 2, "there is no object where one belongs"),
        ("[{\"prompt\": \"a\"}, 5]", 1, "there is no object where one belongs"),
        ("[\n{\"prompt\": \"a\"},\n", 3, "there is no object where one belongs"),
        ("[\n{\"prompt\": \"a\"}\n", 3, "the array is not closed"),
        ("[{\"prompt\": \"a\"}]\n[]", 2, "something follows the end of the array"),
        (
            "{\"x\": " + String(repeating: "[", count: 100_000), 1, "it nests deeper than 64"
        ),
        ("1\n2\n3\n4", 4, "there are more than 3 prompts"),
        (
            String(repeating: "{\"text\": \"a\"}\n", count: 4), 4, "there are more than 3 prompts"
        ),
    ])
    func badFileSaysWhere(text: String, line: Int, problem: String) {
        let error = #expect(throws: WorkloadError.self) { try file(text, most: 3) }
        #expect(error?.description.hasPrefix("p, line \(line): \(problem); ") == true)
    }

    @Test(arguments: ["", " \n\r\n", "[]", "{}", "[{}, {\"conversations\": []}]"])
    func fileWithoutAPromptIsRefused(text: String) {
        let error = #expect(throws: WorkloadError.self) { try file(text) }
        #expect(error?.description.hasPrefix("p: it has no prompt; ") == true)
    }

    @Test func errorNamesTheFileTheLineAndTheRemedy() {
        let error = #expect(throws: WorkloadError.self) { try file("{\"prompt\": 5}") }
        #expect(
            error?.description == "p, line 1: \"prompt\" is not what belongs there; give objects "
                + "with a \"prompt\" or a \"text\", or with \"conversations\" as ShareGPT has them")
    }

    @Test func fileMayBeUTF16AndMustBeText() throws {
        let directory = TemporaryDirectory()
        let units = [0xFEFF] + Array("{\"text\": \"ü\"}\r\n".utf16)
        let wide = directory.write(
            units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, to: "wide")
        #expect(try PromptFile(path: wide).entries.map(\.prompt) == ["ü"])
        let latin = directory.write(Array("a\nb".utf8) + [0xE9, 0x0A], to: "latin")
        #expect(
            throws: WorkloadError.file(
                path: latin, line: 2, problem: "byte 3 of the file is not UTF-8",
                remedy: "save the file as UTF-8")
        ) { try PromptFile(path: latin) }
        let archive = directory.write("PK\u{3}\u{4}\u{14}\0", to: "archive")
        let error = #expect(throws: WorkloadError.self) { try PromptFile(path: archive) }
        #expect(error?.description.contains("it is a zip archive") == true)
    }
}
