import Basics
import Measurement
import Profiling
import TestSupport
import Testing

@Suite struct FindingsTests {
    /// 1000 ns of which nothing stands out: at half of the roof, evenly split.
    private let calm = PlannedCall.Piece(
        name: "product", busy: [1000, 1000],
        costs: PhaseCosts(
            prefill: Cost(bytes: 500, operations: 0), decode: Cost(bytes: 500, operations: 0)))

    private func findings(_ change: (inout PlannedCall) -> Void) -> [Finding] {
        var call = PlannedCall(prefill: [calm], decode: [calm])
        change(&call)
        let findings = Findings.all(in: call.recording)
        for finding in findings {
            // In Chinese it says the same of the same numbers.
            let (english, chinese) = (
                ReadableText(lines: finding.text.en), ReadableText(lines: finding.text.zh)
            )
            #expect(chinese.numbers == english.numbers)
            #expect(chinese.sentences(except: []) == [])
        }
        return findings
    }

    @Test func nothingStandsOut() {
        #expect(findings { _ in } == [])
    }

    @Test func aThreadThatIsAlwaysLateIsNamedWithItsOperator() throws {
        let found = findings {
            $0.decode.append(PlannedCall.Piece(name: "scores", busy: [100, 300]))
        }
        let finding = try #require(found.first)
        #expect(found.count == 1)
        #expect(finding.kind == .imbalance)
        #expect(finding.operatorName == "scores")
        #expect(finding.thread == 1)
        // Thread 0 waits 200 of 1300, the mean of both 100.
        #expect(
            finding.text.en
                == "decode loses 7.7 % waiting for thread 1 in scores, which takes it 1.50× "
                + "the mean of the threads: an uneven split, or a disturbed core")
    }

    @Test func threadsThatAreLateInTurnsAreNotToBlame() throws {
        let found = findings {
            $0.decode.append(PlannedCall.Piece(name: "norm", busy: [100, 300]))
            $0.decode.append(PlannedCall.Piece(name: "norm", busy: [300, 100]))
        }
        #expect(found.map(\.kind) == [.imbalance])
        #expect(found[0].thread == nil)
        #expect(found[0].text.en.contains("now one thread, now another"))
    }

    @Test func barriersThatCostByThemselvesAreNoImbalance() {
        let found = findings {
            $0.decode = [calm, calm].map {
                var piece = $0
                piece.name = "norm"
                piece.barrier = 60
                piece.costs = nil
                return piece
            }
        }
        #expect(found.map(\.kind) == [.barriers])
        #expect(
            found[0].text.en.hasPrefix("decode passes 2 barriers a step, which cost 5.7 % of it"))
    }

    @Test func whatOneThreadDoesAloneIsSerial() {
        let found = findings { $0.select = 50 }
        #expect(found.map(\.kind) == [.serial, .serial])
        #expect(
            found[1].text.en == "decode spends 4.8 % in select, which thread 0 does alone")
    }

    @Test func anOperatorFarFromTheRoofIsNamed() throws {
        let found = findings {
            $0.prefill.append(
                PlannedCall.Piece(
                    name: "attention", busy: [500, 500],
                    costs: PhaseCosts(prefill: Cost(bytes: 40, operations: 10), decode: nil)))
        }
        #expect(found.map(\.kind) == [.farFromRoof])
        #expect(
            found[0].text.en
                == "prefill spends 33 % in attention at 8.0 % of the roof: its kernel sets "
                + "the pace, and at the roof would save 31 %")
    }

    @Test func wideWeightsAtTheRoofCouldBeNarrower() {
        var head = calm
        head.name = "lm_head"
        head.weights = Operator.Weights(parameters: 156e6, element: "bf16")
        var layers = calm
        layers.weights = Operator.Weights(parameters: 308e6, element: "int8")
        let found = findings {
            $0.prefill = [layers, head]
            $0.decode = [layers, head]
        }
        #expect(found.map(\.kind) == [.wideWeights])
        #expect(
            found[0].text.en
                == "decode spends 50 % in lm_head, which reads 156 M of 464 M parameters in "
                + "bf16: int8 would save up to 25 %")
    }

    @Test func aProfileThatMissesTimeSaysSo() {
        let found = findings { $0.lost = 20 }
        #expect(found.map(\.kind) == [.incomplete, .incomplete])
        #expect(found[0].text.en == "the profile misses 2.0 % of prefill: do not trust its shares")
        let dropped = findings { $0.dropped = 7 }
        #expect(dropped.map(\.kind) == [.incomplete, .incomplete])
        #expect(dropped[0].text.en.contains("and 7 spans found no room"))
    }
}
