import Synchronization

@testable import Serving

/// What a sink was told, for other threads to wait for.
final class Answers: Sendable {
    struct Answer: Equatable {
        var tokens: [Int32] = []
        var end: FinishReason?
        /// Events that came when nothing could come any more, or too early.
        var misplaced = 0
        var isAdmitted = false
    }

    struct Key: Hashable {
        let request: RequestID
        let answer: Int
    }

    private let answers = Mutex<[Key: Answer]>([:])
    private let lastLoad = Mutex<ServingLoad?>(nil)

    func take(_ report: StepReport) {
        answers.withLock { answers in
            for event in report.events {
                let key = Key(request: event.request, answer: event.answer)
                var answer = answers[key] ?? Answer()
                if answer.end != nil { answer.misplaced += 1 }
                switch event.what {
                case .admitted: answer.isAdmitted = true
                case .scored: break
                case .token(let token, _):
                    if event.answer == 0, !answer.isAdmitted { answer.misplaced += 1 }
                    answer.tokens.append(token)
                case .ended(let reason): answer.end = reason
                }
                answers[key] = answer
            }
        }
        lastLoad.withLock { $0 = report.load }
    }

    subscript(request: RequestID, answer: Int) -> Answer? {
        answers.withLock { $0[Key(request: request, answer: answer)] }
    }

    var load: ServingLoad? { lastLoad.withLock { $0 } }
    var count: Int { answers.withLock { $0.count } }
}
