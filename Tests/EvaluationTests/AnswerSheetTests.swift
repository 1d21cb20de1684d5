import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct AnswerSheetTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path("cache0.csv") }

    private let sets = ["law", "logic"].map { key in
        QuestionSet(
            subject: Subject(key: key, category: "Humanities", isHard: false), examples: [],
            questions: ["A", "B"].map {
                Question(text: "?", choices: ["1", "2", "3", "4"], answer: $0)
            })
    }

    private let first = Answer(question: 0, subject: "law", truth: "A", predicted: "A")
    private let third = Answer(question: 2, subject: "logic", truth: "A", predicted: "-1")

    @Test func answersAreKeptAndGoneOnFrom() throws {
        let sheet = try AnswerSheet(path: path, sets: sets)
        #expect(sheet.next == 0)
        try sheet.add([first])
        // Question 1 was skipped.
        try sheet.add([third])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == "0,law,A,A\n2,logic,A,-1\n")
        let again = try AnswerSheet(path: path, sets: sets)
        #expect(again.answers == [first, third])
        #expect(again.next == 3)
    }

    @Test func aLineThatWasCutOffIsAskedAgain() throws {
        directory.write("0,law,A,A\n2,logi", to: "cache0.csv")
        let sheet = try AnswerSheet(path: path, sets: sets)
        #expect(sheet.answers == [first])
        try sheet.add([third])
        #expect(try AnswerSheet(path: path, sets: sets).answers == [first, third])
    }

    /// More lines are added behind those of the file.
    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF] + Array("0,law,A,A\n".utf8), "byte order mark"),
            (Array("0,law,A,A\n".utf8) + [0xFF, 0x0A], "byte 10 of the file is not UTF-8"),
            (
                [0xFF, 0xFE] + "0,law,A,A\n".utf8.flatMap { [$0, 0] },
                "save the file as UTF-8"
            ),
            (
                [0xFE, 0xFF] + "0,law,A,A\n".utf8.flatMap { [0, $0] },
                "byte order mark; save the file as UTF-8"
            ),
        ] as [([UInt8], String)])
    func whatIsNotPlainUTF8IsRefused(_ bytes: [UInt8], _ says: String) {
        directory.write(bytes, to: "cache0.csv")
        let error = #expect(throws: EvaluationError.self) {
            try AnswerSheet(path: path, sets: sets)
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
        #expect(directory.bytes("cache0.csv") == bytes)
    }

    @Test(arguments: [
        "0,law,B,A\n", "0,logic,A,A\n", "4,law,A,A\n", "-1,law,A,A\n", "0,law,A\n",
        "2,logic,A,A\n0,law,A,A\n", "x,law,A,A\n",
    ])
    func answersToOtherQuestionsAreRefused(text: String) {
        directory.write(text, to: "cache0.csv")
        #expect(throws: EvaluationError.self) { try AnswerSheet(path: path, sets: sets) }
    }
}
