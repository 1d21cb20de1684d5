internal import Machine
internal import Profiling

/// What the machine counted in one phase.
struct PhaseCounters: Equatable {
    let phase: Phase
    let counts: [Count]
}
