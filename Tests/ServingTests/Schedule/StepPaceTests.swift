import Testing

@testable import Serving

/// Rows that fit beside running answers, computed by hand.
@Suite struct StepPaceTests {
    @Test func beforeAnythingWasMeasuredItIsAsFewAsMakeSense() {
        var pace = StepPace(target: .decodePasses(4))
        #expect(pace.promptRows(most: 512) == 32)
        #expect(pace.promptRows(most: 20) == 20)
        pace.noteDecode(nanoseconds: 10_000)
        #expect(pace.promptRows(most: 512) == 32)
    }

    /// 4 × 10,000 less the pass itself leaves 30,000: at 250 a row 120 rows.
    @Test func theTargetIsOfBothPassesTogether() {
        var pace = StepPace(target: .decodePasses(4))
        pace.noteDecode(nanoseconds: 10_000)
        pace.notePrompt(nanoseconds: 250 * 64, rows: 64)
        #expect(pace.promptRows(most: 512) == 120)
        #expect(pace.promptRows(most: 100) == 100)
        var timed = StepPace(target: .nanoseconds(20_000))
        timed.noteDecode(nanoseconds: 10_000)
        timed.notePrompt(nanoseconds: 250 * 64, rows: 64)
        #expect(timed.promptRows(most: 512) == 40)
    }

    /// A target that is over before the prompts begin, or nearly so: they go on nevertheless.
    @Test func promptsNeverStarve() {
        var pace = StepPace(target: .nanoseconds(5_000))
        pace.noteDecode(nanoseconds: 10_000)
        pace.notePrompt(nanoseconds: 250 * 64, rows: 64)
        #expect(pace.promptRows(most: 512) == 32)
    }

    /// A quarter of the new: 10,000, then 14,000 is 11,000; at 250 a row that is 33,000 / 250.
    @Test func theEstimateFollowsWhatIsMeasured() {
        var pace = StepPace(target: .decodePasses(4))
        pace.noteDecode(nanoseconds: 10_000)
        pace.noteDecode(nanoseconds: 14_000)
        pace.notePrompt(nanoseconds: 250 * 64, rows: 64)
        #expect(pace.promptRows(most: 512) == 132)
        // 250, then 650 a row is 350: 94.3 rows.
        pace.notePrompt(nanoseconds: 650 * 32, rows: 32)
        #expect(pace.promptRows(most: 512) == 94)
        // What few rows take is for the weights, and says nothing.
        pace.notePrompt(nanoseconds: 900_000, rows: 31)
        #expect(pace.promptRows(most: 512) == 94)
    }
}
