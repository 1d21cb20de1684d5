import Glibc
import Testing

@testable import Machine

/// One after the other: they all sit on the same few cores.
@Suite(.serialized) struct WorkerPoolTests {
    /// Seats for so many workers, going round the allowed CPUs.
    private func placement(workers: Int) throws -> Placement {
        let cpus = try ResourceLimits.current().allowedCPUs.ids
        return Placement(
            seats: (0..<workers).map { Placement.Seat(cpu: cpus[$0 % cpus.count], node: nil) })
    }

    @Test(arguments: 1...4)
    func everyWorkerRunsOncePerRun(workers: Int) throws {
        let runs = 10_000
        let counts = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: workers))
            let tally = Tally(count: workers)
            let body: @Sendable (Worker) -> Void = { tally.add(1, to: $0.index) }
            for _ in 0..<runs { pool.run(body) }
            return tally.values
        }
        #expect(counts == Array(repeating: runs, count: workers))
    }

    @Test func everyWorkerHasRunWhenRunReturns() throws {
        let late = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: 3))
            let tally = Tally(count: 3)
            let body: @Sendable (Worker) -> Void = { tally.add(1, to: $0.index) }
            return (1...1000).count { run in
                pool.run(body)
                return tally.values != [run, run, run]
            }
        }
        #expect(late == 0)
    }

    @Test func workersKnowTheirIndexAndNumber() throws {
        let seen = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: 3))
            let tally = Tally(count: 3)
            pool.run { tally.add(10 * $0.count + $0.index, to: $0.index) }
            return tally.values
        }
        #expect(seen == [30, 31, 32])
    }

    @Test func workerZeroIsTheCallingThreadAndTheOthersAreNot() throws {
        let isCaller = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: 3))
            let tally = Tally(count: 3)
            let caller = UInt(pthread_self())
            pool.run { tally.add(UInt(pthread_self()) == caller ? 1 : 0, to: $0.index) }
            return tally.values
        }
        #expect(isCaller == [1, 0, 0])
    }

    @Test func threadsCarryTheirNames() throws {
        let names = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: 3))
            let areRight = Tally(count: 3)
            pool.run { worker in
                let isRight = currentThreadName() == "tokenmark-\(worker.index)"
                areRight.add(isRight ? 1 : 0, to: worker.index)
            }
            return areRight.values
        }
        // The calling thread keeps the name it has.
        #expect(names == [0, 1, 1])
    }

    /// Each worker writes the number of the step, and after the barrier sees it in all slots.
    ///
    /// With no spin every wait sleeps in the kernel, with a long one hardly any does.
    @Test(arguments: 1...4, [0, 5_000, 200_000] as [UInt64])
    func nobodyPassesTheBarrierBeforeAllHaveArrived(workers: Int, spin: UInt64) throws {
        let steps = 300
        let runs = 5
        let wrong = try onOwnThread {
            let pool = try WorkerPool(
                placement: placement(workers: workers), spinNanoseconds: spin)
            let wrong = Tally(count: workers)
            let slots = Slots(count: workers)
            for run in 0..<runs {
                pool.run { worker in
                    for step in 0..<steps {
                        slots.store(run * steps + step, at: worker.index)
                        worker.barrier()
                        if !slots.areAll(run * steps + step) { wrong.add(1, to: worker.index) }
                        worker.barrier()
                    }
                }
            }
            return wrong.values
        }
        #expect(wrong == Array(repeating: 0, count: workers))
    }

    /// The same where workers meet in teams first, of different sizes.
    @Test(arguments: [[0, 1, 0, 1], [0, 0, 0, 1, 2, 2]], [0, 5_000, 200_000] as [UInt64])
    func nobodyPassesABarrierOfTeamsBeforeAllHaveArrived(teams: [Int], spin: UInt64) throws {
        let cpus = try ResourceLimits.current().allowedCPUs.ids
        let seats = teams.indices.map {
            Placement.Seat(
                cpu: cpus[$0 % cpus.count], node: nil, cache: CPUSet([1000 + teams[$0]]))
        }
        let placement = Placement(seats: seats)
        #expect(placement.teams == teams)
        let wrong = try onOwnThread {
            let pool = try WorkerPool(placement: placement, spinNanoseconds: spin)
            let wrong = Tally(count: teams.count)
            let slots = Slots(count: teams.count)
            for run in 0..<3 {
                pool.run { worker in
                    for step in 0..<200 {
                        slots.store(run * 200 + step, at: worker.index)
                        worker.barrier()
                        if !slots.areAll(run * 200 + step) { wrong.add(1, to: worker.index) }
                        worker.barrier()
                    }
                }
            }
            return wrong.values
        }
        #expect(wrong == Array(repeating: 0, count: teams.count))
    }

    @Test func sleepingWorkersAreWoken() throws {
        let counts = try onOwnThread {
            let pool = try WorkerPool(
                placement: placement(workers: 2), spinNanoseconds: 1000)
            let tally = Tally(count: 2)
            for _ in 0..<20 {
                // Longer than the spin, so that worker 1 is asleep.
                usleep(1000)
                pool.run { tally.add(1, to: $0.index) }
            }
            return tally.values
        }
        #expect(counts == [20, 20])
    }

    @Test func workersSitOnTheCPUsAskedFor() throws {
        let placement = try placement(workers: 2)
        let (pins, cpus) = try onOwnThread {
            let pool = try WorkerPool(placement: placement)
            let cpus = Tally(count: 2)
            pool.run { cpus.add(Int(sched_getcpu()), to: $0.index) }
            return (pool.pins, cpus.values)
        }
        #expect(pins.map(\.worker) == [0, 1])
        #expect(pins.map(\.askedCPU) == placement.seats.map(\.cpu))
        #expect(pins.map(\.isPinned) == [true, true])
        #expect(cpus == placement.seats.map(\.cpu))
    }

    @Test func refusedCPUIsAnOutcomeAndTheWorkersRunAnyhow() throws {
        let (pins, counts) = try onOwnThread {
            let seat = Placement.Seat(cpu: 4095, node: nil)
            let pool = try WorkerPool(placement: Placement(seats: [seat, seat]))
            let tally = Tally(count: 2)
            pool.run { tally.add(1, to: $0.index) }
            return (pool.pins, tally.values)
        }
        #expect(pins.map(\.result) == Array(repeating: .failed(ErrorNumber(EINVAL)), count: 2))
        #expect(pins.map(\.isPinned) == [false, false])
        #expect(counts == [1, 1])
    }

    @Test func unpinnedWorkersAreSkipped() throws {
        let pins = try onOwnThread {
            try WorkerPool(placement: .unpinned(threads: 2)).pins
        }
        #expect(pins.map(\.result) == [.skipped, .skipped])
        #expect(pins.map(\.askedCPU) == [nil, nil])
        #expect(pins.map(\.isPinned) == [false, false])
    }

    @Test func shutdownGivesTheCallerItsMaskBack() throws {
        let (before, during, after) = try onOwnThread {
            let before = CPUAffinity.current
            let pool = try WorkerPool(placement: placement(workers: 2))
            let during = CPUAffinity.current
            pool.shutdown()
            pool.shutdown()
            return (before, during, CPUAffinity.current)
        }
        #expect(during?.count == 1)
        #expect(after == before)
    }

    /// The pin of a pool is no limit of the process, and pools may go in any order.
    @Test func poolsThatOverlapGiveTheCallerItsFirstMaskBack() throws {
        let (masks, limits) = try onOwnThread {
            let placement = try self.placement(workers: 1)
            var masks = [CPUAffinity.current]
            var limits = [try ResourceLimits.current().allowedCPUs]
            let first = try WorkerPool(placement: placement)
            let second = try WorkerPool(placement: placement)
            limits.append(try ResourceLimits.current().allowedCPUs)
            first.shutdown()
            masks.append(CPUAffinity.current)
            second.shutdown()
            masks.append(CPUAffinity.current)
            limits.append(try ResourceLimits.current().allowedCPUs)
            return (masks, limits)
        }
        #expect(masks[1]?.count == 1)
        #expect(masks[2] == masks[0])
        #expect(Set(limits).count == 1)
    }

    @Test func threadsEndWithThePool() throws {
        let (during, after) = try onOwnThread {
            var pool: WorkerPool? = try WorkerPool(placement: placement(workers: 3))
            let identifiers = Tally(count: 3)
            pool?.run { identifiers.add(Int(gettid()), to: $0.index) }
            let threads = identifiers.values[1...].map { "/proc/self/task/\($0)" }
            let during = threads.map { access($0, F_OK) == 0 }
            pool = nil
            return (during, threads.map { access($0, F_OK) == 0 })
        }
        #expect(during == [true, true])
        #expect(after == [false, false])
    }

    @Test func runFromAnotherThreadPinsThatOne() throws {
        let cpu = try #require(try placement(workers: 2).seats[0].cpu)
        let (pool, first) = try onOwnThread {
            let pool = try WorkerPool(placement: placement(workers: 2))
            return (pool, pool.pins[0])
        }
        let (masks, second) = try onOwnThread {
            let before = CPUAffinity.current
            pool.run { _ in }
            let during = CPUAffinity.current
            pool.shutdown()
            return ([before, during, CPUAffinity.current], pool.pins[0])
        }
        #expect(first.isPinned)
        #expect(second.isPinned)
        #expect(masks[1] == CPUSet([cpu]))
        #expect(masks[2] == masks[0])
    }

    @Test func runWithinARunIsAProgrammingError() async {
        await #expect(processExitsWith: .failure) {
            let pool = try WorkerPool(placement: .unpinned(threads: 1))
            pool.run { _ in pool.run { _ in } }
        }
    }
}

/// The name of the calling thread, as a debugger shows it.
private func currentThreadName() -> String {
    var name = [CChar](repeating: 0, count: 16)
    pthread_getname_np(pthread_self(), &name, name.count)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
