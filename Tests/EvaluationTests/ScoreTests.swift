import Evaluation
import Testing

@Suite struct ScoreTests {
    private func answers(_ subject: String, correct: Int, asked: Int) -> [Answer] {
        (0..<asked).map {
            Answer(question: $0, subject: subject, truth: "A", predicted: $0 < correct ? "A" : "-1")
        }
    }

    /// By hand: hard are advanced_mathematics and college_physics, 1 + 2 of 4 + 4.
    @Test func hardQuestionsAreDividedByHardOnes() {
        let score = Score(
            .cEval,
            answers("advanced_mathematics", correct: 1, asked: 4)
                + answers("college_physics", correct: 2, asked: 4)
                + answers("veterinary_medicine", correct: 3, asked: 4)
                + answers("law", correct: 0, asked: 3))
        #expect(
            Score.json(score.classes)
                == "{\"STEM\": 0.5, \"Humanities\": 0.0, \"Avg\": 0.4, \"Avg(Hard)\": 0.375}\n")
        #expect(
            Score.json(score.subjects)
                == "{\"advanced_mathematics\": 0.25, \"college_physics\": 0.5, \"law\": 0.0, "
                + "\"veterinary_medicine\": 0.75}\n")
    }

    /// The document's table of the 910B3: 228, 192, 166, 221 right of 430, 275, 257, 384.
    @Test func thePublishedAverageComesOut() {
        let score = Score(
            .cEval,
            answers("operating_system", correct: 228, asked: 430)
                + answers("marxism", correct: 192, asked: 275)
                + answers("law", correct: 166, asked: 257)
                + answers("physician", correct: 221, asked: 384))
        let accuracies = Dictionary(
            uniqueKeysWithValues: score.classes.map { ($0.name, $0.share.accuracy) })
        #expect(accuracies["STEM"] == 0.5302325581395348)
        #expect(accuracies["Avg"] == 0.5995542347696879)
        #expect(accuracies["Avg(Hard)"] == nil)
    }

    @Test func mmluHasNoHardSubjects() {
        let score = Score(.mmlu, answers("college_physics", correct: 1, asked: 2))
        #expect(Score.json(score.classes) == "{\"STEM\": 0.5, \"Avg\": 0.5}\n")
    }
}
