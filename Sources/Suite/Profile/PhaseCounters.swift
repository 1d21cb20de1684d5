package import Machine
package import Profiling

/// What the machine counted in one phase.
package struct PhaseCounters: Equatable {
    package let phase: Phase
    package let counts: [Count]
}
