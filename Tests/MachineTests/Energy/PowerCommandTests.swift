import Glibc
import TestSupport
import Testing

@testable import Machine

@Suite struct PowerCommandTests {
    @Test(arguments: [
        ("echo 220.5 W", 220.5), ("printf 71", 71.0),
        ("printf '\\n Instantaneous power reading:   220 Watts\\n 3\\n'", 220.0),
        // What a command says of its errors is no reading.
        ("echo 3 >&2; echo 4", 4.0),
    ])
    func firstNumberIsTheWatts(command: String, watts: Double) throws {
        #expect(try PowerCommand.watts(of: command) == watts)
    }

    @Test func whatGoesWrongIsTold() {
        func reason(_ command: String, within nanoseconds: UInt64) -> EnergyUnknown? {
            do throws(EnergyUnknown) {
                _ = try PowerCommand.watts(of: command, within: nanoseconds)
                return nil
            } catch {
                return error
            }
        }
        let minute: UInt64 = 60_000_000_000
        #expect(reason("exit 3", within: minute) == .exited(command: "exit 3", status: 3))
        #expect(
            reason("echo 5; exit 1", within: minute)
                == .exited(command: "echo 5; exit 1", status: 1))
        #expect(
            reason("kill -9 $$", within: minute) == .killed(command: "kill -9 $$", signal: 9))
        // It has no input to wait for.
        #expect(reason("cat", within: minute) == .noNumber(command: "cat"))
        #expect(
            reason("echo -5", within: minute) == .notWatts(command: "echo -5", text: "-5"))
        #expect(reason("yes 5", within: minute) == .endless(command: "yes 5"))
        #expect(
            reason("sleep 60", within: 1_000_000)
                == .timedOut(command: "sleep 60", seconds: 0.001))
        // The shell has ended, and what it started holds its output.
        #expect(
            reason("sleep 60 & echo 5", within: 500_000_000)
                == .timedOut(command: "sleep 60 & echo 5", seconds: 0.5))
    }

    @Test func commandEndsWithAllThatItStarted() throws {
        let directory = TemporaryDirectory()
        let file = directory.path("child")
        let outcome = ShellCommand.run(
            "sleep 600 & echo $! > '\(file)'; exec yes", within: 60_000_000_000)
        #expect(outcome == .endless)
        let text = try #require(directory.read("child"))
        let child = try #require(pid_t(text.filter(\.isNumber)))
        // Whoever inherits it may not have noticed its end: then it is a zombie.
        func lives() -> Bool {
            let state = SystemFiles(root: "/").value(of: "State", in: "proc/\(child)/status")
            return state.map { !$0.hasPrefix("Z") } ?? false
        }
        for _ in 0..<60_000 where lives() { usleep(1000) }
        #expect(!lives())
    }

    @Test func commandEndsWhenItsOwnerDoes() {
        var ends: [Int32] = [-1, -1]
        let code = pipe2(&ends, O_CLOEXEC)
        #expect(code == 0)
        close(ends[1])
        defer { close(ends[0]) }
        #expect(
            ShellCommand.run("sleep 600", within: 600_000_000_000, stop: ends[0]) == .stopped)
    }

    @Test func constantPowerIsItsProductWithTheTime() throws {
        let command = "echo 100"
        let power = try PowerCommand(command, every: 1_000_000)
        let start = now()
        var end = start
        var reading = EnergyReading.unknown(.noReading(command: command))
        waiting: while true {
            switch reading {
            case .unknown(.noReading), .unknown(.tooShort):
                usleep(1000)
                end = now()
                reading = power.energy(from: start, to: end)
            default:
                break waiting
            }
        }
        let joules = try #require(reading.joules)
        let expected = 100 * Double(end - start) / 1e9
        #expect(abs(joules - expected) <= 1e-9 * expected)
    }

    @Test func commandThatFailsIsTheReason() throws {
        let power = try PowerCommand("exit 7", every: 1_000_000)
        let start = now()
        var reading: EnergyReading
        repeat {
            usleep(1000)
            reading = power.energy(from: start, to: now())
        } while reading == .unknown(.noReading(command: "exit 7"))
        #expect(reading == .unknown(.exited(command: "exit 7", status: 7)))
    }

    private func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

@Suite struct WattsTests {
    @Test(arguments: [
        ("220", 220.0), ("power.draw [W]\n71.23\n", 71.23), ("= 8 Watts, 12", 8), ("7.", 7),
        ("1.5e2 W", 150), ("2E+1", 20), ("100000", 100_000), ("+12W", 12),
        ("PS1 Input Power | 220", 220), ("Package 0: 45 W\nPackage 1: 50 W", 45),
        ("5 µJ, 6 watts", 6),
    ])
    func theNumberOfWattsIsRead(text: String, watts: Double) {
        #expect(Watts(in: Array(text.utf8)) == .value(watts))
    }

    @Test(arguments: [
        ("-5 W", "-5 W"), (".5", ".5"), ("1,234 W", "1,234 W"), ("1.2.3", "1.2.3"),
        ("220000 mW\nx", "220000 mW"), ("71 µW", "71 µW"), ("1kW", "1kW"), ("100001", "100001"),
        ("1e999", "1e999"), ("draw 9 Milliwatts", "9 Milliwatts"), ("0 W", "0 W"),
        ("3eV", "3eV"), ("5 µJ 6", "5 µJ 6"), ("99, 45", "99, 45"), ("0: 45", "0: 45"),
    ])
    func whatCannotBeWattsIsRefused(text: String, shown: String) {
        #expect(Watts(in: Array(text.utf8)) == .refused(shown))
    }

    @Test(arguments: ["", "\n", "no reading", "٣", "PS1"])
    func textWithoutADigitHasNone(text: String) {
        #expect(Watts(in: Array(text.utf8)) == .none)
    }
}
