import Evaluation
import Testing

@Suite struct ExamTests {
    /// The counts of the published tables.
    @Test(arguments: [
        (Exam.cEval, ["STEM": 20, "Social Science": 10, "Humanities": 11, "Other": 11], 8),
        (.mmlu, ["STEM": 18, "other": 14, "humanities": 13, "social sciences": 12], 0),
    ])
    func everySubjectIsThereOnce(exam: Exam, counts: [String: Int], hard: Int) {
        let subjects = exam.subjects
        #expect(Set(subjects.map(\.key)).count == subjects.count)
        #expect(subjects.map(\.key) == subjects.map(\.key).sorted())
        let found = Dictionary(grouping: subjects, by: \.category).mapValues(\.count)
        #expect(found == counts)
        #expect(Set(exam.categories) == Set(counts.keys))
        #expect(subjects.filter(\.isHard).count == hard)
    }
}
