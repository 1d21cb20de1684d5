import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct QuestionSetTests {
    private let directory = TemporaryDirectory()
    private let titles = "id,question,A,B,C,D,answer"

    private func write(_ text: String, _ split: String, _ subject: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory.path("data/\(split)"), withIntermediateDirectories: true)
        directory.write(text, to: "data/\(split)/\(subject)_\(split).csv")
    }

    private func message(_ exam: Exam = .cEval, shots: Int = 1) -> String? {
        do {
            _ = try QuestionSet.read(exam, in: directory.path, shots: shots)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func cEvalHasTitlesNumbersAndExplanations() throws {
        try write(
            "\(titles),explanation\n0,e1,a,b,c,d,A,why\n1,e2,a,b,c,d,B,why\n", "dev", "law")
        try write("\(titles)\n0,\"q, 1\",a,\"b\n\"\"2\"\"\",c,d,D\n", "val", "law")
        let sets = try QuestionSet.read(.cEval, in: directory.path, shots: 1)
        #expect(sets.map(\.subject.key) == ["law"])
        #expect(sets[0].examples.map(\.text) == ["e1"])
        #expect(
            sets[0].questions == [
                Question(text: "q, 1", choices: ["a", "b\n\"2\"", "c", "d"], answer: "D")
            ])
    }

    @Test func mmluHasNeither() throws {
        try write("e1,a,b,c,d,A\n", "dev", "virology")
        try write("q1,a,b,c,d,B\nq2,a,b,c,d,C\n", "val", "virology")
        try write("q3,a,b,c,d,D\n", "val", "anatomy")
        try write("e2,a,b,c,d,A\n", "dev", "anatomy")
        let sets = try QuestionSet.read(.mmlu, in: directory.path, shots: 1)
        #expect(sets.map(\.subject.key) == ["anatomy", "virology"])
        #expect(sets[1].questions.map(\.answer) == ["B", "C"])
    }

    @Test func noExamplesAreReadWhereNoneAreWanted() throws {
        try write("\(titles)\n0,q,a,b,c,d,A\n", "val", "law")
        let sets = try QuestionSet.read(.cEval, in: directory.path, shots: 0)
        #expect(sets[0].examples.isEmpty && sets[0].questions.count == 1)
    }

    @Test func whatIsMissingIsNamed() throws {
        #expect(message()?.contains("data/val/accountant_val.csv") == true)
        try write("\(titles)\n0,q,a,b,c,d,A\n", "val", "law")
        #expect(message()?.contains("data/dev/law_dev.csv is missing") == true)
        try write("\(titles)\n0,e,a,b,c,d,A\n", "dev", "law")
        #expect(message() == nil)
        #expect(message(shots: 2)?.contains("set [precision] shot to 1") == true)
    }

    @Test(arguments: [
        ("question,A,B,C,D,answer\nq,a,b,c,d,A\n", "line 1: the titles are"),
        ("id,question,A,B,C,D,answer\n0,q,a,b,c,d,E\n", "line 2: "),
        ("id,question,A,B,C,D,answer\n0,q,a,b,c,A\n", "line 2: 6 fields under 7 titles"),
        ("id,question,A,B,C,D,answer\n0,\"q,a,b,c,d,A\n", "line 2: a quote that does not end"),
        ("", "the file is empty"),
    ])
    func aFileThatIsLaidOutInAnotherWaySaysWhere(text: String, problem: String) throws {
        try write(text, "val", "law")
        #expect(message(shots: 0)?.contains(problem) == true)
        #expect(message(shots: 0)?.contains("law_val.csv") == true)
    }

    /// What C-Eval's file would be for MMLU: its first line is a question without an answer.
    @Test func theFileOfTheOtherExamIsRefused() throws {
        try write("question,A,B,C,D,answer\nq,a,b,c,d,A\n", "val", "virology")
        #expect(message(.mmlu, shots: 0)?.contains("line 1: a question, four choices") == true)
    }
}
